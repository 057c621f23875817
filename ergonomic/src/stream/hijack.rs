//! A connection taken over for raw bytes both ways, after `101 Switching Protocols`.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf, ReadHalf, WriteHalf};
use tokio_util::io::poll_read_buf;

use crate::error::{Call, Error, ErrorKind};
use crate::exchange::Exceeded;

/// How much is asked for in the first read.
const FIRST_READ: usize = 64 * 1024;
/// How much is asked for in one read at the most.
const LARGEST_READ: usize = 256 * 1024;

/// Bytes both ways, whatever carries them.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A connection taken over, of whatever kind.
pub(crate) type Connection = Box<dyn Duplex>;

/// The two directions of a connection. What came with the response's headers is read first.
///
/// `input` tells whether bytes may be sent: an engine that hangs up while some are under way, as
/// Podman does when the container ends first, leaves a reset where there would be an end.
pub(crate) fn halves(connection: Connection, input: bool) -> (Incoming, Stdin) {
    let (read, write) = tokio::io::split(connection);
    (Incoming { read, input }, Stdin { write })
}

/// What comes in on a connection taken over.
pub(crate) struct Incoming {
    read: ReadHalf<Connection>,
    input: bool,
}

impl AsyncRead for Incoming {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match ready!(Pin::new(&mut self.read).poll_read(cx, buffer)) {
            Err(error) if self.input && error.kind() == io::ErrorKind::ConnectionReset => {
                Poll::Ready(Ok(()))
            }
            outcome => Poll::Ready(outcome),
        }
    }
}

impl Incoming {
    /// What comes, in the buffers that it is read into.
    pub(crate) fn buffers(self, call: &Call) -> Buffers {
        Buffers {
            incoming: self,
            buffer: BytesMut::new(),
            room: FIRST_READ,
            call: call.clone(),
        }
    }
}

/// The bytes that come in on a connection taken over, in the buffers that they were read into.
pub(crate) struct Buffers {
    incoming: Incoming,
    /// Room for what comes next.
    buffer: BytesMut,
    /// How much is asked for in one read, or at least half of that. Where more comes, larger reads
    /// tear fewer frames.
    room: usize,
    call: Call,
}

impl Stream for Buffers {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.buffer.capacity() < this.room / 2 {
            // The same memory once more, if all that was read into it is dropped.
            this.buffer.reserve(this.room);
        }
        let incoming = Pin::new(&mut this.incoming);
        Poll::Ready(
            match ready!(poll_read_buf(incoming, cx, &mut this.buffer)) {
                Ok(0) => None,
                Ok(_) => {
                    if this.buffer.len() == this.buffer.capacity() {
                        this.room = (this.room * 2).min(LARGEST_READ);
                    }
                    Some(Ok(this.buffer.split().freeze()))
                }
                Err(source) => Some(Err(broken(source).during(&this.call))),
            },
        )
    }
}

/// Why no more output comes.
pub(crate) fn broken(source: io::Error) -> Error {
    if let Some(exceeded) = Exceeded::of(&source) {
        return exceeded.into_error();
    }
    let detail = "the connection broke while output was coming";
    Error::new(ErrorKind::Interrupted, detail).because(source)
}

/// The standard input of a process in a container.
///
/// # Dropping
///
/// Dropping it leaves the input open; [`close`](Stdin::close) ends it, so that `cat` and its like
/// come to an end. The connection closes when both this and what the output is read from are
/// dropped.
pub struct Stdin {
    write: WriteHalf<Connection>,
}

impl Stdin {
    /// Ends the input, and leaves the output open.
    ///
    /// See [`Run::attach`](crate::Run::attach) for an example.
    ///
    /// # Errors
    ///
    /// If the connection is gone already.
    pub async fn close(mut self) -> io::Result<()> {
        self.write.shutdown().await
    }
}

impl AsyncWrite for Stdin {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.write).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.write).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.write).poll_shutdown(cx)
    }
}

impl fmt::Debug for Stdin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stdin")
    }
}
