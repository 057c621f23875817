//! Where the engine listens: what `DOCKER_HOST` may say.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use reqwest::Url;

use crate::error::{Error, printable};

const HOST: &str = "DOCKER_HOST";
const DEFAULT_SOCKET: &str = "/var/run/docker.sock";
const DEFAULT_TCP_PORT: u16 = 2375;
const DEFAULT_HTTP_PORT: u16 = 80;

/// The address of an engine.
///
/// | written | means |
/// |---|---|
/// | `unix:///path/to.sock` | a Unix socket |
/// | `tcp://host:2375`, `tcp://host` | plain HTTP over TCP, port 2375 unless it says otherwise |
/// | `host:2375` | the same as `tcp://host:2375` |
/// | `http://host/base` | plain HTTP over TCP, port 80 unless it says otherwise |
///
/// A TCP address may carry a base path, which is put before the path of every request.
///
/// ```
/// let endpoint: dockwright::Endpoint = "tcp://build-host".parse()?;
/// assert_eq!(endpoint.to_string(), "tcp://build-host:2375");
/// # Ok::<(), dockwright::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    address: Address,
}

/// One variant for each way to reach an engine; `transport.rs` has one arm for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Unix(PathBuf),
    /// An `http` URL with host and port, and without a slash at the end of its path.
    Tcp(String),
}

impl Endpoint {
    /// The endpoint that `DOCKER_HOST` names, or the default socket if it is unset or empty.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if `DOCKER_HOST` is not an address. There is
    /// no falling back to the default socket then: it would be another engine than the one meant.
    pub fn from_env() -> Result<Self, Error> {
        match variable(HOST)? {
            Some(host) => host.parse().map_err(|error: Error| error.in_variable(HOST)),
            None => Ok(Self::default()),
        }
    }

    pub(crate) fn unix(path: impl AsRef<Path>) -> Self {
        Self {
            address: Address::Unix(path.as_ref().to_owned()),
        }
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }
}

impl Default for Endpoint {
    /// The socket that an engine listens on unless it is told otherwise.
    fn default() -> Self {
        Self::unix(DEFAULT_SOCKET)
    }
}

impl FromStr for Endpoint {
    type Err = Error;

    /// Reads an address as `DOCKER_HOST` has it.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if it is malformed or of a scheme that this
    /// crate does not speak.
    fn from_str(host: &str) -> Result<Self, Error> {
        let host = host.trim();
        let Some((scheme, rest)) = host.split_once("://") else {
            return bare(host);
        };
        match scheme {
            "unix" if rest.is_empty() => Err(malformed(host, "it names no socket")
                .advising(format!("write it like unix://{DEFAULT_SOCKET}"))),
            "unix" if rest.contains('\0') => Err(malformed(host, "it contains a NUL byte")),
            "unix" => Ok(Self::unix(rest)),
            "tcp" => tcp(host, rest, DEFAULT_TCP_PORT),
            "http" => tcp(host, rest, DEFAULT_HTTP_PORT),
            "npipe" | "ssh" | "https" | "fd" => Err(Error::invalid(format!(
                "the engine address `{}` is not supported yet: this build speaks unix:// and \
                 tcp://, not {scheme}://",
                printable(&without_userinfo(host))
            ))
            .advising("give the engine's Unix socket or plain TCP address")),
            _ => Err(malformed(host, "its scheme is unknown")
                .advising("write it like unix:///path/to.sock or tcp://host:2375")),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Address::Unix(path) => write!(f, "unix://{}", printable(&path.to_string_lossy())),
            Address::Tcp(url) => write!(f, "tcp://{}", url.trim_start_matches("http://")),
        }
    }
}

/// A variable of the environment; one that is empty counts as unset.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(value) => Ok(Some(value.trim().to_owned()).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(Error::invalid("it is not valid UTF-8").in_variable(name))
        }
    }
}

/// `host:port` without a scheme. A lone word is refused: it is more often a slip than a host.
fn bare(host: &str) -> Result<Endpoint, Error> {
    let advice = if host.starts_with(['/', '.']) {
        format!("write it like unix://{}", printable(host))
    } else {
        "write it like unix:///path/to.sock or tcp://host:2375".to_owned()
    };
    let has_port = authority(host)
        .rsplit_once(':')
        .is_some_and(|(name, port)| !name.is_empty() && port.parse::<u16>().is_ok());
    if host.starts_with(['/', '.']) || !has_port {
        return Err(malformed(host, "it has neither a scheme nor a port").advising(advice));
    }
    tcp(host, host, DEFAULT_TCP_PORT)
}

