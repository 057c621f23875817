//! The HTTP client of an endpoint.

use std::time::Duration;

use reqwest::ClientBuilder;

#[cfg(unix)]
use super::bridge::Bridge;
#[cfg(unix)]
use super::ssh::Ssh;
use super::tcp::Tcp;
use super::{Dialer, tls};
use crate::address::Address;
use crate::endpoint::Endpoint;
use crate::error::Error;

/// Keeps idle connections that were taken over known to what lies in between.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// What stands before the path of every request to `endpoint`, as the client of
/// [`http_client`] takes it: TLS is no matter of the HTTP client.
pub(crate) fn base(endpoint: &Endpoint) -> String {
    match endpoint.address() {
        Address::Tcp(tcp) => format!("http://{}{}", tcp.authority(), tcp.base()),
        _ => "http://localhost".to_owned(),
    }
}

/// A client whose every request goes to `endpoint`; each has connections of its own.
pub(crate) fn http_client(
    endpoint: &Endpoint,
    connect_timeout: Duration,
) -> Result<reqwest::Client, Error> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("dockwright/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect_timeout)
        .redirect(reqwest::redirect::Policy::none())
        .tcp_keepalive(KEEP_ALIVE)
        .http1_only()
        .no_proxy();
    let builder = match endpoint.address() {
        #[cfg(unix)]
        Address::Unix(path) => builder.unix_socket(path.as_path()),
        #[cfg(not(unix))]
        Address::Unix(_) => return Err(unreachable(endpoint, "this system has no Unix sockets")),
        #[cfg(windows)]
        Address::NamedPipe(path) => builder.windows_named_pipe(path.replace('/', r"\")),
        #[cfg(not(windows))]
        Address::NamedPipe(_) => {
            return Err(unreachable(endpoint, "only Windows has named pipes"));
        }
        Address::Tcp(tcp) => match (endpoint.proxy(), endpoint.tls()) {
            (None, None) => builder,
            (proxy, tls) => {
                let tls = tls.map(|tls| tls::Client::new(tls, tcp.name()));
                let tcp = Tcp::new(tcp, proxy, tls.transpose()?);
                bridged(builder, endpoint, Dialer::new(tcp))?
            }
        },
        #[cfg(unix)]
        Address::Ssh(destination) => {
            let ssh = Ssh::new(destination.clone(), connect_timeout);
            bridged(builder, endpoint, Dialer::new(ssh))?
        }
        #[cfg(not(unix))]
        Address::Ssh(_) => return Err(unreachable(endpoint, "ssh is for Unix only")),
        Address::Custom(dialer) => bridged(builder, endpoint, dialer.clone())?,
    };
    builder
        .build()
        .map_err(|source| unreachable(endpoint, "no HTTP client can be made").because(source))
}

/// Lets `dialer` make the connections.
#[cfg(unix)]
fn bridged(
    builder: ClientBuilder,
    endpoint: &Endpoint,
    dialer: Dialer,
) -> Result<ClientBuilder, Error> {
    let bridge = Bridge::new(dialer).map_err(|source| {
        let folder = std::env::temp_dir();
        let reason = format!("no socket can be made in {}", folder.display());
        unreachable(endpoint, &reason).because(source)
    })?;
    let socket = bridge.socket();
    Ok(builder.unix_socket(socket).connector_layer(bridge))
}

/// Only Unix sockets carry what is dialed.
#[cfg(not(unix))]
fn bridged(_: ClientBuilder, endpoint: &Endpoint, _: Dialer) -> Result<ClientBuilder, Error> {
    Err(unreachable(
        endpoint,
        "TLS, proxies, ssh and dialers are for Unix only",
    ))
}

fn unreachable(endpoint: &Endpoint, reason: &str) -> Error {
    Error::invalid(format!("{endpoint} cannot be reached: {reason}"))
}
