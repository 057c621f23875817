//! Answers written by hand.

use std::io;

use bytes::Bytes;

use crate::fixture::{End, EngineInfo, Fixture, Head, Move, Request, Turn};
use crate::payload::Payload;
use crate::replay::ReplayEngine;

/// A scripted engine in the making: requests in the order in which they are to come, each with its answer.
///
/// It becomes a [`Fixture`], and the same rules hold: order, `{any}`, and answers that
/// wait for what is written before them. See [`ReplayEngine`].
///
/// # Examples
///
/// A `wait` is answered only after `start` was called:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use dockwright_replay::ReplayEngine;
/// use serde_json::json;
///
/// let engine = ReplayEngine::script()
///     .ping("1.51")
///     .on("POST", "/v1.51/containers/create?name={any}")
///     .expect_json(json!({ "Image": "busybox" }))
///     .json(201, json!({ "Id": "c1", "Warnings": [] }))
///     .on("POST", "/v1.51/containers/c1/wait").named("wait").later()
///     .on("POST", "/v1.51/containers/c1/start").empty(204)
///     .resume("wait").json(200, json!({ "StatusCode": 0 }))
///     .start()
///     .await?;
/// # drop(engine);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a script does nothing until it is started"]
pub struct Script {
    turns: Vec<Turn>,
}

impl Script {
    /// Answers `HEAD /_ping` with this API version.
    pub fn ping(self, api: &str) -> Script {
        self.on("HEAD", "/_ping")
            .header("api-version", api)
            .empty(200)
    }

    /// Begins the answer to the next request: a method, and a path with its query.
    pub fn on(self, method: &str, target: &str) -> Reply {
        let request = Request {
            line: format!("{method} {target}"),
            ..Request::default()
        };
        Reply {
            script: self,
            turn: Turn {
                request: Some(request),
                ..Turn::default()
            },
            headers: Vec::new(),
        }
    }

    /// Goes on with an exchange that was [`named`](Reply::named).
    pub fn resume(self, name: &str) -> Reply {
        Reply {
            script: self,
            turn: Turn {
                on: Some(name.to_owned()),
                ..Turn::default()
            },
            headers: Vec::new(),
        }
    }

    /// Starts an engine that follows this script once.
    ///
    /// # Errors
    ///
    /// The script makes no sense (the message names the turn), or the socket cannot be made.
    pub async fn start(self) -> io::Result<ReplayEngine> {
        ReplayEngine::start(self.into_fixture()).await
    }

    /// The same on a TCP port of this machine, a free one, for clients that speak to nothing else.
    ///
    /// # Errors
    ///
    /// The script makes no sense (the message names the turn), or there is no port.
    pub async fn start_tcp(self) -> io::Result<ReplayEngine> {
        ReplayEngine::start_tcp(self.into_fixture()).await
    }

    /// The script as a fixture.
    pub fn into_fixture(self) -> Fixture {
        let engine = EngineInfo {
            name: "script".to_owned(),
            ..EngineInfo::default()
        };
        Fixture {
            scenario: "script".to_owned(),
            engine,
            turns: self.turns,
        }
    }
}

/// One exchange of a [`Script`]: what the request must hold, and the answer.
#[derive(Clone, Debug)]
#[must_use = "a request needs an answer; `later` gives none"]
pub struct Reply {
    script: Script,
    turn: Turn,
    headers: Vec<(String, String)>,
}

impl Reply {
    /// Gives the exchange a name, so that [`Script::resume`] can go on with it.
    pub fn named(mut self, name: &str) -> Reply {
        self.turn.on = Some(name.to_owned());
        self
    }

    /// The request must have this JSON body; strings may hold `{any}`.
    pub fn expect_json(self, body: serde_json::Value) -> Reply {
        self.expect(Payload::Json(body.into()))
    }

    /// The request must have this body, compared as a value where it is JSON; `{any}` allows any.
    pub fn expect_body(self, body: impl AsRef<[u8]>) -> Reply {
        self.expect(Payload::readable(Bytes::copy_from_slice(body.as_ref())))
    }

    fn expect(mut self, body: Payload) -> Reply {
        if let Some(request) = &mut self.turn.request {
            request.body = Some(body);
        }
        self
    }

    /// The request must have this header; the value may hold `{any}`.
    pub fn expect_header(mut self, name: &str, value: &str) -> Reply {
        if let Some(request) = &mut self.turn.request {
            request.headers.insert(name.to_owned(), value.to_owned());
        }
        self
    }

