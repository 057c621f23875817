//! What is proved to a registry with, as engines want to be told it.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde::Serialize;

use super::address::Registry;
use crate::raw::types::AuthConfig;

/// What to prove to a registry with. It does not show in `Debug`.
///
/// Requests that make an engine ask a registry find credentials by themselves, as the `docker` CLI
/// does (see [`Docker::login`](crate::Docker::login), also for an example); those that are given
/// to a request take their place.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct Credentials {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) serveraddress: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identitytoken: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) registrytoken: Option<String>,
}

impl Credentials {
    /// A user's name and password, or a token that stands for a password.
    pub fn password(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            username: Some(user.into()),
            password: Some(password.into()),
            ..Self::default()
        }
    }

    /// A token that a registry gave out at a login.
    pub fn identity_token(token: impl Into<String>) -> Self {
        Self {
            identitytoken: Some(token.into()),
            ..Self::default()
        }
    }

    /// A token that is shown to the registry as it is, as a bearer.
    pub fn registry_token(token: impl Into<String>) -> Self {
        Self {
            registrytoken: Some(token.into()),
            ..Self::default()
        }
    }

    /// Nothing: the registry is asked by nobody in particular, whatever is configured.
    ///
    /// ```no_run
    /// # use dockwright::Credentials;
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.images().pull("alpine").credentials(Credentials::anonymous()).await?;
    /// # Ok(()) }
    /// ```
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// The registry that these are for, such as `registry.example.com:5000`.
    pub fn registry(mut self, address: impl Into<String>) -> Self {
        self.serveraddress = Some(address.into());
        self
    }

    /// The address of the registry that these are for, if that was said.
    pub(crate) fn address(&self) -> Option<&str> {
        self.serveraddress.as_deref()
    }

    /// Whether there is nothing to prove anything with.
    pub(crate) fn is_anonymous(&self) -> bool {
        let Self {
            username,
            password,
            identitytoken,
            registrytoken,
            serveraddress: _,
        } = self;
        let all = [username, password, identitytoken, registrytoken];
        all.iter().all(|one| one.is_none())
    }

    /// As the body of a request.
    pub(super) fn to_config(&self) -> AuthConfig {
        AuthConfig {
            username: self.username.clone(),
            password: self.password.clone(),
            serveraddress: self.serveraddress.clone(),
            identitytoken: self.identitytoken.clone(),
            registrytoken: self.registrytoken.clone(),
            ..Default::default()
        }
    }

    /// The value of `X-Registry-Auth`. Some engines insist on the header, so that there is one
    /// even without credentials.
    pub(crate) fn to_header(&self) -> String {
        // A struct of strings is always JSON.
        URL_SAFE.encode(serde_json::json!(self).to_string())
    }
}

/// The value of `X-Registry-Config`: credentials by their registries, of which the last of each
/// counts. Those that name no registry are for Docker Hub.
pub(crate) fn registry_config(credentials: &[Credentials]) -> String {
    let registry = |one: &Credentials| {
        let registry = Registry::at(one.address().unwrap_or_default());
        registry.key().to_owned()
    };
    let by_registry = credentials.iter().map(|one| (registry(one), one));
    let by_registry = by_registry.collect::<BTreeMap<_, _>>();
    URL_SAFE.encode(serde_json::json!(by_registry).to_string())
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .field("serveraddress", &self.serveraddress)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_padded_and_safe_in_urls() {
        assert_eq!(Credentials::anonymous().to_header(), "e30=");
        let header = Credentials::password("me", "~~~???")
            .registry("r:1")
            .to_header();
        assert!(!header.contains(['+', '/']), "{header}");
        let json = URL_SAFE.decode(header).unwrap();
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&json).unwrap(),
            serde_json::json!({"username": "me", "password": "~~~???", "serveraddress": "r:1"})
        );
    }

    #[test]
    fn a_build_has_credentials_by_registry() {
        let one = Credentials::password("me", "x").registry("r:1");
        let hub = Credentials::identity_token("t");
        let json = URL_SAFE.decode(registry_config(&[one, hub])).unwrap();
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&json).unwrap(),
            serde_json::json!({
                "r:1": {"username": "me", "password": "x", "serveraddress": "r:1"},
                "https://index.docker.io/v1/": {"identitytoken": "t"},
            })
        );
    }

    #[test]
    fn secrets_do_not_show() {
        let shown = format!(
            "{:?} {:?} {:?}",
            Credentials::password("me", "s3cret"),
            Credentials::identity_token("t0ken"),
            Credentials::registry_token("t0ken")
        );
        assert!(shown.contains("me"));
        assert!(
            !shown.contains("s3cret") && !shown.contains("t0ken"),
            "{shown}"
        );
    }
}
