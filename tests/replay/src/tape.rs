//! What a recorder has seen, in the order in which it saw it, and how that becomes a fixture.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use hyper::header::{CONNECTION, DATE, HeaderMap, TRANSFER_ENCODING};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use tokio::sync::watch;

use crate::expect::ANY;
use crate::fixture::{End, Head, Move, Request, Turn};
use crate::normal;
use crate::payload::Payload;
use crate::secret;

/// A longer request body, or one that is not text, is recorded as `{any}`.
const LONGEST_BODY: usize = 64 << 10;

pub(crate) struct Tape {
    events: Mutex<Vec<(usize, Event)>>,
    /// How many exchanges have begun, and how many of them are over.
    counts: watch::Sender<(usize, usize)>,
}

#[derive(Debug)]
pub(crate) enum Event {
    Request(Request),
    Head(Head),
    Data(Bytes),
    Stream(Move),
    End(End),
}

impl Tape {
    pub(crate) fn new() -> Arc<Tape> {
        Arc::new(Tape {
            events: Mutex::new(Vec::new()),
            counts: watch::Sender::new((0, 0)),
        })
    }

    /// Begins an exchange.
    pub(crate) fn track(self: &Arc<Self>, parts: &Parts) -> Track {
        let mut exchange = 0;
        self.counts.send_modify(|(begun, _)| {
            exchange = *begun;
            *begun += 1;
        });
        let arriving = Arriving {
            line: format!("{} {}", parts.method, parts.uri),
            headers: request_headers(&parts.headers),
            body: Some(Vec::new()),
        };
        let state = State {
            arriving: Some(arriving),
            ended: false,
        };
        Track {
            tape: self.clone(),
            exchange,
            state: Mutex::new(state),
        }
    }

    /// Waits until no exchange is under way.
    pub(crate) async fn quiet(&self) {
        // Fails when the sender is gone, which is `self`.
        let _ = self
            .counts
            .subscribe()
            .wait_for(|(begun, over)| begun == over)
            .await;
    }

    fn push(&self, exchange: usize, event: Event) {
        lock(&self.events).push((exchange, event));
    }

    pub(crate) fn turns(&self) -> Vec<Turn> {
        turns(normal::events(std::mem::take(&mut lock(&self.events))))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One exchange on the tape.
///
/// # Dropping
///
/// The client left, unless the end was seen.
pub(crate) struct Track {
    tape: Arc<Tape>,
    exchange: usize,
    state: Mutex<State>,
}

struct State {
    /// The request until its body has come, or its answer.
    arriving: Option<Arriving>,
    ended: bool,
}

struct Arriving {
    line: String,
    headers: BTreeMap<String, String>,
    /// `None` when it grew too long.
    body: Option<Vec<u8>>,
}

impl Track {
    pub(crate) fn request_data(&self, data: &[u8]) {
        if let Some(arriving) = &mut lock(&self.state).arriving {
            match &mut arriving.body {
                Some(body) if body.len() + data.len() <= LONGEST_BODY => {
                    body.extend_from_slice(data)
                }
                body => *body = None,
            }
        }
    }

    /// The request is complete, or as complete as it was when it was answered.
    pub(crate) fn request_done(&self) {
        if let Some(Arriving {
            line,
            headers,
            body,
        }) = lock(&self.state).arriving.take()
        {
            let body = match body {
                Some(body) if body.is_empty() => None,
                body => Some(
                    body.and_then(readable)
                        .unwrap_or_else(|| Payload::Text(ANY.to_owned())),
                ),
            };
            self.tape.push(
                self.exchange,
                Event::Request(Request {
                    line,
                    headers,
                    body,
                }),
            );
        }
    }

    pub(crate) fn head(&self, status: StatusCode, headers: &HeaderMap) {
        self.request_done();
        let headers = response_headers(status, headers);
        self.tape.push(
            self.exchange,
            Event::Head(Head {
                status: status.as_u16(),
                headers,
            }),
        );
    }

    pub(crate) fn data(&self, data: &Bytes) {
        self.tape.push(self.exchange, Event::Data(data.clone()));
    }

    pub(crate) fn stream(&self, happened: Move) {
        if !lock(&self.state).ended {
            self.tape.push(self.exchange, Event::Stream(happened));
        }
    }

    /// The end of a stream, which has no event of its own.
    pub(crate) fn over(&self) {
        lock(&self.state).ended = true;
    }

    /// Nothing that comes later is recorded.
    pub(crate) fn end(&self, end: End) {
        if !std::mem::replace(&mut lock(&self.state).ended, true) {
            self.tape.push(self.exchange, Event::End(end));
        }
    }
}

impl Drop for Track {
    fn drop(&mut self) {
        self.request_done();
        self.end(End::Left);
        self.tape.counts.send_modify(|(_, over)| *over += 1);
    }
}

fn request_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut kept = readable_headers(headers);
    kept.retain(|name, value| match name.as_str() {
        "content-type" | "upgrade" => true,
        "accept" => value != "*/*",
        name => name.starts_with("x-") || secret::is_header(name),
    });
    for (_, value) in kept.iter_mut().filter(|(name, _)| secret::is_header(name)) {
        *value = ANY.to_owned();
    }
    kept
}

/// What differs between two recordings, or is of the connection rather than of the answer, is left out.
fn response_headers(status: StatusCode, headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut kept = readable_headers(headers);
    kept.remove(DATE.as_str());
    kept.remove(TRANSFER_ENCODING.as_str());
    if status != StatusCode::SWITCHING_PROTOCOLS {
        kept.remove(CONNECTION.as_str());
    }
    kept
}

fn readable_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut readable: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        readable
            .entry(name.as_str().to_owned())
            .and_modify(|values| *values = format!("{values}, {value}"))
            .or_insert_with(|| value.into_owned());
    }
    readable
}

