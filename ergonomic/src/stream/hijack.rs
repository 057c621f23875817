//! A connection taken over for raw bytes both ways, after `101 Switching Protocols`.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use tokio::io::{AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio_util::io::ReaderStream;

use crate::error::{Call, Error, ErrorKind};

/// How much is asked for in one read.
const READ: usize = 64 * 1024;

/// The two directions of a connection. What came with the response's headers is read first.
///
/// `input` tells whether bytes may be sent: an engine that hangs up while some are under way, as
/// Podman does when the container ends first, leaves a reset where there would be an end.
pub(crate) fn halves(connection: reqwest::Upgraded, input: bool, call: &Call) -> (Incoming, Stdin) {
    let (read, write) = tokio::io::split(connection);
    let incoming = Incoming {
        reader: ReaderStream::with_capacity(read, READ),
        input,
        call: call.clone(),
    };
    (incoming, Stdin { write })
}

/// The bytes that come in on a connection taken over, in the buffers that they were read into.
pub(crate) struct Incoming {
    reader: ReaderStream<ReadHalf<reqwest::Upgraded>>,
    input: bool,
    call: Call,
}

impl Stream for Incoming {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let source = match ready!(Pin::new(&mut self.reader).poll_next(cx)) {
            None => return Poll::Ready(None),
            Some(Ok(bytes)) => return Poll::Ready(Some(Ok(bytes))),
            Some(Err(source)) => source,
        };
        if self.input && source.kind() == io::ErrorKind::ConnectionReset {
            return Poll::Ready(None);
        }
        let detail = "the connection broke while output was coming";
        let error = Error::new(ErrorKind::Interrupted, detail).because(source);
        Poll::Ready(Some(Err(error.during(&self.call))))
    }
}

/// The standard input of a process in a container.
///
/// # Dropping
///
/// Dropping it leaves the input open; [`close`](Stdin::close) ends it, so that `cat` and its like
/// come to an end.
pub struct Stdin {
    write: WriteHalf<reqwest::Upgraded>,
}

impl Stdin {
    /// Ends the input, and leaves the output open.
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
