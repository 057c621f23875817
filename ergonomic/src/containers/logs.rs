//! What a container wrote, from the engine's log of it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::TryStreamExt;

use super::Container;
use crate::answer::{Result, awaited};
use crate::error::Call;
use crate::moment::Moment;
use crate::operation;
use crate::raw::ContainerLogsParams;
use crate::stream::frames::{Chunks, Decoder};
use crate::stream::{Chunk, OutputStream, split};
use crate::transport::{self, ByteBuffers};

const MULTIPLEXED: &str = "application/vnd.docker.multiplexed-stream";

/// A request for the logs of a container; await it for the stream of them.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Logs {
    container: Container,
    params: ContainerLogsParams,
    since: Option<Moment>,
    until: Option<Moment>,
}

impl Container {
    /// What this container wrote so far, to both outputs.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container. An engine that
    /// cannot read the logs of the container's log driver says so, at once or in the stream.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let mut logs = docker.container("web").logs().follow(true).tail(100).await?;
    /// while let Some(chunk) = logs.try_next().await? {
    ///     print!("{chunk}");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn logs(&self) -> Logs {
        Logs {
            container: self.clone(),
            params: ContainerLogsParams {
                stdout: Some(true),
                stderr: Some(true),
                ..Default::default()
            },
            since: None,
            until: None,
        }
    }
}

impl Logs {
    /// Whether to go on with what the container writes from now on, until it ends.
    pub fn follow(mut self, follow: bool) -> Self {
        self.params.follow = Some(follow);
        self
    }

    /// Only the last `lines` of what there is.
    pub fn tail(mut self, lines: u64) -> Self {
        self.params.tail = Some(lines.to_string());
        self
    }

    /// Whether to have what was written to standard output; `true` if not set.
    pub fn stdout(mut self, stdout: bool) -> Self {
        self.params.stdout = Some(stdout);
        self
    }

    /// Whether to have what was written to standard error; `true` if not set.
    pub fn stderr(mut self, stderr: bool) -> Self {
        self.params.stderr = Some(stderr);
        self
    }

    /// Whether each line begins with what the engine was told to note with it: the labels and
    /// variables of the container that its log driver was told of.
    pub fn details(mut self, details: bool) -> Self {
        self.params.details = Some(details);
        self
    }

    /// Whether each line begins with the time when it was written.
    pub fn timestamps(mut self, timestamps: bool) -> Self {
        self.params.timestamps = Some(timestamps);
        self
    }

    /// Only what was written at this time or later.
    pub fn since(mut self, moment: impl Into<Moment>) -> Self {
        self.since = Some(moment.into());
        self
    }

    /// Only what was written before this time.
    ///
    /// # API version
    ///
    /// Since 1.35.
    pub fn until(mut self, moment: impl Into<Moment>) -> Self {
        self.until = Some(moment.into());
        self
    }

    async fn send(mut self) -> Result<LogStream> {
        self.params.since = self.since.map(Moment::to_param);
        self.params.until = self.until.map(Moment::to_param);
        let docker = self.container.docker();
        let (call, name) = self.container.call("read logs of container")?;
        docker.allows(&call, &self.params)?;
        let request = docker.raw().container_logs(name, &self.params);
        let response = operation::answered(docker, &call, request).await?;
        let framed = is_multiplexed(response.headers()) || !self.container.has_terminal().await?;
        let body = transport::buffers(&call, response.into_inner());
        Ok(LogStream::new(body, framed, call))
    }
}

awaited!(Logs => LogStream);

/// Whether the answer says that it comes in frames. One that does not may come in frames all the
/// same: engines before API 1.42 call every stream a raw one, and some name no type at all.
pub(crate) fn is_multiplexed(headers: &reqwest::header::HeaderMap) -> bool {
    headers
        .get(reqwest::header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(MULTIPLEXED.as_bytes()))
}

/// The logs of a container, a service or a task as they come.
///
/// This is a [`Stream`] too, for the combinators of the `futures` crates.
///
/// # Dropping
///
/// Dropping it ends the request; the container is not touched.
#[must_use = "logs are read as this is polled"]
pub struct LogStream {
    chunks: Chunks<ByteBuffers>,
}

impl LogStream {
    /// The logs in the body of an answer: in frames, or raw as those of a terminal are.
    pub(crate) fn new(body: ByteBuffers, framed: bool, call: Call) -> Self {
        Self {
            chunks: Chunks::new(body, Decoder::new(framed), call),
        }
    }

    /// Standard output and standard error, each as a stream of its own. What a terminal shows
    /// comes as standard output.
    pub fn split(self) -> (OutputStream, OutputStream) {
        split(self.chunks)
    }

    /// The next piece of the logs, or `None` at their end.
    ///
    /// # Errors
    ///
    /// If the engine fails to read the logs, if the connection is lost, and if what comes is not
    /// what the protocol says; the stream is at its end then.
    pub async fn try_next(&mut self) -> Result<Option<Chunk>> {
        TryStreamExt::try_next(&mut self.chunks).await
    }
}

impl Stream for LogStream {
    type Item = Result<Chunk>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.chunks).poll_next(cx)
    }
}

impl fmt::Debug for LogStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogStream")
    }
}
