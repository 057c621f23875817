//! TCP where more than that is to be done: TLS, or going through a proxy.

use std::io;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

use super::Dial;
use super::client::KEEP_ALIVE;
use super::probe::{Probe, probe};
use super::proxy::Proxy;
use super::{failure, tls};
use crate::address::TcpAddress;
use crate::error::Error;
use crate::stream::hijack::Connection;

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

impl Dial for Tcp {
    type Stream = Connection;

    async fn dial(&self) -> io::Result<Connection> {
        let connected = match &self.tls {
            None => self.carrier().await,
            Some(tls) => self.secured(tls).await,
        };
        connected.map_err(failed)
    }
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

    /// What HTTP, or TLS, is spoken over.
    async fn carrier(&self) -> Result<Connection, Error> {
        match &self.proxy {
            Some(proxy) => proxy.tunnel(&self.host, self.port).await,
            None => match connect(&self.host, self.port).await {
                Ok(stream) => Ok(Box::new(stream)),
                Err(source) => Err(failure::of_io(Some(&source), false)),
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

pub(super) async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEP_ALIVE))?;
    Ok(stream)
}

/// An error to be shown as it is.
pub(super) fn failed(error: Error) -> io::Error {
    io::Error::other(error)
}
