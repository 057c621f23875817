//! An engine that is none: bytes that are ready beforehand, on a Unix socket, from a thread of its
//! own. It knows as much HTTP as it takes to find the end of a request.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use bytes::{Buf, Bytes, BytesMut};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// How much is read of a connection at once.
const READ: usize = 64 * 1024;

/// How a request is answered.
#[derive(Clone, Debug)]
pub struct Play {
    /// Written one after another, each as often as it says.
    pieces: Vec<(Bytes, usize)>,
    after: After,
}

/// What becomes of the connection after the answer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum After {
    /// It takes the next request.
    Next,
    /// It is closed.
    Close,
    /// It stays as it is until the other side closes it.
    Stay,
}

impl Play {
    /// A whole answer with a length.
    pub fn answer(headers: &str, body: &[u8]) -> Self {
        let mut whole = format!(
            "HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        whole.extend(body);
        Self::of([(whole.into(), 1)], After::Next)
    }

    /// A body in HTTP chunks that pay no regard to what is in it: the parts one after another,
    /// each as often as it says.
    pub fn chunked(headers: &str, parts: &[(&[u8], usize)], chunk: usize) -> Self {
        let head = format!("HTTP/1.1 200 OK\r\n{headers}Transfer-Encoding: chunked\r\n\r\n");
        let mut pieces = vec![(Bytes::from(head), 1)];
        for (part, repeat) in parts {
            pieces.push((in_chunks(part, chunk).into(), *repeat));
        }
        pieces.push((Bytes::from_static(b"0\r\n\r\n"), 1));
        Self::of(pieces, After::Next)
    }

    /// A connection that is taken over, and closed at the end.
    pub fn upgraded(headers: &str, part: &[u8], repeat: usize) -> Self {
        let head = format!(
            "HTTP/1.1 101 UPGRADED\r\n{headers}Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
        );
        let part = Bytes::copy_from_slice(part);
        Self::of([(head.into(), 1), (part, repeat)], After::Close)
    }

    /// No HTTP at all, for what cannot read it.
    pub fn raw(parts: &[(&[u8], usize)]) -> Self {
        let parts = parts.iter();
        let pieces = parts.map(|(part, repeat)| (Bytes::copy_from_slice(part), *repeat));
        Self::of(pieces.collect::<Vec<_>>(), After::Close)
    }

    /// A body that has begun and does not end.
    pub fn endless(headers: &str, begin: &[u8]) -> Self {
        let head = format!("HTTP/1.1 200 OK\r\n{headers}Transfer-Encoding: chunked\r\n\r\n");
        let begin = in_chunks(begin, begin.len());
        Self::of([(head.into(), 1), (begin.into(), 1)], After::Stay)
    }

    fn of(pieces: impl Into<Vec<(Bytes, usize)>>, after: After) -> Self {
        let pieces = pieces.into();
        Self { pieces, after }
    }
}

/// `bytes` in HTTP chunks of `size`.
fn in_chunks(bytes: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / size.max(1) * 12 + 16);
    for chunk in bytes.chunks(size.max(1)) {
        out.extend(format!("{:x}\r\n", chunk.len()).bytes());
        out.extend(chunk);
        out.extend(b"\r\n");
    }
    out
}

/// The engine; it lasts as long as the program.
#[derive(Debug)]
pub struct Engine {
    folder: TempDir,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    plays: Mutex<HashMap<String, Arc<Play>>>,
    connections: AtomicU64,
    received: AtomicU64,
}

impl Engine {
    /// Starts one that answers pings.
    pub fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let listener = std::os::unix::net::UnixListener::bind(folder.path().join("engine.sock"))?;
        listener.set_nonblocking(true)?;
        let shared = Arc::<Shared>::default();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let served = shared.clone();
        std::thread::spawn(move || runtime.block_on(serve(listener, served)));
        let engine = Self { folder, shared };
        let ping = "Api-Version: 1.51\r\nOstype: linux\r\nServer: Docker/28.5.0 (linux)\r\n";
        engine.on("HEAD /_ping", Play::answer(ping, b""));
        engine.on("GET /_ping", Play::answer(ping, b"OK"));
        Ok(engine)
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("engine.sock")
    }

    /// A folder that goes with the engine.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Answers requests to `route`: a method and a path without version or query.
    pub fn on(&self, route: &str, play: Play) {
        let mut plays = self.shared.plays.lock();
        let plays = plays.as_mut().unwrap_or_else(|poisoned| poisoned.get_mut());
        plays.insert(route.to_owned(), Arc::new(play));
    }

    /// How many connections there have been.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// How many bytes of the bodies of requests have come since this was asked last.
    pub fn received(&self) -> u64 {
        self.shared.received.swap(0, Ordering::Relaxed)
    }
}

