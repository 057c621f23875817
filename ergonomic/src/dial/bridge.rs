//! Between the HTTP client, which connects to sockets only, and a stream of any other kind.
//!
//! A connector layer dials first, so that what goes wrong is told to the request that wanted the
//! connection. Then it lets the HTTP client connect to a socket in a private folder, takes the
//! other end, and carries bytes between the two on the runtime of that request.

use std::fs::Permissions;
use std::future::Future;
use std::io;
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream as Handle};
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::{Either, select};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, Interest};
use tokio::net::UnixStream;
use tokio::sync::Mutex;
use tower_layer::Layer;
use tower_service::Service;

use super::Dialer;
use crate::stream::hijack::Connection;

/// How much is carried at once.
const BUFFER: usize = 32 * 1024;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A socket to connect to, for connections that `dialer` makes.
#[derive(Clone)]
pub(crate) struct Bridge {
    shared: Arc<Shared>,
}

struct Shared {
    dialer: Dialer,
    listener: UnixListener,
    /// Held from connecting to the listener until the connection is accepted, so that it is that
    /// one which is.
    pairing: Mutex<()>,
    /// Only this user may enter it; it is removed with the last clone.
    folder: TempDir,
}

impl Bridge {
    pub(crate) fn new(dialer: Dialer) -> io::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("dockwright-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()?;
        let listener = UnixListener::bind(socket_in(folder.path()))?;
        listener.set_nonblocking(true)?;
        Ok(Self {
            shared: Arc::new(Shared {
                dialer,
                listener,
                pairing: Mutex::new(()),
                folder,
            }),
        })
    }

    /// Where the HTTP client has to connect to.
    pub(crate) fn socket(&self) -> PathBuf {
        socket_in(self.shared.folder.path())
    }

    /// Makes a connection by `connect`, which connects to the socket, and joins it to one that
    /// was dialed.
    async fn connect<C>(
        &self,
        connect: impl Future<Output = Result<C, BoxError>>,
    ) -> Result<C, BoxError> {
        let far = self.shared.dialer.dial().await?;
        let paired = self.shared.pairing.lock().await;
        // Left by one that gave up between the two.
        while self.shared.listener.accept().is_ok() {}
        let connection = connect.await?;
        let (near, _) = self.shared.listener.accept()?;
        drop(paired);
        near.set_nonblocking(true)?;
        tokio::spawn(carry(near, far));
        Ok(connection)
    }
}

fn socket_in(folder: &Path) -> PathBuf {
    folder.join("socket")
}

impl<S> Layer<S> for Bridge {
    type Service = Bridged<S>;

    fn layer(&self, connector: S) -> Bridged<S> {
        Bridged {
            bridge: self.clone(),
            connector,
        }
    }
}

/// The connector of an HTTP client, each of whose connections is one that was dialed.
#[derive(Clone)]
pub(crate) struct Bridged<S> {
    bridge: Bridge,
    connector: S,
}

impl<S, R> Service<R> for Bridged<S>
where
    S: Service<R, Error = BoxError> + Clone + Send + 'static,
    S::Future: Send,
    R: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(cx)
    }

    fn call(&mut self, to: R) -> Self::Future {
        // The one that was polled is the one that is ready.
        let unpolled = self.connector.clone();
        let mut connector = std::mem::replace(&mut self.connector, unpolled);
        let bridge = self.bridge.clone();
        Box::pin(async move {
            bridge
                .connect(async move { connector.call(to).await })
                .await
        })
    }
}

/// Carries bytes both ways until both ways have ended, or the near end is gone.
async fn carry(near: Handle, far: Connection) -> io::Result<()> {
    let handle = near.try_clone()?;
    let (mut near_read, mut near_write) = UnixStream::from_std(near)?.into_split();
    let (mut far_read, mut far_write) = tokio::io::split(far);
    let up = async {
        let sent = async {
            pump(&mut near_read, &mut far_write).await?;
            far_write.shutdown().await
        };
        if sent.await.is_err() {
            // There may still be something to read; what is written goes nowhere.
            handle.shutdown(Shutdown::Read)?;
        }
        closed(&handle).await
    };
    let down = async {
        pump(&mut far_read, &mut near_write).await?;
        near_write.shutdown().await
    };
    match select(pin!(up), pin!(down)).await {
        Either::Left((gone, _)) => gone,
        Either::Right((Ok(()), up)) => up.await,
        Either::Right((broken, _)) => broken,
    }
}

/// Carries bytes one way until they end.
async fn pump(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        to.write_all(&buffer[..read]).await?;
        // TLS may keep some of it.
        to.flush().await?;
    }
}

/// Waits until the other end, which has ended one way, is closed in both.
async fn closed(handle: &Handle) -> io::Result<()> {
    // Registered apart from what is read and written, whose readiness it would use up.
    let handle = UnixStream::from_std(handle.try_clone()?)?;
    while !handle.ready(Interest::WRITABLE).await?.is_write_closed() {
        // Waits for the next event instead of finding this one again.
        let seen = || Err::<(), _>(io::ErrorKind::WouldBlock.into());
        let _ = handle.try_io(Interest::WRITABLE, seen);
    }
    Ok(())
}

#[cfg(test)]
#[path = "bridge_tests.rs"]
mod tests;
