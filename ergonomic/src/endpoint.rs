//! Where the engine listens: an address, and how it is spoken to there.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::address::{Address, Scheme};
use crate::cli::{Environment, Origin};
use crate::dial::Dialer;
use crate::dial::proxy::Proxy;
use crate::error::Error;
use crate::tls::Tls;

/// The address of an engine.
///
/// | written | means |
/// |---|---|
/// | `unix:///path/to.sock` | a Unix socket |
/// | `tcp://host:2375`, `tcp://host` | HTTP over TCP, or over TLS if it is [set up](crate::Connect::tls); port 2375 unless it says otherwise |
/// | `host:2375` | the same as `tcp://host:2375` |
/// | `http://host/base` | plain HTTP over TCP, port 80 unless it says otherwise |
/// | `https://host/base` | HTTP over TLS, port 443 unless it says otherwise |
/// | `ssh://user@host:22` | the engine of the machine that `ssh` logs in to; a path names its socket |
/// | `npipe:////./pipe/docker_engine` | a named pipe of Windows |
///
/// A TCP address may carry a base path, which is put before the path of every request. It is reached
/// through the proxy that `HTTP_PROXY` (`HTTPS_PROXY` with TLS) names, unless it is this machine or
/// in `NO_PROXY`; every connection is a tunnel (`CONNECT`).
///
/// `ssh` is the program of that name. It runs without a terminal, so that it must be able to log in
/// without a question, and with the host's key known; the connect timeout bounds the login too.
///
/// `ssh` is for Unix systems only.
///
/// ```
/// let endpoint: dockwright::Endpoint = "tcp://build-host".parse()?;
/// assert_eq!(endpoint.to_string(), "tcp://build-host:2375");
/// # Ok::<(), dockwright::Error>(())
/// ```
/// Endpoints are equal if they are at the same address and spoken to in the same way.
#[derive(Clone, Debug)]
pub struct Endpoint {
    address: Address,
    tls: Option<Tls>,
    proxy: Option<Box<Proxy>>,
    origin: Origin,
}

impl Endpoint {
    /// What it was chosen by.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # fn example(docker: dockwright::Docker) {
    /// // tcp://build-host:2376, chosen by context `build` of DOCKER_CONTEXT
    /// println!("{}, chosen by {}", docker.endpoint(), docker.endpoint().origin());
    /// # }
    /// ```
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(crate) fn chosen_by(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    fn new(address: Address, tls: Option<Tls>, origin: Origin) -> Self {
        Self {
            address,
            tls,
            proxy: None,
            origin,
        }
    }

    pub(crate) fn unix(path: impl AsRef<Path>) -> Self {
        Self::new(Address::Unix(path.as_ref().to_owned()), None, Origin::Host)
    }

    pub(crate) fn pipe(path: &str) -> Self {
        Self::new(Address::NamedPipe(path.to_owned()), None, Origin::Host)
    }

    pub(crate) fn custom(dialer: Dialer) -> Self {
        Self::new(Address::Custom(dialer), None, Origin::Dialer)
    }

    /// The endpoint at an address as `DOCKER_HOST` has it, spoken to in TLS if `tls` says how.
    ///
    /// Only what goes over TCP is: sockets, pipes and ssh are without TLS, whatever is set.
    pub(crate) fn at(host: &str, tls: Option<Tls>) -> Result<Self, Error> {
        let address = Address::parse(host)?;
        let tls = match &address {
            Address::Tcp(tcp) => match (tcp.scheme(), tls) {
                (Scheme::Http, Some(_)) => {
                    return Err(Error::invalid(format!(
                        "TLS is set up for `{address}`, which is plain HTTP"
                    ))
                    .advising("write it like tcp://host:2376 or https://host:2376"));
                }
                (Scheme::Https, None) => Some(Tls::new()),
                (_, tls) => tls,
            },
            _ => None,
        };
        Ok(Self::new(address, tls, Origin::Host))
    }

    /// The same by way of the proxy that `environment` names for it, if there is one.
    pub(crate) fn by_proxy_of(mut self, environment: &Environment) -> Result<Self, Error> {
        if let Address::Tcp(tcp) = &self.address {
            self.proxy = Proxy::of(environment, tcp, self.tls.is_some())?.map(Box::new);
        }
        Ok(self)
    }

    pub(crate) fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_deref()
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    pub(crate) fn tls(&self) -> Option<&Tls> {
        self.tls.as_ref()
    }
}

impl PartialEq for Endpoint {
    fn eq(&self, other: &Self) -> bool {
        (&self.address, &self.tls) == (&other.address, &other.tls)
    }
}

impl Eq for Endpoint {}

impl FromStr for Endpoint {
    type Err = Error;

    /// Reads an address as `DOCKER_HOST` has it.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if it is malformed or of a scheme that this
    /// crate does not speak.
    fn from_str(host: &str) -> Result<Self, Error> {
        Self::at(host, None)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::without_userinfo;
    use crate::error::printable;

    fn url(host: &str) -> String {
        let endpoint: Endpoint = host.parse().unwrap();
        match endpoint.address() {
            Address::Tcp(tcp) => format!("http://{}{}", tcp.authority(), tcp.base()),
            address => panic!("{host} gave {address}"),
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
        assert_eq!(url("https://proxy"), "http://proxy:443");
        assert_eq!(url("https://proxy:2376/a"), "http://proxy:2376/a");
        assert_eq!(url(" tcp://docker:1 "), "http://docker:1");
    }

    #[test]
    fn tls_is_for_tcp() {
        let tls = || Some(Tls::new());
        for (host, shown) in [
            // The port is that of the CLI with TLS too.
            ("tcp://docker", "tcp://docker:2375"),
            ("docker:2376", "tcp://docker:2376"),
            ("https://docker", "https://docker:443"),
        ] {
            let endpoint = Endpoint::at(host, tls()).unwrap();
            assert_eq!(endpoint.to_string(), shown);
            assert!(endpoint.tls().is_some(), "{host}");
        }
        let error = Endpoint::at("http://docker", tls()).unwrap_err();
        assert!(error.to_string().contains("plain HTTP"), "{error}");
        for host in ["unix:///d.sock", "ssh://host", "npipe:////./pipe/d"] {
            assert!(Endpoint::at(host, tls()).unwrap().tls().is_none(), "{host}");
        }
    }

    #[test]
    fn what_is_shown_can_be_read_again() {
        for host in [
            "unix:///run/d.sock",
            "tcp://docker:2375",
            "http://proxy:80/engines",
            "https://[::1]:2376",
            "ssh://me@host:2222/run/d.sock",
            "ssh://host/a%20b%25%3F",
            "ssh://host",
            "npipe:////./pipe/docker_engine",
        ] {
            let endpoint: Endpoint = host.parse().unwrap();
            assert_eq!(endpoint.to_string(), host);
        }
    }

    #[test]
    fn tcp_may_have_a_base_path() {
        assert_eq!(
            url("tcp://proxy:8080/engines/a/"),
            "http://proxy:8080/engines/a"
        );
    }

    #[test]
    fn a_pipe_may_be_written_with_either_slash() {
        let endpoint: Endpoint = r"npipe://\\.\pipe\docker_engine".parse().unwrap();
        assert_eq!(endpoint.to_string(), "npipe:////./pipe/docker_engine");
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
            "https://",
            "tcp://[::1",
            "ssh://",
            "npipe://docker_engine",
            "npipe:////./pipe/",
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
            "https://me:s3cret@host:1",
            "ssh://me:s3cret@host",
            "me:s3cret@host:x",
        ] {
            let error = bad.parse::<Endpoint>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
    }
}
