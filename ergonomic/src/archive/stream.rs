//! A tar archive as the engine sends it.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use futures_util::TryStreamExt;
use tokio::io::{AsyncRead, ReadBuf};

use super::tail::Tail;
use super::unpack::Unpack;
use super::{bridge, read};
use crate::answer::Result;
use crate::error::Call;
use crate::raw::ByteStream;
use crate::transport;

/// The tar archive that an engine sends, as it comes: in pieces by
/// [`try_next`](TarStream::try_next) or as a [`Stream`], or as bytes by [`AsyncRead`].
///
/// Nothing is kept in memory but the piece at hand and the last few kilobytes. At the end it is
/// made sure that the archive is whole: engines that fail halfway say so in place of the rest.
///
/// # Dropping
///
/// Dropping it before its end breaks the request off, and closes its connection.
///
/// # Examples
///
/// ```no_run
/// # async fn example(mut tar: dockwright::TarStream) -> Result<(), Box<dyn std::error::Error>> {
/// let mut file = tokio::fs::File::create("web.tar").await?;
/// tokio::io::copy(&mut tar, &mut file).await?;
/// # Ok(()) }
/// ```
#[must_use = "the archive is read as this is polled"]
pub struct TarStream {
    /// `None` at the end, or after an error.
    body: Option<Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>>,
    tail: Tail,
    call: Call,
    /// What `AsyncRead` has not passed on yet.
    rest: Bytes,
}

impl TarStream {
    pub(crate) fn new(call: &Call, body: ByteStream) -> Self {
        Self {
            body: Some(transport::buffers(call, body)),
            tail: Tail::default(),
            call: call.clone(),
            rest: Bytes::new(),
        }
    }

    /// The next piece of the archive, or `None` at its end.
    ///
    /// # Errors
    ///
    /// If the engine fails halfway, and if the connection is lost or the archive is not whole; the
    /// stream is at its end then.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>> {
        TryStreamExt::try_next(self).await
    }

    /// Unpacks the archive into a folder that is there, and writes nothing outside of it: an entry
    /// whose name or whose link leads out, and a device or a named pipe, is refused.
    ///
    /// Modes and times are kept, but for setuid and setgid. Whoever unpacks owns the files. Files
    /// that are there are replaced; a folder is not replaced by a file, nor the other way round.
    /// Absolute symbolic links are kept, and not followed. How much is unpacked is up to the
    /// engine: where that is not trusted, bound the room there is for the folder.
    ///
    /// # Errors
    ///
    /// As for [`try_next`](TarStream::try_next), and
    ///
    /// - [`is_decode`](crate::Error::is_decode) if an entry is refused; the error names it;
    /// - [`is_local_file`](crate::Error::is_local_file) if a file cannot be written.
    ///
    /// # Dropping
    ///
    /// Dropping the future ends it between two pieces; what has been unpacked stays.
    pub async fn unpack(self, into: impl Into<PathBuf>) -> Result<()> {
        self.unpacked(Unpack::contents(into, false)).await
    }

    pub(crate) async fn unpacked(self, unpack: Unpack) -> Result<()> {
        let call = self.call.clone();
        let done = bridge::read_by(self, |archive| unpack.run(archive)).await;
        done.map_err(|error| error.during(&call))
    }

    /// The bytes of the one file in the archive, or `None` if it has more than `limit`.
    pub(crate) async fn first_file(self, limit: u64) -> Result<Option<Bytes>> {
        bridge::read_by(self, move |archive| read::first_file(archive, limit)).await
    }
}

impl Stream for TarStream {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if !this.rest.is_empty() {
            return Poll::Ready(Some(Ok(std::mem::take(&mut this.rest))));
        }
        let Some(body) = &mut this.body else {
            return Poll::Ready(None);
        };
        let item = match ready!(body.as_mut().poll_next(cx)) {
            Some(Ok(chunk)) => {
                this.tail.push(&chunk);
                return Poll::Ready(Some(Ok(chunk)));
            }
            Some(Err(error)) => Some(Err(error)),
            None => this.tail.check().err().map(Err),
        };
        this.body = None;
        Poll::Ready(item.map(|item| item.map_err(|error| error.during(&this.call))))
    }
}

/// Errors are those of [`try_next`](TarStream::try_next), inside of an [`io::Error`].
impl AsyncRead for TarStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buffer.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        while self.rest.is_empty() {
            match ready!(self.as_mut().poll_next(cx)) {
                Some(Ok(chunk)) => self.rest = chunk,
                Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
                None => return Poll::Ready(Ok(())),
            }
        }
        let taken = buffer.remaining().min(self.rest.len());
        buffer.put_slice(&self.rest[..taken]);
        self.rest.advance(taken);
        Poll::Ready(Ok(()))
    }
}

impl fmt::Debug for TarStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TarStream")
    }
}
