//! The HTTP client of an endpoint.

use std::time::Duration;

#[cfg(unix)]
use super::bridge::Bridge;
use crate::address::Address;
use crate::endpoint::Endpoint;
use crate::error::Error;

/// Keeps idle connections that were taken over known to what lies in between.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// What stands before the path of every request to `endpoint`, as the client of
/// [`http_client`] takes it.
pub(crate) fn base(endpoint: &Endpoint) -> String {
    match endpoint.address() {
        Address::Tcp(tcp) => tcp.url(endpoint.tls().is_some()),
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
        Address::Tcp(_) if endpoint.tls().is_none() => builder,
        Address::Tcp(_) => return Err(unreachable(endpoint, "TLS is not spoken yet")),
        Address::Ssh(_) => return Err(unreachable(endpoint, "ssh is not spoken yet")),
        #[cfg(unix)]
        Address::Custom(dialer) => {
            let bridge = Bridge::new(dialer.clone()).map_err(|source| {
                let folder = std::env::temp_dir();
                let reason = format!("no socket can be made in {}", folder.display());
                unreachable(endpoint, &reason).because(source)
            })?;
            builder.unix_socket(bridge.socket()).connector_layer(bridge)
        }
        #[cfg(not(unix))]
        Address::Custom(_) => return Err(unreachable(endpoint, NEEDS_SOCKETS)),
    };
    builder
        .build()
        .map_err(|source| unreachable(endpoint, "no HTTP client can be made").because(source))
}

fn unreachable(endpoint: &Endpoint, reason: &str) -> Error {
    Error::invalid(format!("{endpoint} cannot be reached: {reason}"))
}
