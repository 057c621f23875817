//! The one kind of connection that HTTP is spoken over, and that is taken over.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use hyper_util::client::legacy::connect::{Connected, Connection as Describe};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::stream::hijack::Connection;

/// A connection, whatever carries it.
///
/// What is written to it goes out without being flushed, as with a socket. TLS keeps some of it
/// while the socket beneath takes no more; that goes out before what is written next, or while it is
/// read from.
pub(crate) struct Stream {
    connection: Connection,
    /// Whether some of what was written is kept back.
    kept: bool,
    /// Whether whoever writes waits: it goes on with what is kept back then, and not who reads.
    writes: bool,
    /// Who reads, and waits.
    reader: Option<Waker>,
}

impl Stream {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            kept: false,
            writes: false,
            reader: None,
        }
    }

    fn poll_kept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.kept {
            ready!(Pin::new(&mut self.connection).poll_flush(cx))?;
            self.kept = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Writes by `write`, and sends what it keeps back if that can be done at once.
    fn poll_writing(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut Connection>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        self.writes = true;
        ready!(self.poll_kept(cx))?;
        let written = ready!(write(Pin::new(&mut self.connection), cx));
        self.writes = false;
        self.kept = written.is_ok();
        match self.poll_kept(cx) {
            Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => {}
            // Nobody may write again.
            Poll::Pending => self.reader.take().into_iter().for_each(Waker::wake),
        }
        Poll::Ready(written)
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // What goes wrong with it is told to who writes.
        if !self.writes {
            let _ = self.poll_kept(cx);
        }
        let read = Pin::new(&mut self.connection).poll_read(cx, buffer);
        self.reader = read.is_pending().then(|| cx.waker().clone());
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_writing(cx, |connection, cx| connection.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_writing(cx, |connection, cx| {
            connection.poll_write_vectored(cx, bytes)
        })
    }

    fn is_write_vectored(&self) -> bool {
        self.connection.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writes = true;
        let flushed = ready!(Pin::new(&mut self.connection).poll_flush(cx));
        (self.kept, self.writes) = (false, false);
        Poll::Ready(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writes = true;
        let shut = ready!(Pin::new(&mut self.connection).poll_shutdown(cx));
        (self.kept, self.writes) = (false, false);
        Poll::Ready(shut)
    }
}

/// Nothing is known of it that HTTP depends on.
impl Describe for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, split};

    use super::*;

    const BLOCK: usize = 64 * 1024;

    /// Takes whatever is written, and sends what is beneath takes of it, as TLS does.
    struct Keeping {
        beneath: DuplexStream,
        kept: Vec<u8>,
    }

    impl AsyncRead for Keeping {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Pin::new(&mut self.beneath).poll_read(cx, buffer)
        }
    }

    impl AsyncWrite for Keeping {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.kept.extend_from_slice(bytes);
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            let this = &mut *self;
            while !this.kept.is_empty() {
                let sent = ready!(Pin::new(&mut this.beneath).poll_write(cx, &this.kept))?;
                this.kept.drain(..sent);
            }
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            ready!(self.as_mut().poll_flush(cx))?;
            Pin::new(&mut self.beneath).poll_shutdown(cx)
        }
    }

    /// A connection whose other end takes little at once.
    fn ends() -> (Stream, DuplexStream) {
        let (beneath, far) = duplex(64);
        let kept = Vec::new();
        (Stream::new(Box::new(Keeping { beneath, kept })), far)
    }

    /// Answers once it has got that much.
    async fn answers(mut far: DuplexStream, length: usize) -> DuplexStream {
        let mut got = vec![0; length];
        far.read_exact(&mut got).await.unwrap();
        assert!(got.iter().all(|&byte| byte == 7));
        far.write_all(b"answer").await.unwrap();
        far
    }

    #[tokio::test]
    async fn what_is_kept_back_goes_out_while_the_answer_is_waited_for() {
        let (mut near, far) = ends();
        let far = tokio::spawn(answers(far, BLOCK));
        near.write_all(&[7; BLOCK]).await.unwrap();
        let mut answer = [0; 6];
        near.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"answer");
        far.await.unwrap();
    }

    #[tokio::test]
    async fn who_writes_goes_on_while_another_reads() {
        let (near, far) = ends();
        let (mut reads, mut writes) = split(near);
        let reading = tokio::spawn(async move {
            let mut answer = [0; 6];
            reads.read_exact(&mut answer).await.unwrap();
        });
        let writing = tokio::spawn(async move {
            for _ in 0..4 {
                writes.write_all(&[7; BLOCK]).await.unwrap();
                tokio::task::yield_now().await;
            }
            writes
        });
        answers(far, 4 * BLOCK).await;
        writing.await.unwrap();
        reading.await.unwrap();
    }

    #[tokio::test]
    async fn each_way_ends_by_itself() {
        let (mut near, mut far) = ends();
        near.write_all(b"question").await.unwrap();
        near.shutdown().await.unwrap();
        let mut heard = String::new();
        far.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard, "question");
        far.write_all(b"answer").await.unwrap();
        drop(far);
        let mut answer = String::new();
        near.read_to_string(&mut answer).await.unwrap();
        assert_eq!(answer, "answer");
    }
}
