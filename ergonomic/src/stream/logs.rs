//! The logs of containers, services and tasks: bodies of an answer, in frames or not.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::TryStreamExt;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::chunk::Chunk;
use super::frames::{Chunks, Decoder};
use super::lines::{LogLines, Prefix};
use super::split::{OutputStream, split};
use crate::answer::Result;
use crate::error::Call;
use crate::transport::ByteBuffers;

const MULTIPLEXED: &str = "application/vnd.docker.multiplexed-stream";

/// Whether the answer says that it comes in frames. One that does not may come in frames all the
/// same: engines before API 1.42 call every stream a raw one, and some name no type at all.
pub(crate) fn is_multiplexed(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(MULTIPLEXED.as_bytes()))
}

/// What takes the frames from an answer, if there are any: by what the answer says, or else by
/// whether there is a terminal. Whoever could be asked that may have removed itself by now; what it
/// wrote is not lost with it.
pub(crate) async fn decoder(
    headers: &HeaderMap,
    has_terminal: impl Future<Output = Result<bool>>,
) -> Result<Decoder> {
    if is_multiplexed(headers) {
        return Ok(Decoder::new(true));
    }
    match has_terminal.await {
        Ok(terminal) => Ok(Decoder::new(!terminal)),
        Err(error) if error.is_not_found() => Ok(Decoder::Unknown),
        Err(error) => Err(error),
    }
}

/// The logs of a container, a service or a task as they come.
///
/// Its chunks are what the engine sends; [`lines`](LogStream::lines) puts lines together, and
/// [`split`](LogStream::split) keeps the two outputs apart.
///
/// This is a [`Stream`] too, for the combinators of the `futures` crates.
///
/// # Dropping
///
/// Dropping it ends the request; what writes the logs is not touched.
#[must_use = "logs are read as this is polled"]
pub struct LogStream {
    chunks: Chunks<ByteBuffers>,
    prefix: Prefix,
}

impl LogStream {
    /// The logs in the body of an answer.
    pub(crate) fn new(body: ByteBuffers, decoder: Decoder, call: Call) -> Self {
        Self {
            chunks: Chunks::new(body, decoder, call),
            prefix: Prefix::default(),
        }
    }

    /// Tells what was asked to stand before each line, for those who read lines.
    pub(crate) fn prefixed(mut self, stamp: Option<bool>, details: Option<bool>) -> Self {
        self.prefix = Prefix {
            stamp: stamp == Some(true),
            details: details == Some(true),
        };
        self
    }

    /// The logs line by line. If times or details were asked for, they are read off each line.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let logs = docker.container("web").logs().timestamps(true).follow(true);
    /// let mut lines = logs.await?.lines();
    /// while let Some(line) = lines.try_next().await? {
    ///     println!("{:?} {:?}: {line}", line.time, line.source);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn lines(self) -> LogLines {
        LogLines::new(self.chunks, self.prefix)
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
        if let Some(chunk) = self.chunks.at_hand() {
            return Ok(Some(chunk));
        }
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
