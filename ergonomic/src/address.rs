//! The ways to reach an engine, and how each is written.

use std::fmt;
use std::path::PathBuf;

use reqwest::Url;

use crate::dial::Dialer;
use crate::dial::ssh::Destination;
use crate::error::{Error, one_line, printable};

pub(crate) const DEFAULT_SOCKET: &str = "/var/run/docker.sock";

/// Advice for who wrote something that is no address.
const EXAMPLES: &str = "write it like unix:///path/to.sock or tcp://host:2375";

/// One variant for each way to reach an engine; `dial/client.rs` has one arm for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Unix(PathBuf),
    Tcp(TcpAddress),
    Ssh(Destination),
    /// A pipe of Windows, as in `//./pipe/docker_engine`.
    NamedPipe(String),
    Custom(Dialer),
}

/// Host and port, and what stands before the path of every request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TcpAddress {
    scheme: Scheme,
    /// As in a URL: an IPv6 address has its brackets.
    host: String,
    port: u16,
    /// Without a slash at its end.
    base: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// With or without TLS.
    Tcp,
    Http,
    Https,
}

impl Address {
    /// Reads an address as `DOCKER_HOST` has it.
    pub(crate) fn parse(host: &str) -> Result<Self, Error> {
        let host = host.trim();
        let Some((scheme, rest)) = host.split_once("://") else {
            return bare(host);
        };
        match scheme {
            "unix" if rest.is_empty() => Err(malformed(host, "it names no socket")
                .advising(format!("write it like unix://{DEFAULT_SOCKET}"))),
            "unix" if rest.contains('\0') => Err(malformed(host, "it contains a NUL byte")),
            "unix" => Ok(Self::Unix(rest.into())),
            "tcp" => tcp(host, rest, Scheme::Tcp),
            "http" => tcp(host, rest, Scheme::Http),
            "https" => tcp(host, rest, Scheme::Https),
            "ssh" => Destination::parse(rest).map(Self::Ssh).map_err(|reason| {
                malformed(host, reason).advising("write it like ssh://user@host:22")
            }),
            "npipe" => pipe(host, rest),
            "fd" => Err(malformed(
                host,
                "a descriptor is where a daemon listens, and nothing to connect to",
            )
            .advising(EXAMPLES)),
            _ => Err(malformed(host, "its scheme is unknown").advising(EXAMPLES)),
        }
    }
}

impl fmt::Display for Address {
    /// As it is written in `DOCKER_HOST`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{}", one_line(&path.to_string_lossy())),
            Self::Tcp(tcp) => {
                let scheme = match tcp.scheme {
                    Scheme::Tcp => "tcp",
                    Scheme::Http => "http",
                    Scheme::Https => "https",
                };
                write!(f, "{scheme}://{}{}", tcp.authority(), tcp.base)
            }
            Self::Ssh(destination) => write!(f, "ssh://{destination}"),
            Self::NamedPipe(path) => write!(f, "npipe://{}", printable(path)),
            Self::Custom(dialer) => write!(f, "{dialer}"),
        }
    }
}

impl TcpAddress {
    /// Whether it may be spoken to in TLS, and whether it has to be.
    pub(crate) fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host without the brackets of an IPv6 address.
    pub(crate) fn name(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Host and port, as in a URL.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// What stands before the path of every request.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }
}

/// `host:port` without a scheme. A lone word is refused: it is more often a slip than a host.
fn bare(host: &str) -> Result<Address, Error> {
    let advice = if host.starts_with(['/', '.']) {
        format!("write it like unix://{}", printable(host))
    } else {
        EXAMPLES.to_owned()
    };
    let has_port = authority(host)
        .rsplit_once(':')
        .is_some_and(|(name, port)| !name.is_empty() && port.parse::<u16>().is_ok());
    if host.starts_with(['/', '.']) || !has_port {
        return Err(malformed(host, "it has neither a scheme nor a port").advising(advice));
    }
    tcp(host, host, Scheme::Tcp)
}

fn tcp(host: &str, rest: &str, scheme: Scheme) -> Result<Address, Error> {
    let advice = match scheme {
        Scheme::Tcp | Scheme::Http => "write it like tcp://host:2375",
        Scheme::Https => "write it like https://host:2376",
    };
    let refuse = |reason: &str| Err(malformed(host, reason).advising(advice));
    if authority(rest).ends_with(':') {
        return refuse("its port is missing");
    }
    // Read under two schemes with different default ports, so that an explicit port is seen
    // even where it is the default of one of them.
    let (Ok(plain), Ok(tls)) = (
        Url::parse(&format!("http://{rest}")),
        Url::parse(&format!("https://{rest}")),
    ) else {
        return refuse("it is not host and port");
    };
    if !plain.username().is_empty() || plain.password().is_some() {
        return refuse("it carries credentials, which engines do not ask for");
    }
    if plain.query().is_some() || plain.fragment().is_some() {
        return refuse("it has more than host, port and path");
    }
    let usual = match scheme {
        // With TLS too, as the CLI has it.
        Scheme::Tcp => 2375,
        Scheme::Http => 80,
        Scheme::Https => 443,
    };
    let port = plain.port().or(tls.port()).unwrap_or(usual);
    if port == 0 {
        return refuse("port 0 is no address");
    }
    let Some(name) = plain.host_str() else {
        return refuse("it names no host");
    };
    Ok(Address::Tcp(TcpAddress {
        scheme,
        host: name.to_owned(),
        port,
        base: plain.path().trim_end_matches('/').to_owned(),
    }))
}

fn pipe(host: &str, rest: &str) -> Result<Address, Error> {
    let path = rest.replace('\\', "/");
    let name = path.strip_prefix("//").and_then(|path| {
        let (_machine, path) = path.split_once('/')?;
        path.strip_prefix("pipe/")
    });
    match name {
        Some(name) if !name.is_empty() && !name.contains(['/', '\0']) => {
            Ok(Address::NamedPipe(path))
        }
        _ => Err(malformed(host, "it names no pipe")
            .advising("write it like npipe:////./pipe/docker_engine")),
    }
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
        Some((scheme, rest)) if !scheme.contains('@') => (format!("{scheme}://"), rest),
        _ => (String::new(), host),
    };
    match rest.rsplit_once('@') {
        Some((_, rest)) => format!("{scheme}…@{rest}"),
        None => host.to_owned(),
    }
}
