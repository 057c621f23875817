//! A connection taken over, which is watched over until it is dropped.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::watch::Watch;

/// A connection with what watches over it, if anything does.
pub(crate) struct TakenOver<T> {
    connection: T,
    watch: Option<Watch>,
}

impl<T> TakenOver<T> {
    pub(crate) fn new(connection: T, watch: Option<Watch>) -> Self {
        Self { connection, watch }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for TakenOver<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let polled = Pin::new(&mut this.connection).poll_read(cx, buffer);
        let Some(watch) = &mut this.watch else {
            return polled;
        };
        match polled {
            Poll::Pending => {
                let exceeded = ready!(watch.poll_exceeded(cx)).into_io();
                watch.failed(&exceeded);
                Poll::Ready(Err(exceeded))
            }
            Poll::Ready(read) => {
                watch.progress();
                if let Err(error) = &read {
                    watch.failed(error);
                }
                Poll::Ready(read)
            }
        }
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for TakenOver<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.connection).poll_write(cx, bytes));
        if let Some(watch) = &mut self.watch {
            watch.wrote();
        }
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.connection).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, split};
    use tokio::time::{Instant, sleep};
    use tracing::Span;

    use super::*;
    use crate::exchange::{Exceeded, Timeouts};

    const SECOND: Duration = Duration::from_secs(1);

    /// A connection that was taken over, and its other end.
    fn taken_over(timeouts: Timeouts) -> (TakenOver<DuplexStream>, DuplexStream) {
        let (near, far) = duplex(64);
        let mut watch = Watch::new(Span::none(), timeouts, None);
        watch.answered(reqwest::StatusCode::SWITCHING_PROTOCOLS);
        (TakenOver::new(near, Some(watch)), far)
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_counted_from_what_came_last() {
        let (mut near, mut far) = taken_over(Timeouts::new().idle(SECOND));
        let began = Instant::now();
        let speaking = async {
            for _ in 0..3 {
                sleep(SECOND * 9 / 10).await;
                far.write_all(b"x").await.unwrap();
            }
        };
        let reading = async {
            let mut got = Vec::new();
            let error = near.read_to_end(&mut got).await.unwrap_err();
            (got, error)
        };
        let ((), (got, error)) = tokio::join!(speaking, reading);
        assert_eq!(got, b"xxx");
        assert_eq!(began.elapsed().as_millis(), 3 * 900 + 1000);
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let exceeded = Exceeded::of(&error).unwrap();
        assert_eq!(exceeded.to_string(), "nothing came for 1 s (idle timeout)");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_written_is_no_silence() {
        let (near, mut far) = taken_over(Timeouts::new().idle(SECOND));
        let (mut read, mut write) = split(near);
        let began = Instant::now();
        let writing = async {
            for _ in 0..5 {
                sleep(SECOND * 9 / 10).await;
                write.write_all(b"x").await.unwrap();
            }
            far.read_exact(&mut [0; 5]).await.unwrap();
        };
        let ((), error) = tokio::join!(writing, async { read.read_u8().await.unwrap_err() });
        assert_eq!(began.elapsed().as_millis(), 5 * 900 + 1000);
        assert!(Exceeded::of(&error).is_some(), "{error}");
    }

    /// Who does not read has not noticed any silence.
    #[tokio::test(start_paused = true)]
    async fn the_time_in_which_nobody_reads_does_not_count() {
        let (mut near, mut far) = taken_over(Timeouts::new().idle(SECOND));
        far.write_all(b"x").await.unwrap();
        near.read_u8().await.unwrap();
        sleep(SECOND * 100).await;
        let speaking = async {
            sleep(SECOND * 9 / 10).await;
            far.write_all(b"y").await.unwrap();
        };
        let ((), read) = tokio::join!(speaking, near.read_u8());
        assert_eq!(read.unwrap(), b'y');
    }

    #[tokio::test(start_paused = true)]
    async fn the_total_ends_what_comes_well() {
        let (mut near, mut far) = taken_over(Timeouts::new().total(SECOND).idle(SECOND));
        let speaking = async {
            while far.write_all(b"x").await.is_ok() {
                sleep(SECOND / 10).await;
            }
        };
        let reading = async {
            let error = near.read_to_end(&mut Vec::new()).await.unwrap_err();
            drop(near);
            error
        };
        let ((), error) = tokio::join!(speaking, reading);
        let exceeded = Exceeded::of(&error).unwrap();
        assert_eq!(
            exceeded.to_string(),
            "not complete within 1 s (total timeout)"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_beyond_all_time_is_none() {
        let all = Timeouts::new().idle(Duration::MAX).total(Duration::MAX);
        let (mut near, mut far) = taken_over(all.first_byte(Duration::MAX));
        let speaking = async {
            sleep(SECOND * 1000).await;
            far.write_all(b"x").await.unwrap();
        };
        let ((), read) = tokio::join!(speaking, near.read_u8());
        assert_eq!(read.unwrap(), b'x');
    }
}
