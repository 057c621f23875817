//! The engine that replays.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use crate::cut::{Cut, Cuttable};
use crate::expect::Got;
use crate::fixture::Fixture;
use crate::host::{Host, Listener};
use crate::plan::{Exchange, Plan, Step};
use crate::script::Script;
use crate::session::{Mismatch, Run, Session, Stalled};
use crate::stream;

/// How long a request or an answer is held back while nothing happens, before it is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// An engine in this process that gives recorded answers, on a socket of its own.
///
/// A request must be the recorded one: method, path, query, body and the recorded headers. Requests are
/// taken in the recorded order; one that comes too early waits for those before it. An answer comes
/// when everything recorded before it has happened, so a `wait` that was answered after `start` was
/// called is answered after `start` is called.
///
/// A request that is not expected, or that waits while nothing happens for five seconds, is answered
/// with 500 and a message that says what was expected; [`finish`](ReplayEngine::finish) reports it again.
///
/// # Dropping
///
/// Closes all connections and removes the socket. It does not panic; without
/// [`finish`](ReplayEngine::finish) nobody learns what did not match.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use dockwright_replay::{Fixture, ReplayEngine};
///
/// let fixture: Fixture = r#"{
///     "scenario": "ping",
///     "engine": { "name": "docker", "version": "28.5.2", "api": "1.51" },
///     "turns": [ {
///         "request": { "line": "GET /_ping" },
///         "response": { "status": 200, "headers": { "api-version": "1.51" } },
///         "body": [ "OK" ]
///     } ]
/// }"#.parse()?;
/// let engine = ReplayEngine::start(fixture).await?;
/// assert!(engine.docker_host().starts_with("unix://"));
/// // A client would now talk to that host. Nobody did:
/// let mismatch = engine.finish().await.unwrap_err();
/// assert_eq!(mismatch.complaints(), ["never requested: `GET /_ping` (request 1 of 1)"]);
/// # Ok(())
/// # }
/// ```
pub struct ReplayEngine {
    host: Host,
    session: Arc<Session>,
}

impl ReplayEngine {
    /// Starts an engine that replays `fixture` once.
    ///
    /// # Errors
    ///
    /// The socket cannot be made, or the fixture makes no sense.
    pub async fn start(fixture: Fixture) -> io::Result<ReplayEngine> {
        ReplayEngine::start_with(&fixture, PATIENCE)
    }

    /// The same on a TCP port of this machine, a free one, for clients that speak to nothing else.
    ///
    /// # Errors
    ///
    /// There is no port, or the fixture makes no sense.
    pub async fn start_tcp(fixture: Fixture) -> io::Result<ReplayEngine> {
        let session = session(&fixture, PATIENCE)?;
        let (host, listener) = Host::bind_tcp()?;
        Ok(ReplayEngine::serving(session, host, listener))
    }

    /// Begins a script of answers, written by hand.
    pub fn script() -> Script {
        Script::default()
    }

    pub(crate) fn start_with(fixture: &Fixture, patience: Duration) -> io::Result<ReplayEngine> {
        let session = session(fixture, patience)?;
        let (host, listener) = Host::bind()?;
        Ok(ReplayEngine::serving(session, host, listener))
    }

    fn serving(session: Arc<Session>, host: Host, listener: impl Listener) -> ReplayEngine {
        let served = session.clone();
        host.accept(listener, move |stream| serve(stream, served.clone()));
        ReplayEngine { host, session }
    }

    /// The address of this engine, for `DOCKER_HOST`: `unix://…`, or `tcp://127.0.0.1:…`.
    pub fn docker_host(&self) -> String {
        self.host.docker_host()
    }

    /// Waits until all that has begun is over, and compares what came with what was recorded.
    ///
    /// # Errors
    ///
    /// A request was not expected, a recorded one never came, or a stream went differently.
    pub async fn finish(self) -> Result<(), Mismatch> {
        let session = self.session.clone();
        let finished = self.host.run(async move { session.finish().await }).await;
        finished.unwrap_or_else(|error| Err(Mismatch::new(format!("the replay stopped: {error}"))))
    }
}

impl fmt::Debug for ReplayEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReplayEngine")
            .field(&self.docker_host())
            .finish()
    }
}

fn session(fixture: &Fixture, patience: Duration) -> io::Result<Arc<Session>> {
    let plan = Plan::new(fixture);
    let plan = plan.map_err(|reason| io::Error::new(io::ErrorKind::InvalidInput, reason))?;
    Ok(Arc::new(Session::new(plan, patience)))
}

