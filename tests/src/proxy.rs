//! A relay in front of an engine that knows which connections are open, and for what.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use dockwright::Docker;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What the last request of each open connection asked for.
type Open = HashMap<u64, String>;

/// A relay to an engine, on a socket of its own.
///
/// # Dropping
///
/// Takes no more connections; those that are open go on.
pub struct Proxy {
    open: Arc<watch::Sender<Open>>,
    accepting: JoinHandle<()>,
    folder: tempfile::TempDir,
}

impl Proxy {
    /// A relay to the engine of this client.
    ///
    /// # Errors
    ///
    /// If it cannot have a socket.
    pub fn before(docker: &Docker) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let listener = UnixListener::bind(folder.path().join("proxy.sock"))?;
        let open = Arc::new(watch::Sender::new(Open::new()));
        let engine = docker.endpoint().to_string();
        let accepting = tokio::spawn(accept(listener, engine, open.clone()));
        Ok(Self {
            open,
            accepting,
            folder,
        })
    }

    /// Its address, for `DOCKER_HOST`.
    pub fn docker_host(&self) -> String {
        format!("unix://{}", self.folder.path().join("proxy.sock").display())
    }

    /// Waits until the client holds a connection whose last request had all these parts.
    pub async fn held(&self, parts: &[&str]) {
        self.until(|open| is_held(open, parts)).await;
    }

    /// Waits until the client has closed every connection whose last request had all these parts.
    pub async fn freed(&self, parts: &[&str]) {
        self.until(|open| !is_held(open, parts)).await;
    }

    async fn until(&self, condition: impl Fn(&Open) -> bool) {
        let mut open = self.open.subscribe();
        let reached = open.wait_for(|open| condition(open)).await;
        reached.expect("this holds the other end");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn is_held(open: &Open, parts: &[&str]) -> bool {
    let mut targets = open.values();
    targets.any(|target| parts.iter().all(|part| target.contains(part)))
}

async fn accept(listener: UnixListener, engine: String, open: Arc<watch::Sender<Open>>) {
    for id in 0.. {
        let Ok((client, _)) = listener.accept().await else {
            return;
        };
        let engine = engine.clone();
        let open = open.clone();
        tokio::spawn(async move {
            match engine.strip_prefix("unix://") {
                Some(path) => {
                    let engine = UnixStream::connect(path).await?;
                    let (from, to) = engine.into_split();
                    relay(id, client, from, to, &open).await
                }
                None => {
                    let address = engine.trim_start_matches("tcp://");
                    let engine = TcpStream::connect(address).await?;
                    let (from, to) = engine.into_split();
                    relay(id, client, from, to, &open).await
                }
            }
        });
    }
}

/// Passes on what comes, both ways, and notes what is asked for until the client closes.
async fn relay(
    id: u64,
    client: UnixStream,
    mut from_engine: impl tokio::io::AsyncRead + Send + Unpin + 'static,
    mut to_engine: impl tokio::io::AsyncWrite + Unpin,
    open: &watch::Sender<Open>,
) -> io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let back = tokio::spawn(async move {
        copy(&mut from_engine, &mut to_client).await?;
        to_client.shutdown().await
    });
    let mut bytes = vec![0; 64 << 10];
    loop {
        let length = match from_client.read(&mut bytes).await {
            Ok(0) | Err(_) => break,
            Ok(length) => length,
        };
        // A client writes the head of a request at once.
        if let Some(target) = target(&bytes[..length]) {
            open.send_modify(|open| drop(open.insert(id, target)));
        }
        if to_engine.write_all(&bytes[..length]).await.is_err() {
            break;
        }
    }
    // Nobody closes only its writing side in the middle of what is tried through this.
    open.send_modify(|open| drop(open.remove(&id)));
    let ended = to_engine.shutdown().await;
    back.abort();
    ended
}

/// What is asked for, if a request begins here.
fn target(bytes: &[u8]) -> Option<String> {
    let line = bytes.split(|&byte| byte == b'\r').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let request = line.strip_suffix(" HTTP/1.1")?;
    Some(request.to_owned())
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proxy").finish_non_exhaustive()
    }
}
