//! What BuildKit tells while it builds: the vertices of a graph, and what they write.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use prost::Message;

use crate::error::printable;
use crate::stream::Chunk;

/// What is new in a build that BuildKit does. It prints as one line.
///
/// A build is a graph. Each vertex is a step of a Dockerfile, or a step that BuildKit adds, and is
/// known by its digest; what is told of it later stands for what was told before.
///
/// See [`Build::progress`](crate::Build::progress) for an example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trace {
    /// Vertices that are new, or have come further.
    pub vertices: Vec<Vertex>,
    /// How far the parts of vertices are.
    pub statuses: Vec<VertexStatus>,
    /// What the commands of vertices have written.
    pub logs: Vec<VertexLog>,
    /// What BuildKit thinks is wrong with the Dockerfile.
    pub warnings: Vec<VertexWarning>,
}

/// A step of a build.
///
/// See [`Build::progress`](crate::Build::progress) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Vertex {
    /// What the vertex is known by.
    pub digest: String,
    /// The vertices that it builds upon, by their digests.
    pub inputs: Vec<String>,
    /// What it does, for people to read, such as `[2/3] RUN make`.
    pub name: String,
    /// Whether what it makes was made before.
    pub cached: bool,
    /// When it began, if it did.
    pub started: Option<SystemTime>,
    /// When it ended, if it did, in whatever way.
    pub completed: Option<SystemTime>,
    /// Why it failed, if it did.
    pub error: Option<String>,
}

/// How far a step of a build is.
///
/// See [`Build::progress`](crate::Build::progress) for an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VertexState {
    /// It has not begun.
    Waiting,
    /// It is at work.
    Running,
    /// It had nothing to do.
    Cached,
    /// It has ended well.
    Done,
    /// It has failed, or was stopped.
    Failed,
}

/// How far a part of a vertex is, such as the download of a layer.
///
/// See [`Build::progress`](crate::Build::progress) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VertexStatus {
    /// What the part is known by within its vertex.
    pub id: String,
    /// The vertex, by its digest.
    pub vertex: String,
    /// How much is done; mostly bytes.
    pub current: u64,
    /// How much there is to do, if that is known.
    pub total: Option<u64>,
    /// When it began, if it did.
    pub started: Option<SystemTime>,
    /// When it ended, if it did.
    pub completed: Option<SystemTime>,
}

/// What the command of a vertex has written.
///
/// See [`Build::progress`](crate::Build::progress) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VertexLog {
    /// The vertex, by its digest.
    pub vertex: String,
    /// What was written, and where.
    pub chunk: Chunk,
}

/// What BuildKit thinks is wrong with a Dockerfile.
///
/// See [`Build::progress`](crate::Build::progress) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VertexWarning {
    /// The vertex, by its digest.
    pub vertex: String,
    /// The warning in one line.
    pub short: String,
    /// What more there is to say.
    pub detail: Vec<String>,
    /// Where to read about it, if anywhere.
    pub url: Option<String>,
}

impl Trace {
    /// Reads the form in which it comes, if it has that form: base64 of a Protocol Buffer.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        wire::StatusResponse::decode(&*bytes).ok().map(Self::from)
    }
}

impl Vertex {
    /// How far it is.
    pub fn state(&self) -> VertexState {
        match (self.started, self.completed) {
            _ if self.error.is_some() => VertexState::Failed,
            (_, Some(_)) if self.cached => VertexState::Cached,
            (_, Some(_)) => VertexState::Done,
            (Some(_), None) => VertexState::Running,
            (None, None) => VertexState::Waiting,
        }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vertices = self.vertices.iter().map(ToString::to_string);
        let statuses = self.statuses.iter().map(ToString::to_string);
        let logs = self
            .logs
            .iter()
            .map(|log| printable(&log.chunk.to_string()));
        let warnings = self
            .warnings
            .iter()
            .map(|warning| printable(&warning.short));
        let parts = vertices.chain(statuses).chain(logs).chain(warnings);
        f.write_str(&parts.collect::<Vec<_>>().join("; "))
    }
}

impl fmt::Display for Vertex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", printable(&self.name), self.state())
    }
}

impl fmt::Display for VertexState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Cached => "cached",
            Self::Done => "done",
            Self::Failed => "failed",
        })
    }
}

impl fmt::Display for VertexStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.id))?;
        match (self.current, self.total) {
            (current, Some(total)) => write!(f, " {current}/{total}"),
            (0, None) => Ok(()),
            (current, None) => write!(f, " {current}"),
        }
    }
}

