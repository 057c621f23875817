//! A socket, served from a thread of its own.
//!
//! hyperlocal's server takes one connection at a time, without keep-alive and without upgrades; an
//! engine has several requests in flight. So connections are accepted here and given to hyper.

use std::future::Future;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::runtime::{Builder, Handle, Runtime};

/// The longest name that the temporary directory may have for a socket below it to fit an address.
const LONGEST_DIR: usize = 64;

/// Ends with its directory and its tasks when dropped.
///
/// The runtime is its own so that neither a blocked nor a paused runtime of a test stops the server, and
/// so that one server can serve clients of several runtimes.
pub(crate) struct Host {
    handle: Handle,
    runtime: Option<Runtime>,
    /// As `DOCKER_HOST` has it.
    address: String,
    _dir: Option<TempDir>,
}

/// What connections come from.
pub(crate) trait Listener: Send + 'static {
    type Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static;

    fn next(&self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

impl Listener for UnixListener {
    type Stream = UnixStream;

    async fn next(&self) -> io::Result<UnixStream> {
        Ok(self.accept().await?.0)
    }
}

impl Listener for TcpListener {
    type Stream = TcpStream;

    async fn next(&self) -> io::Result<TcpStream> {
        Ok(self.accept().await?.0)
    }
}

impl Host {
    /// A Unix socket in a directory of its own.
    pub(crate) fn bind() -> io::Result<(Host, UnixListener)> {
        let parent = std::env::temp_dir();
        let parent = if parent.as_os_str().len() > LONGEST_DIR {
            Path::new("/tmp")
        } else {
            &parent
        };
        let dir = tempfile::Builder::new()
            .prefix("dockwright-")
            .tempdir_in(parent)?;
        let socket = dir.path().join("docker.sock");
        let runtime = runtime()?;
        let listener = {
            let _inside = runtime.enter();
            UnixListener::bind(&socket)?
        };
        let address = format!("unix://{}", socket.display());
        Ok((Host::new(runtime, address, Some(dir)), listener))
    }

    /// A port of this machine that is free.
    pub(crate) fn bind_tcp() -> io::Result<(Host, TcpListener)> {
        let runtime = runtime()?;
        let socket = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        let address = format!("tcp://{}", socket.local_addr()?);
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(socket)?
        };
        Ok((Host::new(runtime, address, None), listener))
    }

    fn new(runtime: Runtime, address: String, dir: Option<TempDir>) -> Host {
        Host {
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
            address,
            _dir: dir,
        }
    }

    /// Hands every connection to `serve`, each in a task of its own.
    pub(crate) fn accept<L, F>(&self, listener: L, serve: impl Fn(L::Stream) -> F + Send + 'static)
    where
        L: Listener,
        F: Future<Output = ()> + Send + 'static,
    {
        self.handle.spawn(async move {
            loop {
                match listener.next().await {
                    Ok(stream) => drop(tokio::spawn(serve(stream))),
                    // Out of descriptors, for one: passes when a connection closes.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        });
    }

    pub(crate) fn docker_host(&self) -> String {
        self.address.clone()
    }

    /// Runs here what needs this runtime's clock or sockets, and waits for it from any other runtime.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> io::Result<T> {
        self.handle.spawn(task).await.map_err(io::Error::other)
    }
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("dockwright-replay")
        .enable_all()
        .build()
}

impl Drop for Host {
    fn drop(&mut self) {
        // A plain drop of a runtime waits, and must not happen inside another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
