//! What BuildKit tells of a build, in one message.
//!
//! How far the vertices of the graph are is told ten times a second, so that each build has other
//! messages. All that they say is put in one: each vertex as it is begun and as it is done, then the
//! parts of each, and what each wrote.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use prost::Message;
use serde_json::Value;

use super::clock::START;
use super::ids::Ids;

const TRACE: &str = "moby.buildkit.trace";

/// The values of a stream, where all traces are in the place of the first.
pub(super) fn joined(values: Vec<Bytes>) -> Vec<Bytes> {
    let mut first = None;
    let mut whole = Status::default();
    let mut rest = Vec::new();
    for value in values {
        match read(&value) {
            Some(status) => {
                first.get_or_insert(rest.len());
                whole.vertexes.extend(status.vertexes);
                whole.statuses.extend(status.statuses);
                whole.logs.extend(status.logs);
                whole.warnings.extend(status.warnings);
            }
            None => rest.push(value),
        }
    }
    if let Some(first) = first {
        let (mut ids, bytes) = (Ids::default(), settled(whole).encode_to_vec());
        ids.see(&bytes);
        let aux = BASE64_STANDARD.encode(ids.settle(&bytes));
        let message = format!("{{\"id\":\"{TRACE}\",\"aux\":\"{aux}\"}}\r\n");
        rest.insert(first, message.into());
    }
    rest
}

fn read(value: &[u8]) -> Option<Status> {
    let message: Value = serde_json::from_slice(value).ok()?;
    let aux = message.get("aux")?.as_str()?;
    (message.get("id")? == TRACE).then_some(())?;
    Status::decode(&*BASE64_STANDARD.decode(aux).ok()?).ok()
}

fn settled(whole: Status) -> Status {
    let mut last: BTreeMap<String, Vertex> = BTreeMap::new();
    for vertex in whole.vertexes {
        last.insert(vertex.digest.clone(), vertex);
    }
    let name = |digest: &String| last.get(digest).map(|vertex| vertex.name.clone());
    let mut statuses: BTreeMap<_, Part> = BTreeMap::new();
    for part in whole.statuses {
        statuses.insert((name(&part.vertex), part.id.clone()), part);
    }
    let mut logs: BTreeMap<_, Log> = BTreeMap::new();
    for log in whole.logs {
        let key = (name(&log.vertex), log.stream);
        let written = logs.entry(key).or_insert_with(|| Log {
            timestamp: moment(),
            msg: Vec::new(),
            ..log.clone()
        });
        written.msg.extend(log.msg);
    }
    let mut vertexes: Vec<Vertex> = last.into_values().collect();
    vertexes.sort_by(|a, b| a.name.cmp(&b.name));
    let begun = vertexes.iter().map(|vertex| Vertex {
        started: moment(),
        completed: None,
        error: String::new(),
        cached: false,
        ..vertex.clone()
    });
    let done = vertexes.iter().filter(|vertex| vertex.completed.is_some());
    let done = done.map(|vertex| Vertex {
        started: moment(),
        completed: moment(),
        ..vertex.clone()
    });
    Status {
        vertexes: begun.chain(done).collect(),
        statuses: statuses
            .into_values()
            .map(|part| Part {
                timestamp: moment(),
                started: part.started.and_then(|_| moment()),
                completed: part.completed.and_then(|_| moment()),
                ..part
            })
            .collect(),
        logs: logs.into_values().collect(),
        warnings: whole.warnings,
    }
}

/// When everything was.
fn moment() -> Option<Timestamp> {
    Some(Timestamp {
        seconds: START,
        nanos: 0,
    })
}

#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(message, repeated, tag = "1")]
    vertexes: Vec<Vertex>,
    #[prost(message, repeated, tag = "2")]
    statuses: Vec<Part>,
    #[prost(message, repeated, tag = "3")]
    logs: Vec<Log>,
    #[prost(bytes = "vec", repeated, tag = "4")]
    warnings: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
struct Vertex {
    #[prost(string, tag = "1")]
    digest: String,
    #[prost(string, repeated, tag = "2")]
    inputs: Vec<String>,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(bool, tag = "4")]
    cached: bool,
    #[prost(message, optional, tag = "5")]
    started: Option<Timestamp>,
    #[prost(message, optional, tag = "6")]
    completed: Option<Timestamp>,
    #[prost(string, tag = "7")]
    error: String,
    #[prost(bytes = "vec", optional, tag = "8")]
    progress_group: Option<Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
struct Part {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(string, tag = "2")]
    vertex: String,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(int64, tag = "4")]
    current: i64,
    #[prost(int64, tag = "5")]
    total: i64,
    #[prost(message, optional, tag = "6")]
    timestamp: Option<Timestamp>,
    #[prost(message, optional, tag = "7")]
    started: Option<Timestamp>,
    #[prost(message, optional, tag = "8")]
    completed: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
struct Log {
    #[prost(string, tag = "1")]
    vertex: String,
    #[prost(message, optional, tag = "2")]
    timestamp: Option<Timestamp>,
    #[prost(int64, tag = "3")]
    stream: i64,
    #[prost(bytes = "vec", tag = "4")]
    msg: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct Timestamp {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}