async fn serve(listener: std::os::unix::net::UnixListener, shared: Arc<Shared>) -> io::Result<()> {
    let listener = UnixListener::from_std(listener)?;
    loop {
        let (connection, _) = listener.accept().await?;
        shared.connections.fetch_add(1, Ordering::Relaxed);
        let shared = shared.clone();
        tokio::spawn(async move {
            // Who hangs up in the middle is not missed.
            let _ = converse(connection, &shared).await;
        });
    }
}

async fn converse(mut connection: UnixStream, shared: &Shared) -> io::Result<()> {
    let mut input = BytesMut::with_capacity(READ);
    let mut route = String::new();
    loop {
        let Some(body) = head(&mut connection, &mut input, &mut route).await? else {
            return Ok(());
        };
        read_body(&mut connection, &mut input, body, shared).await?;
        let play = {
            let plays = shared.plays.lock();
            let plays = plays.unwrap_or_else(PoisonError::into_inner);
            plays.get(&route).cloned()
        };
        let Some(play) = play else {
            let length = route.len();
            let missing =
                format!("HTTP/1.1 404 Not Found\r\nContent-Length: {length}\r\n\r\n{route}");
            connection.write_all(missing.as_bytes()).await?;
            continue;
        };
        for (piece, repeat) in &play.pieces {
            for _ in 0..*repeat {
                connection.write_all(piece).await?;
            }
        }
        match play.after {
            After::Next => {}
            After::Close => return connection.shutdown().await,
            After::Stay => while connection.read_buf(&mut input).await? > 0 {},
        }
    }
}

/// How long the body of a request is.
enum Body {
    Sized(usize),
    Chunked,
    ToTheEnd,
}

/// Reads the head of a request; there is none at the end of the connection.
async fn head(
    connection: &mut UnixStream,
    input: &mut BytesMut,
    route: &mut String,
) -> io::Result<Option<Body>> {
    let end = loop {
        if let Some(at) = input.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break at + 4;
        }
        if connection.read_buf(input).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&input[..end]);
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split([' ', '?']);
    let method = first.next().unwrap_or_default();
    let path = first.next().unwrap_or_default();
    let versioned = path.strip_prefix("/v1.").and_then(|rest| rest.find('/'));
    route.clear();
    route.push_str(method);
    route.push(' ');
    route.push_str(versioned.map_or(path, |at| &path["/v1.".len() + at..]));
    let mut body = Body::Sized(0);
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if name.eq_ignore_ascii_case("content-length") {
            body = Body::Sized(value.trim().parse().unwrap_or(0));
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            body = Body::Chunked;
        } else if name.eq_ignore_ascii_case("x-to-the-end") {
            body = Body::ToTheEnd;
        }
    }
    input.advance(end);
    Ok(Some(body))
}

async fn read_body(
    connection: &mut UnixStream,
    input: &mut BytesMut,
    body: Body,
    shared: &Shared,
) -> io::Result<()> {
    match body {
        Body::Sized(length) => skip(connection, input, length, shared).await,
        Body::ToTheEnd => loop {
            shared
                .received
                .fetch_add(input.len() as u64, Ordering::Relaxed);
            input.clear();
            if connection.read_buf(input).await? == 0 {
                return Ok(());
            }
        },
        Body::Chunked => loop {
            let end = loop {
                if let Some(at) = input.windows(2).position(|bytes| bytes == b"\r\n") {
                    break at;
                }
                if connection.read_buf(input).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            };
            let digits = String::from_utf8_lossy(&input[..end]);
            let length = usize::from_str_radix(&digits, 16).map_err(io::Error::other)?;
            input.advance(end + 2);
            skip(connection, input, length, shared).await?;
            let unseen = Shared::default();
            skip(connection, input, 2, &unseen).await?;
            if length == 0 {
                return Ok(());
            }
        },
    }
}

/// Reads past `length` bytes.
async fn skip(
    connection: &mut UnixStream,
    input: &mut BytesMut,
    length: usize,
    shared: &Shared,
) -> io::Result<()> {
    shared.received.fetch_add(length as u64, Ordering::Relaxed);
    let mut left = length;
    loop {
        let there = left.min(input.len());
        input.advance(there);
        left -= there;
        if left == 0 {
            return Ok(());
        }
        input.reserve(READ);
        if connection.read_buf(input).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}
