//! A command that runs in a container, with its pipes.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use super::ExecInstance;
use crate::answer::Result;
use crate::containers::{ExitStatus, MAX_OUTPUT, Output};
use crate::stream::pipes::Pipes;
use crate::stream::{Chunk, OutputStream, Stdin};

/// A command that runs in a container: a [`Stream`] of what it writes, its input, and its end.
///
/// It is to a container what `std::process::Child` is to this machine.
///
/// # Dropping
///
/// Dropping it closes the connection, with its input if that was not taken. The command goes on;
/// input that it has not read yet may be lost to it. Nothing in the API kills a command but its
/// end or that of its container.
#[must_use = "the output is read as this is polled"]
pub struct Process {
    instance: ExecInstance,
    pipes: Pipes,
}

impl Process {
    pub(super) fn new(instance: ExecInstance, pipes: Pipes) -> Self {
        Self { instance, pipes }
    }

    pub(super) fn feed(&mut self, input: Bytes) {
        self.pipes.feed(input);
    }

    /// The command, to inspect it or to wait for it elsewhere.
    pub fn instance(&self) -> &ExecInstance {
        &self.instance
    }

    /// The command's input, once, if it has one open. It may move to another task: write there and
    /// read here, since a command that cannot write may stop to read.
    pub fn take_stdin(&mut self) -> Option<Stdin> {
        self.pipes.take_stdin()
    }

    /// Standard output and standard error apart, once; nothing more comes here then.
    pub fn take_outputs(&mut self) -> Option<(OutputStream, OutputStream)> {
        self.pipes.take_outputs()
    }

    /// The next piece of output, or `None` at its end.
    ///
    /// # Errors
    ///
    /// If the connection is lost, and if what comes is not what the protocol says; the stream is
    /// at its end then.
    pub async fn try_next(&mut self) -> Result<Option<Chunk>> {
        self.pipes.try_next().await
    }

    /// Waits for the command's end. Output that comes until then is dropped if it was not taken,
    /// and the input is closed if it was not taken.
    ///
    /// # Errors
    ///
    /// As for [`try_next`](Process::try_next) and [`ExecInstance::wait`].
    pub async fn wait(mut self) -> Result<ExitStatus> {
        self.pipes.drain().await?;
        self.instance.wait().await
    }

    /// Waits for the command's end, and gives all that it writes until then.
    ///
    /// # Errors
    ///
    /// As for [`wait`](Process::wait), and [`is_too_large`](crate::Error::is_too_large) if the
    /// output does not fit into memory reasonably (256 MiB).
    pub async fn output(self) -> Result<Output> {
        self.collect(MAX_OUTPUT).await
    }

    pub(super) async fn collect(mut self, limit: usize) -> Result<Output> {
        let collected = self.pipes.collect(limit).await?;
        Ok(collected.finish(self.instance.wait().await?))
    }
}

impl Stream for Process {
    type Item = Result<Chunk>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.pipes).poll_next(cx)
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("instance", &self.instance.id())
            .finish_non_exhaustive()
    }
}