/// JSON without its credentials, or text; an archive is neither, even one that is ASCII.
fn readable(body: Vec<u8>) -> Option<Payload> {
    match Payload::readable(body.into()) {
        Payload::Json(mut json) => {
            secret::redact(&mut json);
            Some(Payload::Json(json))
        }
        Payload::Text(text) if !text.contains('\0') => Some(Payload::Text(text)),
        _ => None,
    }
}

/// Groups what happened in a row on one exchange.
fn turns(events: Vec<(usize, Event)>) -> Vec<Turn> {
    let mut turns: Vec<(usize, Turn)> = Vec::new();
    let mut last_turn: HashMap<usize, usize> = HashMap::new();
    for (exchange, event) in events {
        // That a client left has no place in the order: nothing waits for it.
        if let (Event::End(End::Left), Some(&last)) = (&event, last_turn.get(&exchange)) {
            turns[last].1.end = End::Left;
            continue;
        }
        if turns.last().is_none_or(|(current, _)| *current != exchange) {
            turns.push((exchange, Turn::default()));
            last_turn.insert(exchange, turns.len() - 1);
        }
        if let Some((_, turn)) = turns.last_mut() {
            add(turn, event);
        }
    }
    name(&mut turns);
    turns
        .into_iter()
        .map(|(_, turn)| join_writes(join_document(turn)))
        .collect()
}

fn add(turn: &mut Turn, event: Event) {
    match event {
        Event::Request(request) => turn.request = Some(request),
        Event::Head(head) => turn.response = Some(head),
        Event::Data(data) => turn.body.push(Payload::exact(data)),
        Event::Stream(happened) => turn.stream.push(happened),
        Event::End(end) => turn.end = end,
    }
}

/// Names the exchanges that have more than one turn, after the last segment of their path.
fn name(turns: &mut [(usize, Turn)]) {
    let mut names: HashMap<usize, String> = HashMap::new();
    let mut taken: HashMap<String, usize> = HashMap::new();
    for index in 0..turns.len() {
        let exchange = turns[index].0;
        if let Some(request) = &turns[index].1.request
            && turns[index + 1..]
                .iter()
                .any(|(other, _)| *other == exchange)
        {
            let path = request.line.split('?').next().unwrap_or_default();
            let verb = path.rsplit('/').next().unwrap_or_default().to_owned();
            let count = taken.entry(verb.clone()).or_default();
            *count += 1;
            let name = if *count == 1 {
                verb
            } else {
                format!("{verb}-{count}")
            };
            names.insert(exchange, name);
        }
        turns[index].1.on = names.get(&exchange).cloned();
    }
}

/// In which pieces a whole document came depends on buffers and on time, and hides it from the reader.
fn join_document(mut turn: Turn) -> Turn {
    if turn.on.is_none() && turn.end == End::Complete && turn.body.len() > 1 {
        let whole: Vec<Bytes> = turn.body.iter().map(Payload::to_bytes).collect();
        if let document @ Payload::Json(_) = Payload::exact(whole.concat().into()) {
            turn.body = vec![document];
        }
    }
    turn
}

/// In which pieces a client writes means nothing.
fn join_writes(mut turn: Turn) -> Turn {
    let mut writes: Vec<Bytes> = Vec::new();
    let mut stream = Vec::new();
    let join = |writes: &mut Vec<Bytes>, stream: &mut Vec<Move>| {
        if !writes.is_empty() {
            stream.push(Move::Client(Payload::exact(
                std::mem::take(writes).concat().into(),
            )));
        }
    };
    for happened in turn.stream {
        match happened {
            Move::Client(payload) => writes.push(payload.to_bytes()),
            happened => {
                join(&mut writes, &mut stream);
                stream.push(happened);
            }
        }
    }
    join(&mut writes, &mut stream);
    turn.stream = stream;
    turn
}

/// Whether a body follows the head of such an answer.
pub(crate) fn has_body(method: &Method, status: StatusCode) -> bool {
    *method != Method::HEAD
        && status != StatusCode::NO_CONTENT
        && status != StatusCode::NOT_MODIFIED
}
