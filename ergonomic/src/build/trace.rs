//! What BuildKit tells while it builds: the vertices of a graph, and what they write.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anybuf::Bufany;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

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
        wire::trace(&Bufany::deserialize(&bytes).ok()?)
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

/// How the messages of BuildKit's `control.proto` are read, if that is what they are.
mod wire {
    use super::*;

    pub(super) fn trace(message: &Bufany<'_>) -> Option<Trace> {
        Some(Trace {
            vertices: each(message, 1, vertex)?,
            statuses: each(message, 2, status)?,
            logs: each(message, 3, log)?,
            warnings: each(message, 4, warning)?,
        })
    }

    fn each<T>(
        message: &Bufany<'_>,
        field: u32,
        read: fn(&Bufany<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let messages = message.repeated_message(field).ok()?;
        messages.iter().map(read).collect()
    }

    fn vertex(message: &Bufany<'_>) -> Option<Vertex> {
        Some(Vertex {
            digest: message.string(1)?,
            inputs: message.repeated_string(2).ok()?,
            name: message.string(3)?,
            cached: message.bool(4)?,
            started: time(message, 5)?,
            completed: time(message, 6)?,
            error: filled(message.string(7)?),
        })
    }

    fn status(message: &Bufany<'_>) -> Option<VertexStatus> {
        let amount = |field| {
            let amount = message.int64(field)?;
            Some(u64::try_from(amount).unwrap_or_default())
        };
        Some(VertexStatus {
            id: message.string(1)?,
            vertex: message.string(2)?,
            current: amount(4)?,
            total: Some(amount(5)?).filter(|&total| total > 0),
            started: time(message, 7)?,
            completed: time(message, 8)?,
        })
    }

    fn log(message: &Bufany<'_>) -> Option<VertexLog> {
        let chunk: fn(Bytes) -> Chunk = match message.int64(3)? {
            2 => Chunk::Stderr,
            _ => Chunk::Stdout,
        };
        Some(VertexLog {
            vertex: message.string(1)?,
            chunk: chunk(message.bytes(4)?.into()),
        })
    }

    fn warning(message: &Bufany<'_>) -> Option<VertexWarning> {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let detail = message.repeated_bytes(4)?;
        Some(VertexWarning {
            vertex: message.string(1)?,
            short: text(message.bytes(3)?),
            detail: detail.into_iter().map(text).collect(),
            url: filled(message.string(5)?),
        })
    }

    /// A time, if it is there and not out of range.
    fn time(message: &Bufany<'_>, field: u32) -> Option<Option<SystemTime>> {
        if message.value(field).is_none() {
            return Some(None);
        }
        let stamp = message.message(field)?;
        Some(since_epoch(stamp.int64(1)?, stamp.int32(2)?))
    }

    fn since_epoch(seconds: i64, nanos: i32) -> Option<SystemTime> {
        let (seconds, nanos) = (seconds.try_into().ok()?, nanos.try_into().ok()?);
        UNIX_EPOCH
            .checked_add(Duration::from_secs(seconds))?
            .checked_add(Duration::from_nanos(nanos))
    }
}

fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use anybuf::Anybuf;

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
        let far = Anybuf::new().append_int64(1, i64::MAX).append_int32(2, -1);
        let status = Anybuf::new()
            .append_int64(4, -1)
            .append_int64(5, i64::MIN)
            .append_message(7, &far);
        let message = Anybuf::new().append_message(2, &status);
        let bytes = message.append_string(1000, "new").into_vec();
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