fn tcp(host: &str, rest: &str, default_port: u16) -> Result<Endpoint, Error> {
    let advice = "write it like tcp://host:2375";
    let refuse = |reason: &str| Err(malformed(host, reason).advising(advice));
    if authority(rest).ends_with(':') {
        return refuse("its port is missing");
    }
    // Read under two schemes with different default ports, so that an explicit port is seen
    // even where it is the default of one of them.
    let (Ok(mut url), Ok(tls)) = (
        Url::parse(&format!("http://{rest}")),
        Url::parse(&format!("https://{rest}")),
    ) else {
        return refuse("it is not host and port");
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("it carries credentials, which plain HTTP would show to everyone");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("it has more than host, port and path");
    }
    let port = url.port().or(tls.port()).unwrap_or(default_port);
    if port == 0 || url.set_port(Some(port)).is_err() {
        return refuse("port 0 is no address");
    }
    let Some(name) = url.host_str() else {
        return refuse("it names no host");
    };
    let base = url.path().trim_end_matches('/');
    Ok(Endpoint {
        address: Address::Tcp(format!("http://{name}:{port}{base}")),
    })
}

/// What stands before the path.
fn authority(rest: &str) -> &str {
    rest.split('/').next().unwrap_or_default()
}

fn malformed(host: &str, reason: &str) -> Error {
    Error::invalid(format!(
        "`{}` is not an engine address: {reason}",
        printable(&without_userinfo(host))
    ))
}

/// The address without what stands before an `@`, which may be a password.
pub(crate) fn without_userinfo(host: &str) -> String {
    let (scheme, rest) = match host.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), host),
    };
    match rest.rsplit_once('@') {
        Some((_, rest)) => format!("{scheme}…@{rest}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(host: &str) -> String {
        match host.parse::<Endpoint>().unwrap().address {
            Address::Tcp(url) => url,
            Address::Unix(path) => panic!("{host} gave the socket {}", path.display()),
        }
    }

    #[test]
    fn a_socket_is_taken_as_written() {
        let endpoint: Endpoint = "unix:///run/user/0/a b%20.sock".parse().unwrap();
        assert_eq!(endpoint, Endpoint::unix("/run/user/0/a b%20.sock"));
        assert_eq!(endpoint.to_string(), "unix:///run/user/0/a b%20.sock");
    }

    #[test]
    fn tcp_has_a_port_of_its_own() {
        assert_eq!(url("tcp://docker"), "http://docker:2375");
        assert_eq!(url("tcp://docker:80"), "http://docker:80");
        assert_eq!(url("tcp://docker:443"), "http://docker:443");
        assert_eq!(url("tcp://127.0.0.1:1234"), "http://127.0.0.1:1234");
        assert_eq!(url("tcp://[::1]"), "http://[::1]:2375");
        assert_eq!(url("[::1]:4000"), "http://[::1]:4000");
        assert_eq!(url("localhost:2376"), "http://localhost:2376");
        assert_eq!(url("http://proxy"), "http://proxy:80");
        assert_eq!(url(" tcp://docker:1 "), "http://docker:1");
    }

    #[test]
    fn tcp_may_have_a_base_path() {
        assert_eq!(
            url("tcp://proxy:8080/engines/a/"),
            "http://proxy:8080/engines/a"
        );
        let endpoint: Endpoint = "http://proxy/engines".parse().unwrap();
        assert_eq!(endpoint.to_string(), "tcp://proxy:80/engines");
    }

    #[test]
    fn what_is_malformed_is_refused_in_one_line_with_advice() {
        for bad in [
            "nonsense",
            "",
            "/var/run/docker.sock",
            "unix://",
            "tcp://",
            "tcp://:2375",
            "tcp://host:port",
            "tcp://host:99999",
            "tcp://host:0",
            "ftp://host",
            "://",
            "host:",
            "tcp://host:",
            "tcp://a b",
            "tcp://h:1?x=1",
            "unix:/var/run/docker.sock",
            "tcp:/host:1",
            "unix:///a\0b",
            "http://",
            "tcp://[::1",
            "ssh://me@host",
            "npipe:////./pipe/docker_engine",
            "https://host:2376",
            "fd://",
        ] {
            let error = bad.parse::<Endpoint>().unwrap_err();
            let line = error.to_string();
            assert!(error.is_invalid_input(), "{bad}: {line}");
            assert!(!line.contains('\n'), "{bad}: {line}");
            assert!(
                line.contains(&printable(&without_userinfo(bad))),
                "{bad}: {line}"
            );
        }
    }

    #[test]
    fn a_path_is_told_its_scheme() {
        let error = "/run/d.sock".parse::<Endpoint>().unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("write it like unix:///run/d.sock"),
            "{error}"
        );
    }

    #[test]
    fn passwords_are_not_repeated() {
        for bad in [
            "tcp://me:s3cret@host:1",
            "ssh://me:s3cret@host",
            "me:s3cret@host:x",
        ] {
            let error = bad.parse::<Endpoint>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
    }
}
