//! A Unix socket in a directory of its own, served from a thread of its own.
//!
//! hyperlocal's server takes one connection at a time, without keep-alive and without upgrades; an
//! engine has several requests in flight. So connections are accepted here and given to hyper.

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::{UnixListener, UnixStream};
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
    socket: PathBuf,
    _dir: TempDir,
}

impl Host {
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
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("dockwright-replay")
            .enable_all()
            .build()?;
        let listener = {
            let _inside = runtime.enter();
            UnixListener::bind(&socket)?
        };
        let handle = runtime.handle().clone();
        Ok((
            Host {
                handle,
                runtime: Some(runtime),
                socket,
                _dir: dir,
            },
            listener,
        ))
    }

    /// Hands every connection to `serve`, each in a task of its own.
    pub(crate) fn accept<F>(
        &self,
        listener: UnixListener,
        serve: impl Fn(UnixStream) -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        self.handle.spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => drop(tokio::spawn(serve(stream))),
                    // Out of descriptors, for one: passes when a connection closes.
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        });
    }

    pub(crate) fn docker_host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// Runs here what needs this runtime's clock or sockets, and waits for it from any other runtime.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> io::Result<T> {
        self.handle.spawn(task).await.map_err(io::Error::other)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // A plain drop of a runtime waits, and must not happen inside another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
