//! TCP where more than that is to be done: TLS, or going through a proxy.

use std::io;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

use super::Dial;
use super::client::KEEP_ALIVE;
use super::probe::{Probe, probe};
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
    tls: Option<tls::Client>,
}

impl Dial for Tcp {
    type Stream = Connection;

    async fn dial(&self) -> io::Result<Connection> {
        match &self.tls {
            None => self.plain().await,
            Some(tls) => self.secured(tls).await.map_err(failed),
        }
    }
}

impl Tcp {
    pub(crate) fn new(address: &TcpAddress, tls: Option<tls::Client>) -> Self {
        Self {
            host: address.name().to_owned(),
            port: address.port(),
            base: address.base().to_owned(),
            tls,
        }
    }

    async fn plain(&self) -> io::Result<Connection> {
        Ok(Box::new(connect(&self.host, self.port).await?))
    }

    /// What TLS is spoken over.
    async fn carrier(&self) -> Result<Connection, Error> {
        let carrier = self.plain().await;
        carrier.map_err(|source| failure::of_io(Some(&source), false))
    }

    /// Makes a connection on which the engine has answered.
    async fn secured(&self, tls: &tls::Client) -> Result<Connection, Error> {
        let mut stream = tls.secure(self.carrier().await?).await?;
        match probe(&mut stream, &self.host, &self.base).await {
            Ok(Probe::Open) => Ok(stream),
            Ok(Probe::Closing) => tls.secure(self.carrier().await?).await,
            Err(source) => Err(tls.explain(source)),
        }
    }
}

async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEP_ALIVE))?;
    Ok(stream)
}

/// An error to be shown as it is.
pub(super) fn failed(error: Error) -> io::Error {
    io::Error::other(error)
}
