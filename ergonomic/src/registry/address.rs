//! Which registry a name belongs to, and under what its credentials are kept.

use crate::images::Reference;

/// What the CLI, engines and helpers know Docker Hub by, where credentials are concerned.
const DOCKER_HUB_KEY: &str = "https://index.docker.io/v1/";
const DOCKER_HUB: &str = "docker.io";
const DOCKER_HUB_INDEX: &str = "index.docker.io";

/// A registry, as far as credentials for it are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registry {
    /// Its host, with its port if it has one.
    host: String,
}

impl Registry {
    pub(crate) fn docker_hub() -> Self {
        Self::of_host(DOCKER_HUB)
    }

    /// The one that an image, or a plugin, comes from.
    pub(crate) fn of(reference: &Reference) -> Self {
        Self::of_host(reference.domain())
    }

    /// The one that something with this name comes from; Docker Hub, if it has none.
    pub(crate) fn of_name(name: &str) -> Self {
        match Reference::parse(name) {
            Ok(reference) => Self::of(&reference),
            Err(_) => Self::docker_hub(),
        }
    }

    /// The one that is asked for images like this: what stands before the first slash, if it looks
    /// like a host.
    pub(crate) fn of_search(term: &str) -> Self {
        match term.split_once('/') {
            Some((host, _)) if host == "localhost" || host.contains(['.', ':']) => {
                Self::of_host(host)
            }
            _ => Self::docker_hub(),
        }
    }

    /// The one at an address as people write it: a host, or a URL.
    pub(crate) fn at(address: &str) -> Self {
        Self::of_host(host_of(address.trim()))
    }

    fn of_host(host: &str) -> Self {
        let host = match host {
            "" | DOCKER_HUB_INDEX => DOCKER_HUB,
            host => host,
        };
        Self {
            host: host.to_owned(),
        }
    }

    pub(crate) fn is_docker_hub(&self) -> bool {
        self.host == DOCKER_HUB
    }

    /// The host, for people.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// What its credentials are kept under.
    pub(crate) fn key(&self) -> &str {
        match self.is_docker_hub() {
            true => DOCKER_HUB_KEY,
            false => &self.host,
        }
    }

    /// Whether credentials that are kept under `key` are for this registry. Older versions of the
    /// CLI kept them under URLs; for Docker Hub there has been one only.
    pub(crate) fn has_key(&self, key: &str) -> bool {
        key == self.key() || !self.is_docker_hub() && host_of(key) == self.host
    }

    /// The same, and for Docker Hub what people and other programs took for its key.
    pub(super) fn had_key(&self, key: &str) -> bool {
        let is_hub = matches!(host_of(key), DOCKER_HUB | DOCKER_HUB_INDEX);
        self.has_key(key) || self.is_docker_hub() && is_hub
    }

    /// All that credentials for this registry may have been kept under in a helper.
    pub(crate) fn keys(&self) -> Vec<String> {
        let host = &self.host;
        match self.is_docker_hub() {
            true => vec![self.key().to_owned()],
            false => vec![
                host.clone(),
                format!("http://{host}"),
                format!("https://{host}"),
            ],
        }
    }
}

/// The host of a URL over HTTP, or of what is a host already.
fn host_of(address: &str) -> &str {
    let rest = match address.split_once("://") {
        Some(("http" | "https" | "", rest)) => rest,
        Some(_) => return address,
        None => address,
    };
    rest.split_once('/').map_or(rest, |(host, _)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_belong_to_the_registry_that_their_name_begins_with() {
        for (name, key) in [
            ("alpine", DOCKER_HUB_KEY),
            ("team/app:1.0", DOCKER_HUB_KEY),
            ("docker.io/alpine", DOCKER_HUB_KEY),
            ("index.docker.io/team/app", DOCKER_HUB_KEY),
            ("localhost", DOCKER_HUB_KEY),
            ("localhost/app", "localhost"),
            ("localhost:5000/app:1", "localhost:5000"),
            ("r.example/app", "r.example"),
            ("r.example:443/team/app", "r.example:443"),
            ("registry:5000/app", "registry:5000"),
            ("registry/app", DOCKER_HUB_KEY),
            ("REGISTRY/app", "REGISTRY"),
            ("[::1]:5000/app", "[::1]:5000"),
            ("127.0.0.1/app", "127.0.0.1"),
            ("registry-1.docker.io/team/app", "registry-1.docker.io"),
        ] {
            assert_eq!(Registry::of_name(name).key(), key, "{name}");
            let digest = format!("{name}@sha256:{}", "0".repeat(64));
            assert_eq!(Registry::of_name(&digest).key(), key, "{digest}");
        }
    }

    #[test]
    fn a_search_names_its_registry_before_a_slash() {
        for (term, key) in [
            ("postgres", DOCKER_HUB_KEY),
            ("team/post", DOCKER_HUB_KEY),
            ("docker.io/post", DOCKER_HUB_KEY),
            ("r.example/post", "r.example"),
            ("r:5000/post", "r:5000"),
            ("localhost/post", "localhost"),
        ] {
            assert_eq!(Registry::of_search(term).key(), key, "{term}");
        }
    }

    #[test]
    fn addresses_are_hosts_or_urls() {
        for (address, key) in [
            ("", DOCKER_HUB_KEY),
            ("docker.io", DOCKER_HUB_KEY),
            ("index.docker.io", DOCKER_HUB_KEY),
            (DOCKER_HUB_KEY, DOCKER_HUB_KEY),
            ("r.example", "r.example"),
            (" r.example:5000 ", "r.example:5000"),
            ("https://r.example/v2/", "r.example"),
            ("http://r.example:5000", "r.example:5000"),
        ] {
            assert_eq!(Registry::at(address).key(), key, "{address}");
        }
    }

    #[test]
    fn keys_of_old_are_known_by_their_host() {
        let registry = Registry::at("r.example");
        for key in ["r.example", "https://r.example/v1/", "http://r.example/x"] {
            assert!(registry.has_key(key), "{key}");
        }
        for key in [
            "r.example:443",
            "q.example",
            "ftp://r.example",
            DOCKER_HUB_KEY,
        ] {
            assert!(!registry.has_key(key), "{key}");
        }
        let hub = Registry::docker_hub();
        assert!(hub.has_key(DOCKER_HUB_KEY));
        for key in [
            "docker.io",
            "index.docker.io",
            "https://index.docker.io/v2/",
        ] {
            assert!(!hub.has_key(key) && hub.had_key(key), "{key}");
        }
        assert!(!hub.had_key("r.example") && !registry.had_key("docker.io"));
    }
}