/// The messages of BuildKit's `control.proto`, with the fields that are read here.
mod wire {
    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct StatusResponse {
        #[prost(message, repeated, tag = "1")]
        pub(super) vertexes: Vec<Vertex>,
        #[prost(message, repeated, tag = "2")]
        pub(super) statuses: Vec<VertexStatus>,
        #[prost(message, repeated, tag = "3")]
        pub(super) logs: Vec<VertexLog>,
        #[prost(message, repeated, tag = "4")]
        pub(super) warnings: Vec<VertexWarning>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Vertex {
        #[prost(string, tag = "1")]
        pub(super) digest: String,
        #[prost(string, repeated, tag = "2")]
        pub(super) inputs: Vec<String>,
        #[prost(string, tag = "3")]
        pub(super) name: String,
        #[prost(bool, tag = "4")]
        pub(super) cached: bool,
        #[prost(message, optional, tag = "5")]
        pub(super) started: Option<Timestamp>,
        #[prost(message, optional, tag = "6")]
        pub(super) completed: Option<Timestamp>,
        #[prost(string, tag = "7")]
        pub(super) error: String,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct VertexStatus {
        #[prost(string, tag = "1")]
        pub(super) id: String,
        #[prost(string, tag = "2")]
        pub(super) vertex: String,
        #[prost(int64, tag = "4")]
        pub(super) current: i64,
        #[prost(int64, tag = "5")]
        pub(super) total: i64,
        #[prost(message, optional, tag = "7")]
        pub(super) started: Option<Timestamp>,
        #[prost(message, optional, tag = "8")]
        pub(super) completed: Option<Timestamp>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct VertexLog {
        #[prost(string, tag = "1")]
        pub(super) vertex: String,
        #[prost(int64, tag = "3")]
        pub(super) stream: i64,
        #[prost(bytes = "bytes", tag = "4")]
        pub(super) msg: bytes::Bytes,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct VertexWarning {
        #[prost(string, tag = "1")]
        pub(super) vertex: String,
        #[prost(bytes = "vec", tag = "3")]
        pub(super) short: Vec<u8>,
        #[prost(bytes = "vec", repeated, tag = "4")]
        pub(super) detail: Vec<Vec<u8>>,
        #[prost(string, tag = "5")]
        pub(super) url: String,
    }

    #[derive(Clone, Copy, PartialEq, prost::Message)]
    pub(super) struct Timestamp {
        #[prost(int64, tag = "1")]
        pub(super) seconds: i64,
        #[prost(int32, tag = "2")]
        pub(super) nanos: i32,
    }
}

impl From<wire::StatusResponse> for Trace {
    fn from(wire: wire::StatusResponse) -> Self {
        Self {
            vertices: wire.vertexes.into_iter().map(Vertex::from).collect(),
            statuses: wire.statuses.into_iter().map(VertexStatus::from).collect(),
            logs: wire.logs.into_iter().map(VertexLog::from).collect(),
            warnings: wire.warnings.into_iter().map(VertexWarning::from).collect(),
        }
    }
}

impl From<wire::Vertex> for Vertex {
    fn from(wire: wire::Vertex) -> Self {
        Self {
            digest: wire.digest,
            inputs: wire.inputs,
            name: wire.name,
            cached: wire.cached,
            started: wire.started.and_then(time),
            completed: wire.completed.and_then(time),
            error: filled(wire.error),
        }
    }
}

impl From<wire::VertexStatus> for VertexStatus {
    fn from(wire: wire::VertexStatus) -> Self {
        let amount = |amount| u64::try_from(amount).unwrap_or_default();
        Self {
            id: wire.id,
            vertex: wire.vertex,
            current: amount(wire.current),
            total: Some(amount(wire.total)).filter(|&total| total > 0),
            started: wire.started.and_then(time),
            completed: wire.completed.and_then(time),
        }
    }
}

impl From<wire::VertexLog> for VertexLog {
    fn from(wire: wire::VertexLog) -> Self {
        let chunk: fn(Bytes) -> Chunk = match wire.stream {
            2 => Chunk::Stderr,
            _ => Chunk::Stdout,
        };
        Self {
            vertex: wire.vertex,
            chunk: chunk(wire.msg),
        }
    }
}

impl From<wire::VertexWarning> for VertexWarning {
    fn from(wire: wire::VertexWarning) -> Self {
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        Self {
            vertex: wire.vertex,
            short: text(&wire.short),
            detail: wire.detail.iter().map(text).collect(),
            url: filled(wire.url),
        }
    }
}

fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn time(wire: wire::Timestamp) -> Option<SystemTime> {
    let (seconds, nanos) = (wire.seconds.try_into().ok()?, wire.nanos.try_into().ok()?);
    UNIX_EPOCH
        .checked_add(Duration::from_secs(seconds))?
        .checked_add(Duration::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Trace {
        Trace::read(text).unwrap()
    }

    /// As engines of 20.10 and 28.5 sent them for `RUN echo no >&2; exit 3`.
    #[test]
    fn what_engines_send_is_understood() {
        let trace = read(
            "Co0BCkdzaGEyNTY6MDhhMDNmM2ZmZTVmYmE0MjFhNjQwM2MzMWUxNTM0MjVjZWQ2MzFkMTA4ODY4ZjMwZTA0OTg1Zj\
             k5ZDY5MzI2ZRokWzEvMl0gRlJPTSBkb2NrZXIuaW8vbGlicmFyeS9idXN5Ym94IAEqDAix5JvYBhCE+vKaATIMCLHkm9\
             gGEKmb9JoB",
        );
        assert_eq!(
            trace.to_string(),
            "[1/2] FROM docker.io/library/busybox: cached"
        );
        let vertex = &trace.vertices[0];
        assert!(vertex.digest.starts_with("sha256:08a03f3ffe5f"));
        let taken = vertex
            .completed
            .unwrap()
            .duration_since(vertex.started.unwrap());
        assert_eq!(taken.unwrap(), Duration::from_nanos(20_645));

        let trace = read(
            "Gl4KR3NoYTI1NjozNWM2ZTM4YjA5OWNmM2FlY2Y4YTZlOGQwOTU0MmUxZTE5ZTNmMzJiNDVkNzM5ZDYwYTFiYjk0Nm\
             E5ZmZiMjZkEgwItOSb2AYQ3L6n3wEYAiIDbm8K",
        );
        assert_eq!(trace.logs[0].chunk, Chunk::Stderr("no\n".into()));
        assert_eq!(trace.to_string(), "no");

        let trace = read(
            "CqMCCkdzaGEyNTY6MzVjNmUzOGIwOTljZjNhZWNmOGE2ZThkMDk1NDJlMWUxOWUzZjMyYjQ1ZDczOWQ2MGExYmI5ND\
             ZhOWZmYjI2ZBJHc2hhMjU2OmUxNDMyYjhlMjA1NGFiYjAzNDQ1MWMxNWYwYThhZDQ5ZDA3ZjU4OTJjYTI2NjAxNjIyNm\
             ZlYzc3ZTk1ZDIwYTAaHVsyLzJdIFJVTiBlY2hvIG5vID4mMjsgZXhpdCAzKgwItOSb2AYQlI/ShAEyDAi05JvYBhCM8K\
             zqATpUcHJvY2VzcyAiL2Jpbi9zaCAtYyBlY2hvIG5vID4mMjsgZXhpdCAzIiBkaWQgbm90IGNvbXBsZXRlIHN1Y2Nlc3\
             NmdWxseTogZXhpdCBjb2RlOiAz",
        );
        let vertex = &trace.vertices[0];
        assert_eq!(vertex.state(), VertexState::Failed);
        assert!(vertex.error.as_deref().unwrap().ends_with("exit code: 3"));
        assert_eq!(vertex.inputs.len(), 1);

        let trace = read(
            "EoUBChBleHBvcnRpbmcgbGF5ZXJzEkdzaGEyNTY6ZThjNjEzZTA3YjBiN2ZmMzM4OTNiNjk0Zjc3NTlhMTBkNDJlMT\
             gwZjJiNGRjMzQ5ZmI1N2RjNmI3MWRjYWIwMDIMCLDkm9gGENLh04UDOgwIsOSb2AYQ+vuAgQNCDAiw5JvYBhDo19OFAw==",
        );
        assert_eq!(trace.to_string(), "exporting layers");
        assert!(trace.statuses[0].completed.is_some());
    }

    #[test]
    fn numbers_out_of_range_and_fields_of_the_future_do_no_harm() {
        let far = wire::Timestamp {
            seconds: i64::MAX,
            nanos: -1,
        };
        let wire = wire::StatusResponse {
            statuses: vec![wire::VertexStatus {
                current: -1,
                total: i64::MIN,
                started: Some(far),
                ..Default::default()
            }],
            ..Default::default()
        };
        let mut bytes = wire.encode_to_vec();
        // Field 1000, a string.
        prost::encoding::string::encode(1000, &"new".to_owned(), &mut bytes);
        let trace = read(&STANDARD.encode(bytes));
        let status = &trace.statuses[0];
        assert_eq!(
            (status.current, status.total, status.started),
            (0, None, None)
        );
    }

    #[test]
    fn what_is_of_another_form_is_no_trace() {
        for text in ["!", "CsE=", "Cg==", "////////"] {
            assert_eq!(Trace::read(text), None, "{text}");
        }
        assert_eq!(read(""), Trace::default());
    }
}
