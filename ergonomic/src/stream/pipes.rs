//! The three pipes of a process, on one connection.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::TryStreamExt;
use tokio::io::AsyncWriteExt;

use super::chunk::Chunk;
use super::frames::{Chunks, Decoder};
use super::hijack::{self, Buffers, Connection, Stdin};
use super::split::{self, OutputStream};
use crate::answer::Result;
use crate::containers::Collector;
use crate::error::Call;

/// The input of a process if it has one open, and a [`Stream`] of its output until that is taken.
pub(crate) struct Pipes {
    stdin: Option<Stdin>,
    output: Option<Output>,
    call: Call,
}

/// What comes out, while what was given beforehand goes in.
struct Output {
    chunks: Chunks<Buffers>,
    feed: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Pipes {
    pub(crate) fn new(connection: Connection, framed: bool, input: bool, call: Call) -> Self {
        let (incoming, stdin) = hijack::halves(connection, input);
        let buffers = incoming.buffers(&call);
        Self {
            stdin: input.then_some(stdin),
            output: Some(Output {
                chunks: Chunks::new(buffers, Decoder::new(framed), call.clone()),
                feed: None,
            }),
            call,
        }
    }

    pub(crate) fn take_stdin(&mut self) -> Option<Stdin> {
        self.stdin.take()
    }

    pub(crate) fn take_outputs(&mut self) -> Option<(OutputStream, OutputStream)> {
        self.output.take().map(split::split)
    }

    /// The next piece of output, or `None` at its end.
    pub(crate) async fn try_next(&mut self) -> Result<Option<Chunk>> {
        if let Some(Output { chunks, feed: None }) = &mut self.output
            && let Some(chunk) = chunks.at_hand()
        {
            return Ok(Some(chunk));
        }
        TryStreamExt::try_next(self).await
    }

    /// Gives `input` to the process, and then the end of input, while output is read.
    pub(crate) fn feed(&mut self, input: Bytes) {
        let (Some(output), Some(mut stdin)) = (&mut self.output, self.stdin.take()) else {
            return;
        };
        output.feed = Some(Box::pin(async move {
            // A process may end, or close its input, before it has read all; as in a shell's
            // pipe that is its own affair, and its exit status tells.
            if stdin.write_all(&input).await.is_ok() {
                let _ = stdin.close().await;
            }
        }));
    }

    /// Closes the input if it was not taken: nobody can write to it any more.
    async fn close_stdin(&mut self) {
        if let Some(stdin) = self.stdin.take() {
            // A process that has ended needs no end of input.
            let _ = stdin.close().await;
        }
    }

    /// Reads to the end of the output, and drops it.
    pub(crate) async fn drain(&mut self) -> Result<()> {
        self.close_stdin().await;
        while self.try_next().await?.is_some() {}
        Ok(())
    }

    /// Reads to the end of the output, and keeps it.
    pub(crate) async fn collect(&mut self, limit: usize) -> Result<Collector> {
        self.close_stdin().await;
        let mut collector = Collector::new(limit);
        while let Some(chunk) = self.try_next().await? {
            let added = collector.add(&chunk);
            added.map_err(|error| error.during(&self.call))?;
        }
        Ok(collector)
    }
}

impl Stream for Pipes {
    type Item = Result<Chunk>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.output {
            Some(output) => Pin::new(output).poll_next(cx),
            None => Poll::Ready(None),
        }
    }
}

impl Stream for Output {
    type Item = Result<Chunk>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(feed) = &mut self.feed
            && feed.as_mut().poll(cx).is_ready()
        {
            self.feed = None;
        }
        Pin::new(&mut self.chunks).poll_next(cx)
    }
}
