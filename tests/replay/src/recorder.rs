//! The proxy that records.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use std::{fmt, io};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::UnixStream;
use tokio::time::timeout;

use crate::fixture::{End, EngineInfo, Fixture, Move};
use crate::host::Host;
use crate::normal;
use crate::payload::Payload;
use crate::tape::{Tape, Track, has_body};
use crate::upstream::Upstream;

/// How long exchanges that are under way may take to end once the recording is to be finished.
const GRACE: Duration = Duration::from_secs(2);

/// A proxy before an engine that records what a client and the engine say.
///
/// Requests and answers pass as they are; so do both directions of an upgraded connection, with the
/// end of each. Values of `X-Registry-Auth`, `X-Registry-Config` and `Authorization`, and passwords and
/// tokens in request bodies, are recorded as `{any}`. What the engine answers is recorded in full,
/// but for `Date` and the headers of the connection itself. A request body that is not text or is longer
/// than 64 KiB is recorded as `{any}`.
///
/// Two recordings of the same are the same: ids, times, addresses and measures become the first, the second … of
/// their kind; a body is cut where the engine's values and frames end; and what the engine says on several
/// connections between two requests is in the order in which these were opened.
///
/// The old way to take over a connection, a plain 200 without an upgrade, cannot be recorded.
///
/// # Dropping
///
/// Closes all connections and removes the socket; the recording is lost.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use dockwright_replay::Recorder;
///
/// let recorder = Recorder::start("unix:///var/run/docker.sock").await?;
/// // … a client runs with DOCKER_HOST set to recorder.docker_host() …
/// recorder.finish("hello").await?.save("hello.json")?;
/// # Ok(())
/// # }
/// ```
pub struct Recorder {
    host: Host,
    engine: EngineInfo,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: Upstream,
    tape: Arc<Tape>,
    /// The first failure to reach the engine.
    failure: Mutex<Option<io::Error>>,
}

impl Recorder {
    /// Starts a recorder before the engine at `upstream`: `unix:///path` or `tcp://host:port`.
    ///
    /// # Errors
    ///
    /// The address is malformed, the engine does not say its version, or the socket cannot be made.
    pub async fn start(upstream: &str) -> io::Result<Recorder> {
        let upstream = Upstream::parse(upstream)?;
        let (host, listener) = Host::bind()?;
        let asked = upstream.clone();
        let engine = host
            .run(async move { asked.info().await })
            .await?
            .map_err(|error| told(&upstream, error))?;
        let shared = Arc::new(Shared {
            upstream,
            tape: Tape::new(),
            failure: Mutex::default(),
        });
        let served = shared.clone();
        host.accept(listener, move |stream| serve(stream, served.clone()));
        Ok(Recorder {
            host,
            engine,
            shared,
        })
    }

    /// The address of this recorder, for `DOCKER_HOST`: `unix://…`.
    pub fn docker_host(&self) -> String {
        self.host.docker_host()
    }

    /// Ends the recording, and gives it the name of its scenario.
    ///
    /// What is under way may take two seconds to end; what has not ended then counts as left by the
    /// client.
    ///
    /// # Errors
    ///
    /// The engine could not be reached for a request.
    pub async fn finish(self, scenario: &str) -> io::Result<Fixture> {
        let shared = self.shared.clone();
        self.host
            .run(async move { timeout(GRACE, shared.tape.quiet()).await.is_ok() })
            .await?;
        if let Some(error) = self
            .shared
            .failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            return Err(error);
        }
        normal::fixture(Fixture {
            scenario: scenario.to_owned(),
            engine: self.engine,
            turns: self.shared.tape.turns(),
        })
    }
}

fn told(upstream: &Upstream, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("recording from {upstream}: {error}"))
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Recorder")
            .field(&self.docker_host())
            .finish()
    }
}

async fn serve(stream: UnixStream, shared: Arc<Shared>) {
    let service = service_fn(move |request| relay(shared.clone(), request));
    // An error here is a client that went away or an engine that broke off; both are on the tape.
    let _ = http1::Builder::new()
        .preserve_header_case(true)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
}

type Answer = http_body_util::combinators::UnsyncBoxBody<Bytes, hyper::Error>;

