//! TCP, with what may be upon it: TLS, or a tunnel through a proxy.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::net::TcpStream;
use tower_service::Service;

use super::probe::{Probe, probe};
use super::proxy::Proxy;
use super::{failure, tls};
use crate::address::TcpAddress;
use crate::error::{Error, causes};
use crate::stream::hijack::Connection;

/// Keeps idle connections that were taken over known to what lies in between.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
const INTERVAL: Duration = Duration::from_secs(15);
const RETRIES: u32 = 3;

/// A server, and how to get to it.
pub(crate) struct Tcp {
    /// Without the brackets of an IPv6 address.
    host: String,
    port: u16,
    /// What stands before the path of every request.
    base: String,
    proxy: Option<Proxy>,
    tls: Option<tls::Client>,
}

impl Tcp {
    pub(crate) fn new(
        address: &TcpAddress,
        proxy: Option<&Proxy>,
        tls: Option<tls::Client>,
    ) -> Self {
        Self {
            host: address.name().to_owned(),
            port: address.port(),
            base: address.base().to_owned(),
            proxy: proxy.cloned(),
            tls,
        }
    }

    pub(super) async fn connect(&self) -> Result<Connection, Error> {
        match &self.tls {
            None => self.carrier().await,
            Some(tls) => self.secured(tls).await,
        }
    }

    /// What HTTP, or TLS, is spoken over.
    async fn carrier(&self) -> Result<Connection, Error> {
        match &self.proxy {
            Some(proxy) => proxy.tunnel(&self.host, self.port).await,
            None => match connect(&self.host, self.port).await {
                Ok(stream) => Ok(Box::new(stream)),
                Err(source) => Err(failure::of_io(source)),
            },
        }
    }

    /// A connection on which the engine has answered.
    async fn secured(&self, tls: &tls::Client) -> Result<Connection, Error> {
        let mut stream = tls.secure(self.carrier().await?).await?;
        match probe(&mut stream, &self.host, &self.base).await {
            Ok(Probe::Open) => Ok(stream),
            Ok(Probe::Closing) => tls.secure(self.carrier().await?).await,
            Err(source) => Err(tls.explain(source)),
        }
    }
}

/// Connects to any of the addresses of `host`: a slow family does not keep the other one waiting.
pub(super) async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let place = match host.contains(':') {
        true => format!("http://[{host}]:{port}"),
        false => format!("http://{host}:{port}"),
    };
    let place: Uri = place.parse().map_err(io::Error::other)?;
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_keepalive(Some(KEEP_ALIVE));
    connector.set_keepalive_interval(Some(INTERVAL));
    connector.set_keepalive_retries(Some(RETRIES));
    match connector.call(place).await {
        Ok(stream) => Ok(stream.into_inner()),
        Err(error) => Err(said_by_system(error)),
    }
}

/// The system's own word, which lies beneath, for its kind.
fn said_by_system(error: impl StdError + Send + Sync + 'static) -> io::Error {
    let cause = causes(&error).find_map(|cause| cause.downcast_ref::<io::Error>());
    match cause.map(|cause| (cause.raw_os_error(), cause)) {
        Some((Some(code), _)) => io::Error::from_raw_os_error(code),
        Some((None, cause)) => io::Error::new(cause.kind(), cause.to_string()),
        None => io::Error::other(error),
    }
}
