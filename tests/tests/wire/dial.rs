//! Connections that a user's own dialer makes.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dockwright::{Dial, Docker};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Runtime;

use crate::peer::within;

const PONG: &[u8] = b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 0\r\n\r\n";

#[tokio::test]
async fn what_a_dialer_fails_with_is_told() {
    let dial = || async { Err::<UnixStream, _>(io::Error::other("the tunnel is down")) };
    let connect = Docker::connect().isolated().dialer(dial);
    let error = within(connect.into_future()).await.unwrap_err();
    assert!(error.is_connect(), "{error}");
    assert!(error.to_string().contains("the tunnel is down"), "{error}");
}

#[tokio::test]
async fn a_dialer_that_hangs_is_bounded_by_the_connect_timeout() {
    let connect = Docker::connect()
        .isolated()
        .dialer(std::future::pending::<io::Result<UnixStream>>)
        .connect_timeout(Duration::from_millis(50));
    let error = within(connect.into_future()).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
}

/// Counts what it dials.
#[derive(Clone, Debug)]
struct Counting {
    socket: PathBuf,
    dialed: Arc<AtomicUsize>,
}

impl Dial for Counting {
    type Stream = UnixStream;

    async fn dial(&self) -> io::Result<UnixStream> {
        self.dialed.fetch_add(1, Ordering::Relaxed);
        UnixStream::connect(&self.socket).await
    }
}

/// A silent peer, and the ends of the connections to it.
struct Silent(tokio::sync::mpsc::UnboundedSender<DuplexStream>);

impl Dial for Silent {
    type Stream = DuplexStream;

    async fn dial(&self) -> io::Result<DuplexStream> {
        let (ours, theirs) = duplex(1024);
        self.0.send(theirs).map_err(io::Error::other)?;
        Ok(ours)
    }
}

#[tokio::test]
async fn giving_up_closes_what_was_dialed() {
    let (sender, mut dialed) = tokio::sync::mpsc::unbounded_channel();
    let connect = Docker::connect().isolated().dialer(Silent(sender));
    let connecting = tokio::spawn(connect.into_future());
    let mut theirs = dialed.recv().await.unwrap();
    let mut asked = [0; 4];
    theirs.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HEAD");
    connecting.abort();
    let mut rest = Vec::new();
    within(async { theirs.read_to_end(&mut rest).await.unwrap() }).await;
}

/// Answers every request as an engine does a ping.
async fn serve(listener: UnixListener) {
    while let Ok((mut connection, _)) = listener.accept().await {
        tokio::spawn(async move {
            let mut request = Vec::new();
            while let Ok(1..) = connection.read_buf(&mut request).await {
                if request.ends_with(b"\r\n\r\n") {
                    request.clear();
                    let _ = connection.write_all(PONG).await;
                }
            }
        });
    }
}

#[test]
fn one_client_dials_on_each_runtime_that_uses_it() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("engine.sock");
    let server = Runtime::new().unwrap();
    let listener = server.block_on(async { UnixListener::bind(&socket).unwrap() });
    server.spawn(serve(listener));
    let dialer = Counting {
        socket,
        dialed: Arc::default(),
    };
    let connect = Docker::connect().isolated().dialer(dialer.clone());
    // The runtime that connected is gone when the others ask.
    let docker = Runtime::new()
        .unwrap()
        .block_on(connect.into_future())
        .unwrap();
    let asking: Vec<_> = (0..4)
        .map(|_| {
            let docker = docker.clone();
            std::thread::spawn(move || {
                let runtime = Runtime::new().unwrap();
                for _ in 0..20 {
                    runtime.block_on(async { docker.ping().await }).unwrap();
                }
            })
        })
        .collect();
    for asked in asking {
        asked.join().unwrap();
    }
    // Most connections are used again.
    assert!(dialer.dialed.load(Ordering::Relaxed) < 81, "{dialer:?}");
}