async fn relay(
    shared: Arc<Shared>,
    mut request: Request<Incoming>,
) -> Result<Response<Answer>, hyper::Error> {
    let client = hyper::upgrade::on(&mut request);
    let (parts, body) = request.into_parts();
    let method = parts.method.clone();
    let track = Arc::new(shared.tape.track(&parts));
    let request = Request::from_parts(parts, Tee::new(body, Part::Request, track.clone()));
    let mut response = match shared.upstream.send(request).await {
        Ok(response) => response,
        Err(error) => return Ok(shared.failed(error)),
    };
    track.head(response.status(), response.headers());
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let engine = hyper::upgrade::on(&mut response);
        tokio::spawn(tunnel(track, client, engine));
        return Ok(response.map(|_| empty()));
    }
    if !has_body(&method, response.status()) {
        track.end(End::Complete);
    }
    Ok(response.map(|body| Tee::new(body, Part::Response, track).boxed_unsync()))
}

impl Shared {
    fn failed(&self, error: io::Error) -> Response<Answer> {
        let error = told(&self.upstream, error);
        let message = serde_json::json!({ "message": error.to_string() }).to_string();
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(error);
        let body = Full::from(message)
            .map_err(|never| match never {})
            .boxed_unsync();
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        response
    }
}

fn empty() -> Answer {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

/// A body that is recorded on its way.
struct Tee {
    body: Incoming,
    part: Part,
    track: Arc<Track>,
}

#[derive(Clone, Copy)]
enum Part {
    Request,
    Response,
}

impl Tee {
    fn new(body: Incoming, part: Part, track: Arc<Track>) -> Tee {
        let tee = Tee { body, part, track };
        if tee.body.is_end_stream() {
            tee.ended();
        }
        tee
    }

    fn ended(&self) {
        match self.part {
            Part::Request => self.track.request_done(),
            Part::Response => self.track.end(End::Complete),
        }
    }
}

impl Body for Tee {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        // On the tape before it goes on: whatever it causes is recorded after it.
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    match self.part {
                        Part::Request => self.track.request_data(data),
                        Part::Response => self.track.data(data),
                    }
                }
                // A body of known length is not asked again after its last byte.
                if self.body.is_end_stream() {
                    self.ended();
                }
            }
            Some(Err(_)) if matches!(self.part, Part::Response) => self.track.end(End::Cut),
            Some(Err(_)) => {}
            None => self.ended(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Joins the two sides of an upgraded connection until both are closed.
async fn tunnel(track: Arc<Track>, client: OnUpgrade, engine: OnUpgrade) {
    let (Ok(client), Ok(engine)) = tokio::join!(client, engine) else {
        return track.end(End::Cut);
    };
    let (from_client, to_client) = tokio::io::split(TokioIo::new(client));
    let (from_engine, to_engine) = tokio::io::split(TokioIo::new(engine));
    tokio::join!(
        upload(&track, from_client, to_engine),
        download(&track, from_engine, to_client)
    );
}

type Upgradable = TokioIo<Upgraded>;

async fn upload(
    track: &Track,
    mut client: ReadHalf<Upgradable>,
    mut engine: WriteHalf<Upgradable>,
) {
    // A client that is gone has closed its side, too.
    while let Some(bytes) = read(&mut client).await.unwrap_or(None) {
        track.stream(Move::Client(Payload::exact(bytes.clone())));
        if engine.write_all(&bytes).await.is_err() {
            return; // the engine is done with this connection
        }
    }
    track.stream(Move::ClientClosed);
    let _ = engine.shutdown().await;
}

async fn download(
    track: &Track,
    mut engine: ReadHalf<Upgradable>,
    mut client: WriteHalf<Upgradable>,
) {
    loop {
        match read(&mut engine).await {
            Ok(Some(bytes)) => {
                track.stream(Move::Server(Payload::exact(bytes.clone())));
                if client.write_all(&bytes).await.is_err() {
                    return track.end(End::Left);
                }
            }
            Ok(None) => {
                track.stream(Move::ServerClosed);
                track.over();
                let _ = client.shutdown().await;
                return;
            }
            Err(_) => {
                track.end(End::Cut);
                let _ = client.shutdown().await;
                return;
            }
        }
    }
}

/// `None` at the end.
async fn read(from: &mut ReadHalf<Upgradable>) -> io::Result<Option<Bytes>> {
    let mut buffer = BytesMut::with_capacity(16 << 10);
    let len = from.read_buf(&mut buffer).await?;
    Ok((len > 0).then(|| buffer.freeze()))
}
