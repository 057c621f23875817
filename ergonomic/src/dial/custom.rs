//! Streams of bytes that something else than this crate connects.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::stream::hijack::Connection;

/// A way to reach an engine that this crate does not know: it makes streams of bytes, over which
/// HTTP is then spoken.
///
/// Any function that gives such streams is one. What it does is bounded by the
/// [connect timeout](crate::Connect::connect_timeout); it is called again for each further
/// connection, on the runtime that asks for it, from many tasks at once.
///
/// A stream's shutdown ends its sending half only, as that of a TCP stream does; where it ends
/// both, the input of an attached process cannot be closed on its own.
///
/// # Examples
///
/// ```no_run
/// use tokio::net::TcpStream;
///
/// # async fn example() -> dockwright::Result<()> {
/// let docker = dockwright::Docker::connect()
///     .dialer(|| TcpStream::connect("tunnel.internal:2375"))
///     .await?;
/// # Ok(()) }
/// ```
pub trait Dial: Send + Sync + 'static {
    /// What a connection is.
    type Stream: AsyncRead + AsyncWrite + Send + 'static;

    /// Makes one connection.
    ///
    /// # Errors
    ///
    /// What keeps it from being made; it is shown to whoever sent the request.
    fn dial(&self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

impl<F, Dialing, Stream> Dial for F
where
    F: Fn() -> Dialing + Send + Sync + 'static,
    Dialing: Future<Output = io::Result<Stream>> + Send,
    Stream: AsyncRead + AsyncWrite + Send + 'static,
{
    type Stream = Stream;

    fn dial(&self) -> impl Future<Output = io::Result<Stream>> + Send {
        self()
    }
}

/// Any [`Dial`].
#[derive(Clone)]
pub(crate) struct Dialer(Arc<dyn DialAny>);

type Dialing<'a> = Pin<Box<dyn Future<Output = io::Result<Connection>> + Send + 'a>>;

trait DialAny: Send + Sync {
    fn dial_any(&self) -> Dialing<'_>;
}

impl<D: Dial> DialAny for D {
    fn dial_any(&self) -> Dialing<'_> {
        Box::pin(async {
            let stream = self.dial().await?;
            Ok(Box::new(Box::pin(stream)) as Connection)
        })
    }
}

impl Dialer {
    pub(crate) fn new(dial: impl Dial) -> Self {
        Self(Arc::new(dial))
    }

    pub(crate) async fn dial(&self) -> io::Result<Connection> {
        self.0.dial_any().await
    }
}

impl fmt::Display for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a custom dialer")
    }
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dialer")
    }
}

impl PartialEq for Dialer {
    /// Whether they are the same one.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Dialer {}