    /// Adds a header to the response.
    pub fn header(mut self, name: &str, value: &str) -> Reply {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Answers with a JSON document.
    pub fn json(self, status: u16, body: serde_json::Value) -> Script {
        self.default_header("content-type", "application/json")
            .default_header("content-length", "0")
            .answer(status, vec![Payload::Json(body.into())])
    }

    /// Answers with text.
    pub fn text(self, status: u16, body: &str) -> Script {
        self.default_header("content-type", "text/plain; charset=utf-8")
            .default_header("content-length", "0")
            .answer(status, vec![Payload::Text(body.to_owned())])
    }

    /// Answers without a body.
    pub fn empty(self, status: u16) -> Script {
        let framed = if matches!(status, 204 | 304) {
            self
        } else {
            self.default_header("content-length", "0")
        };
        framed.answer(status, Vec::new())
    }

    /// Answers with a body in these chunks. A [`named`](Reply::named) one goes on with [`more`](Reply::more).
    pub fn chunks<B: AsRef<[u8]>>(
        self,
        status: u16,
        chunks: impl IntoIterator<Item = B>,
    ) -> Script {
        self.answer(status, payloads(chunks))
    }

    /// More chunks of a body that has begun.
    pub fn more<B: AsRef<[u8]>>(mut self, chunks: impl IntoIterator<Item = B>) -> Script {
        self.turn.body = payloads(chunks);
        self.push()
    }

    /// Answers with these chunks and then breaks the connection off.
    pub fn cut<B: AsRef<[u8]>>(
        mut self,
        status: u16,
        chunks: impl IntoIterator<Item = B>,
    ) -> Script {
        self.turn.end = End::Cut;
        self.answer(status, payloads(chunks))
    }

    /// Gives no answer until the exchange is resumed; never, when it is not.
    pub fn later(self) -> Script {
        self.push()
    }

    /// Answers with 101 and goes on with this dialogue.
    pub fn upgrade(mut self, dialogue: Dialogue) -> Script {
        self.turn.stream = dialogue.moves;
        self.default_header("connection", "Upgrade")
            .default_header("upgrade", "tcp")
            .answer(101, Vec::new())
    }

    /// Goes on with the dialogue of an upgraded connection.
    pub fn dialogue(mut self, dialogue: Dialogue) -> Script {
        self.turn.stream = dialogue.moves;
        self.push()
    }

    fn default_header(mut self, name: &str, value: &str) -> Reply {
        if !self
            .headers
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    fn answer(mut self, status: u16, body: Vec<Payload>) -> Script {
        let headers = std::mem::take(&mut self.headers).into_iter().collect();
        self.turn.response = Some(Head { status, headers });
        self.turn.body = body;
        self.push()
    }

    fn push(mut self) -> Script {
        self.script.turns.push(self.turn);
        self.script
    }
}

/// Standard output as engines send it, in a frame: a chunk of logs, or what the server writes in a
/// [`Dialogue`].
///
/// Without a terminal, output comes like this, and is announced by the header
/// `Content-Type: application/vnd.docker.multiplexed-stream`.
///
/// ```
/// # use dockwright_replay::{ReplayEngine, stderr, stdout};
/// let script = ReplayEngine::script()
///     .on("GET", "/v1.51/containers/c1/logs?stderr=true&stdout=true")
///     .header("content-type", "application/vnd.docker.multiplexed-stream")
///     .chunks(200, [stdout("ready\n"), stderr("no config, using defaults\n")]);
/// # drop(script);
/// ```
pub fn stdout(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    frame(1, bytes.as_ref())
}

/// Standard error as engines send it, in a frame; see [`stdout`].
pub fn stderr(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    frame(2, bytes.as_ref())
}

fn frame(kind: u8, bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("a frame has less than 4 GiB");
    [&[kind, 0, 0, 0], &length.to_be_bytes(), bytes].concat()
}

fn payloads<B: AsRef<[u8]>>(chunks: impl IntoIterator<Item = B>) -> Vec<Payload> {
    chunks.into_iter().map(payload).collect()
}

fn payload(bytes: impl AsRef<[u8]>) -> Payload {
    Payload::exact(Bytes::copy_from_slice(bytes.as_ref()))
}

/// What both sides write on an upgraded connection, in order.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Dialogue {
    moves: Vec<Move>,
}

impl Dialogue {
    /// A dialogue in which nothing is said.
    pub fn new() -> Dialogue {
        Dialogue::default()
    }

    /// The server writes this.
    pub fn server(self, bytes: impl AsRef<[u8]>) -> Dialogue {
        self.then(Move::Server(payload(bytes)))
    }

    /// The client is to write exactly this before anything else happens.
    pub fn client(self, bytes: impl AsRef<[u8]>) -> Dialogue {
        self.then(Move::Client(payload(bytes)))
    }

    /// The client is to close its writing side.
    pub fn client_closes(self) -> Dialogue {
        self.then(Move::ClientClosed)
    }

    /// The server closes its writing side.
    pub fn server_closes(self) -> Dialogue {
        self.then(Move::ServerClosed)
    }

    fn then(mut self, happened: Move) -> Dialogue {
        self.moves.push(happened);
        self
    }
}
