//! The engine behind a recorder.

use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use crate::fixture::EngineInfo;

const CONNECT: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub(crate) enum Upstream {
    Unix(PathBuf),
    Tcp(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    version: String,
    api_version: String,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Component {
    name: String,
}

impl Upstream {
    pub(crate) fn parse(host: &str) -> io::Result<Upstream> {
        match host.split_once("://") {
            Some(("unix", path)) if path.starts_with('/') => Ok(Upstream::Unix(path.into())),
            Some(("tcp" | "http", address)) if !address.is_empty() => {
                Ok(Upstream::Tcp(address.trim_end_matches('/').to_owned()))
            }
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("cannot record `{host}`: expected unix:///path or tcp://host:port"),
            )),
        }
    }

    /// Sends a request on a connection of its own.
    pub(crate) async fn send<B>(&self, request: Request<B>) -> io::Result<Response<Incoming>>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let connected = timeout(CONNECT, self.connect()).await;
        let connection = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
        let (mut sender, connection) = http1::Builder::new()
            .preserve_header_case(true)
            .handshake(TokioIo::new(connection))
            .await
            .map_err(io::Error::other)?;
        tokio::spawn(connection.with_upgrades());
        sender.send_request(request).await.map_err(io::Error::other)
    }

    async fn connect(&self) -> io::Result<Box<dyn Connection>> {
        Ok(match self {
            Upstream::Unix(path) => Box::new(UnixStream::connect(path).await?),
            Upstream::Tcp(address) => Box::new(TcpStream::connect(address).await?),
        })
    }

    /// Asks the engine what it is.
    pub(crate) async fn info(&self) -> io::Result<EngineInfo> {
        let request = Request::get("/version")
            .header(HOST, "docker")
            .body(Empty::new());
        let response = self.send(request.map_err(io::Error::other)?).await?;
        if response.status() != StatusCode::OK {
            return Err(io::Error::other(format!(
                "GET /version was answered with {}",
                response.status()
            )));
        }
        let body = response
            .into_body()
            .collect()
            .await
            .map_err(io::Error::other)?
            .to_bytes();
        let version: Version = serde_json::from_slice(&body)?;
        let podman = version
            .components
            .iter()
            .any(|component| component.name.contains("Podman"));
        let name = if podman { "podman" } else { "docker" };
        Ok(EngineInfo {
            name: name.to_owned(),
            version: version.version,
            api: version.api_version,
        })
    }
}

trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Upstream::Unix(path) => write!(f, "unix://{}", path.display()),
            Upstream::Tcp(address) => write!(f, "tcp://{address}"),
        }
    }
}