async fn serve<S>(stream: S, session: Arc<Session>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let cut = Cut::default();
    let connection = TokioIo::new(Cuttable::new(stream, cut.clone()));
    let service = service_fn(move |request| answer(session.clone(), cut.clone(), request));
    // An error here is a client that went away or an answer that is cut on purpose.
    let _ = http1::Builder::new()
        .title_case_headers(true)
        .serve_connection(connection, service)
        .with_upgrades()
        .await;
}

async fn answer(
    session: Arc<Session>,
    cut: Cut,
    mut request: Request<Incoming>,
) -> Result<Response<Chunks>, hyper::Error> {
    let upgrade = hyper::upgrade::on(&mut request);
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let claimed = match Got::new(&parts, body) {
        Ok(got) => session.claim(&got).await,
        Err(message) => Err(message),
    };
    let mut run = match claimed {
        Ok(exchange) => Run::new(session, exchange),
        Err(message) => return Ok(refusal(&message, cut)),
    };
    match run.next().await {
        Ok(Some(Step::Head(status, headers))) => {
            run.done();
            let (mut response, body) = respond(status, cut);
            *response.headers_mut() = headers;
            if parts.method != Method::HEAD {
                fit_length(response.headers_mut(), run.exchange());
            }
            if status == StatusCode::SWITCHING_PROTOCOLS {
                tokio::spawn(play_stream(run, upgrade));
            } else {
                tokio::spawn(play_body(run, body));
            }
            Ok(response)
        }
        Err(Stalled) => Ok(refusal(
            "the recorded answer was held back for too long",
            cut,
        )),
        // Never answered: the client has to give up first.
        Ok(_) => std::future::pending().await,
    }
}

fn refusal(message: &str, cut: Cut) -> Response<Chunks> {
    let (mut response, body) = respond(StatusCode::INTERNAL_SERVER_ERROR, cut);
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    let message = serde_json::json!({ "message": format!("replay: {message}") });
    // The receiver is in the response.
    let _ = body.send(Piece::Data(message.to_string().into()));
    response
}

fn respond(status: StatusCode, cut: Cut) -> (Response<Chunks>, UnboundedSender<Piece>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let mut response = Response::new(Chunks {
        pieces: receiver,
        cut,
    });
    *response.status_mut() = status;
    (response, sender)
}

/// A recorded length says how the body was framed; its value follows the body, which may have been edited.
fn fit_length(headers: &mut HeaderMap, exchange: &Exchange) {
    let whole = exchange
        .steps
        .iter()
        .any(|(_, step)| matches!(step, Step::End));
    if whole && headers.contains_key(CONTENT_LENGTH) {
        let chunks = exchange.steps.iter().map(|(_, step)| match step {
            Step::Data(bytes) => bytes.len(),
            _ => 0,
        });
        headers.insert(CONTENT_LENGTH, HeaderValue::from(chunks.sum::<usize>()));
    }
}

async fn play_body(mut run: Run, body: UnboundedSender<Piece>) {
    loop {
        let step = tokio::select! {
            step = run.next() => step,
            () = body.closed() => return,
        };
        // Sending fails when the client is gone, and then the next round ends.
        match step {
            Ok(Some(Step::Data(bytes))) => drop(body.send(Piece::Data(bytes))),
            Ok(Some(Step::End)) => return run.done(),
            Ok(Some(Step::Cut)) | Err(Stalled) => drop(body.send(Piece::Cut)),
            // The client left here when it was recorded.
            Ok(_) => return body.closed().await,
        }
        run.done();
    }
}

async fn play_stream(run: Run, upgrade: OnUpgrade) {
    if let Ok(connection) = upgrade.await {
        stream::play(run, TokioIo::new(connection)).await;
    }
}

enum Piece {
    Data(Bytes),
    Cut,
}

/// A body whose chunks come through a channel, which never holds back the one who sends.
struct Chunks {
    pieces: UnboundedReceiver<Piece>,
    cut: Cut,
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match ready!(self.pieces.poll_recv(cx)) {
            Some(Piece::Data(bytes)) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Some(Piece::Cut) => {
                // hyper flushes when a body has nothing more for now, and that ends the connection.
                self.cut.cut();
                Poll::Pending
            }
            None => Poll::Ready(None),
        }
    }
}
