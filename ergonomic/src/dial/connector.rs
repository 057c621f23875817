//! Makes the connections that HTTP is spoken over, in the way that the endpoint names.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::rt::TokioIo;
#[cfg(unix)]
use tokio::net::UnixStream;
#[cfg(windows)]
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient};
use tokio::time::timeout;
use tower_service::Service;

#[cfg(unix)]
use super::ssh::Ssh;
use super::stream::Stream;
use super::tcp::Tcp;
use super::{Dialer, failure, tls};
use crate::address::Address;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::stream::hijack::Connection;

const PATIENCE: &str = "check that the engine is running and that nothing in between drops packets";

/// What stands before the path of every request to `endpoint`: TLS is no matter of HTTP.
pub(crate) fn base(endpoint: &Endpoint) -> String {
    match endpoint.address() {
        Address::Tcp(tcp) => format!("http://{}{}", tcp.authority(), tcp.base()),
        _ => "http://localhost".to_owned(),
    }
}

/// Connects to one endpoint, wherever requests seem to go.
#[derive(Clone)]
pub(crate) struct Connector {
    way: Arc<Way>,
    limit: Duration,
}

/// How an endpoint is reached.
enum Way {
    #[cfg(unix)]
    Socket(PathBuf),
    #[cfg(windows)]
    Pipe(PathBuf),
    Tcp(Tcp),
    #[cfg(unix)]
    Ssh(Ssh),
    Custom(Dialer),
}

impl Connector {
    /// A connection may take as long as `limit`.
    ///
    /// # Errors
    ///
    /// If this system, or this build, has no such way; or what TLS is set up with cannot be read.
    pub(crate) fn new(endpoint: &Endpoint, limit: Duration) -> Result<Self, Error> {
        let way = Arc::new(Way::to(endpoint, limit)?);
        Ok(Self { way, limit })
    }

    async fn connect(&self) -> Result<Stream, Error> {
        match timeout(self.limit, self.way.connect()).await {
            Ok(connected) => Ok(Stream::new(connected?)),
            Err(elapsed) => {
                let seconds = self.limit.as_secs_f64();
                let detail = format!("no connection within {seconds} s");
                let error = Error::new(ErrorKind::Timeout, detail).advising(PATIENCE);
                Err(error.because(io::Error::from(elapsed)))
            }
        }
    }
}

impl Way {
    #[cfg_attr(not(unix), allow(unused_variables, reason = "only ssh has to know it"))]
    fn to(endpoint: &Endpoint, limit: Duration) -> Result<Self, Error> {
        Ok(match endpoint.address() {
            #[cfg(unix)]
            Address::Unix(path) => Self::Socket(path.clone()),
            #[cfg(not(unix))]
            Address::Unix(_) => {
                return Err(unreachable(endpoint, "this system has no Unix sockets"));
            }
            #[cfg(windows)]
            Address::NamedPipe(path) => Self::Pipe(path.replace('/', r"\").into()),
            #[cfg(not(windows))]
            Address::NamedPipe(_) => {
                return Err(unreachable(endpoint, "only Windows has named pipes"));
            }
            Address::Tcp(tcp) => {
                let tls = endpoint
                    .tls()
                    .map(|tls| tls::Client::new(tls, tcp.name()))
                    .transpose()?;
                Self::Tcp(Tcp::new(tcp, endpoint.proxy(), tls))
            }
            #[cfg(unix)]
            Address::Ssh(destination) => Self::Ssh(Ssh::new(destination.clone(), limit)),
            #[cfg(not(unix))]
            Address::Ssh(_) => return Err(unreachable(endpoint, "ssh is for Unix only")),
            Address::Custom(dialer) => Self::Custom(dialer.clone()),
        })
    }

    async fn connect(&self) -> Result<Connection, Error> {
        match self {
            #[cfg(unix)]
            Self::Socket(path) => match UnixStream::connect(path).await {
                Ok(stream) => Ok(Box::new(stream)),
                Err(source) => Err(failure::of_socket(source)),
            },
            #[cfg(windows)]
            Self::Pipe(path) => match pipe(path).await {
                Ok(stream) => Ok(Box::new(stream)),
                Err(source) => Err(failure::of_io(source)),
            },
            Self::Tcp(tcp) => tcp.connect().await,
            #[cfg(unix)]
            Self::Ssh(ssh) => Ok(Box::new(ssh.connect().await?)),
            Self::Custom(dialer) => dialer.dial().await.map_err(failure::of_io),
        }
    }
}

/// Opens a pipe once its server has an end that is free.
#[cfg(windows)]
async fn pipe(path: &std::path::Path) -> io::Result<NamedPipeClient> {
    /// `ERROR_PIPE_BUSY`
    const BUSY: i32 = 231;
    const PACE: Duration = Duration::from_millis(50);
    loop {
        match ClientOptions::new().open(path) {
            Err(error) if error.raw_os_error() == Some(BUSY) => tokio::time::sleep(PACE).await,
            opened => return opened,
        }
    }
}

fn unreachable(endpoint: &Endpoint, reason: &str) -> Error {
    Error::invalid(format!("{endpoint} cannot be reached: {reason}"))
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Stream>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<TokioIo<Stream>, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    /// The URI tells what the engine is called, and nothing of the way to it.
    fn call(&mut self, _: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move { connector.connect().await.map(TokioIo::new) })
    }
}
