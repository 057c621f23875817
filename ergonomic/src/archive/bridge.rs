//! Between streams and the blocking work on files: bounded, so that neither side runs ahead.

use std::io::{self, Read, Write};

use bytes::{Buf, Bytes, BytesMut};
use futures_core::Stream;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use crate::answer::Result;
use crate::error::Error;

/// How much is passed on at once.
const CHUNK: usize = 64 * 1024;
/// How many chunks may wait for the other side.
const WAITING: usize = 4;

/// What blocking work writes, as a stream. The work begins with the first poll, and ends with the
/// stream: its next write fails when nobody reads any more.
pub(crate) fn written_by<F>(work: F) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static
where
    F: FnOnce(&mut Feed) -> io::Result<()> + Send + 'static,
{
    let start = async move {
        let (sender, receiver) = mpsc::channel(WAITING);
        let work = spawn_blocking(move || {
            let mut feed = Feed {
                chunk: BytesMut::with_capacity(CHUNK),
                sender,
            };
            work(&mut feed)?;
            feed.flush()
        });
        stream::unfold((receiver, Some(work)), next)
    };
    stream::once(start).flatten()
}

type Work = (mpsc::Receiver<Bytes>, Option<JoinHandle<io::Result<()>>>);

/// The next chunk, or at the end what came of the work.
async fn next((mut receiver, work): Work) -> Option<(io::Result<Bytes>, Work)> {
    if let Some(chunk) = receiver.recv().await {
        return Some((Ok(chunk), (receiver, work)));
    }
    let error = match work?.await {
        Ok(Ok(())) => return None,
        Ok(Err(error)) => error,
        Err(panicked) => io::Error::other(panicked),
    };
    Some((Err(error), (receiver, None)))
}

/// Where blocking work writes to.
pub(crate) struct Feed {
    chunk: BytesMut,
    sender: mpsc::Sender<Bytes>,
}

impl Write for Feed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..taken]);
        if self.chunk.len() == CHUNK {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let next = BytesMut::with_capacity(CHUNK);
        let chunk = std::mem::replace(&mut self.chunk, next).freeze();
        let sent = self.sender.blocking_send(chunk);
        sent.map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "nobody reads this any more"))
    }
}

/// What blocking work makes of a stream. An error of the stream goes before those that come of it.
///
/// When this is dropped, the work finds that the stream has ended, and ends too.
pub(super) async fn read_by<T, F>(
    mut stream: impl Stream<Item = Result<Bytes>> + Unpin,
    work: F,
) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce(Intake) -> Result<T> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(WAITING);
    let intake = Intake {
        chunk: Bytes::new(),
        receiver,
    };
    let work = spawn_blocking(|| work(intake));
    let passed_on = async {
        while let Some(chunk) = stream.try_next().await? {
            if sender.send(chunk).await.is_err() {
                break; // The work has ended.
            }
        }
        Ok(())
    }
    .await;
    drop(sender);
    let outcome = work.await;
    passed_on?;
    outcome.unwrap_or_else(|error| Err(not_done(error)))
}

/// Short work on files, on a thread for it.
pub(crate) async fn blocking<T, F>(work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    let outcome = spawn_blocking(work).await;
    outcome.unwrap_or_else(|error| Err(not_done(error)))
}

/// The work panicked, or the runtime shuts down.
fn not_done(error: JoinError) -> Error {
    Error::local(io::Error::other(error))
}

/// Where blocking work reads from.
pub(super) struct Intake {
    chunk: Bytes,
    receiver: mpsc::Receiver<Bytes>,
}

impl Read for Intake {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.receiver.blocking_recv() {
                Some(chunk) => self.chunk = chunk,
                None => return Ok(0),
            }
        }
        let taken = buffer.len().min(self.chunk.len());
        self.chunk.copy_to_slice(&mut buffer[..taken]);
        Ok(taken)
    }
}
