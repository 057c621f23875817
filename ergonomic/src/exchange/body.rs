//! Bodies that are watched over: answers until their end, uploads for what goes out.

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use reqwest::Body;
use tokio::time::Instant;

use super::timeouts::{Bound, Timeouts};
use super::watch::Watch;

/// What goes out at once of a body that is there as a whole, so that its progress is seen.
const PIECE: usize = 64 * 1024;

type BoxError = Box<dyn StdError + Send + Sync>;

/// A body as it comes.
pub(super) fn received(body: Incoming) -> Body {
    match body.is_end_stream() {
        true => Body::default(),
        false => Body::wrap(body),
    }
}

/// A body as it comes, with what watches over it.
pub(super) fn watched(inner: Incoming, watch: Watch) -> Body {
    match inner.is_end_stream() {
        true => Body::default(),
        false => Body::wrap(Watched { inner, watch }),
    }
}

/// The body of an answer.
struct Watched {
    inner: Incoming,
    watch: Watch,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(cx) else {
            let exceeded = ready!(this.watch.poll_exceeded(cx)).into_io();
            this.watch.failed(&exceeded);
            this.watch.end();
            return Poll::Ready(Some(Err(exceeded.into())));
        };
        match &frame {
            Some(Ok(_)) => this.watch.progress(),
            Some(Err(error)) => {
                this.watch.failed(error);
                this.watch.end();
            }
            None => this.watch.end(),
        }
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// How an upload gets on.
pub(super) struct Progress {
    began: Instant,
    /// When something went out, in milliseconds from the beginning.
    last: AtomicU64,
    /// Whether there is nothing to send at present: it is not the engine that is slow then.
    waits: AtomicBool,
}

impl Progress {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            last: AtomicU64::new(0),
            waits: AtomicBool::new(false),
        }
    }

    /// When something went out, or could have.
    pub(super) fn last(&self, now: Instant) -> Instant {
        match self.waits.load(Ordering::Relaxed) {
            true => now,
            false => self.began + Duration::from_millis(self.last.load(Ordering::Relaxed)),
        }
    }

    fn tell<T>(&self, polled: &Poll<T>) {
        let passed = self.began.elapsed().as_millis();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        self.last.store(passed, Ordering::Relaxed);
        self.waits.store(polled.is_pending(), Ordering::Relaxed);
    }
}

/// Watches over what is uploaded, if silence is to be noticed and there is an upload.
pub(super) fn watch_upload(body: &mut Body, timeouts: Timeouts) -> Option<Arc<Progress>> {
    timeouts
        .limit(Bound::FirstByte)
        .or(timeouts.limit(Bound::Idle))?;
    let progress = Arc::new(Progress::new());
    let told = progress.clone();
    *body = match body.as_bytes().map(Bytes::copy_from_slice) {
        Some(bytes) if bytes.len() <= PIECE => return None,
        Some(rest) => Body::wrap(Pieces { rest, told }),
        None => Body::wrap(Uploaded {
            inner: std::mem::take(body),
            told,
        }),
    };
    Some(progress)
}

/// An upload as it comes.
struct Uploaded {
    inner: Body,
    told: Arc<Progress>,
}

impl HttpBody for Uploaded {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        self.told.tell(&polled);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// An upload that is there as a whole.
struct Pieces {
    rest: Bytes,
    told: Arc<Progress>,
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let length = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(length);
        let polled = Poll::Ready((length > 0).then(|| Ok(Frame::data(piece))));
        self.told.tell(&polled);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use futures_util::{StreamExt as _, future, stream};
    use tokio::time::sleep;
    use tracing::Span;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// What is sent of a body, each `pause` a piece, and how long it takes until silence is noticed.
    async fn silence_after(body: impl Into<Body>, pause: Duration) -> (usize, Duration) {
        let mut body = body.into();
        let timeouts = Timeouts::new().first_byte(SECOND);
        let progress = watch_upload(&mut body, timeouts);
        let mut watch = Watch::new(Span::none(), timeouts, progress);
        let sending = async {
            let mut sent = 0;
            while let Some(frame) = future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
                sent += frame.unwrap().into_data().map_or(0, |data| data.len());
                sleep(pause).await;
            }
            sent
        };
        let silence = future::poll_fn(|cx| watch.poll_exceeded(cx));
        let began = Instant::now();
        let silence = async {
            silence.await;
            began.elapsed()
        };
        tokio::join!(sending, silence)
    }

    #[tokio::test(start_paused = true)]
    async fn an_upload_that_gets_on_is_no_silence() {
        let pause = SECOND * 9 / 10;
        let whole = vec![0; 10 * PIECE];
        let (sent, took) = silence_after(whole, pause).await;
        assert_eq!((sent, took), (10 * PIECE, pause * 10 + SECOND));
        let streamed = stream::iter([Ok::<_, fmt::Error>("piece"); 10]);
        let (sent, took) = silence_after(Body::wrap_stream(streamed), pause).await;
        assert_eq!((sent, took), (50, pause * 10 + SECOND));
    }

    #[tokio::test(start_paused = true)]
    async fn an_upload_that_the_engine_does_not_take_is_silence() {
        let (_, took) = silence_after(vec![0; 10 * PIECE], SECOND * 10).await;
        assert_eq!(took, SECOND);
    }

    /// Where there is nothing to send yet, the engine cannot answer.
    #[tokio::test(start_paused = true)]
    async fn a_slow_source_of_an_upload_is_not_the_engines_silence() {
        let slow = stream::iter([Ok::<_, fmt::Error>("piece"); 3]).then(async |piece| {
            sleep(SECOND * 60).await;
            piece
        });
        let (sent, took) = silence_after(Body::wrap_stream(slow), Duration::ZERO).await;
        assert_eq!((sent, took), (15, SECOND * 181));
    }

    #[test]
    fn what_is_small_goes_as_it_is_and_what_is_large_keeps_its_length() {
        let timeouts = Timeouts::new().idle(SECOND);
        let mut small = Body::from("{}");
        assert!(watch_upload(&mut small, timeouts).is_none());
        assert_eq!(small.as_bytes(), Some(&b"{}"[..]));
        let mut large = Body::from(vec![0; 3 * PIECE]);
        assert!(watch_upload(&mut large, Timeouts::new()).is_none());
        assert!(watch_upload(&mut large, timeouts).is_some());
        let hint = HttpBody::size_hint(&large);
        assert_eq!(hint.exact(), Some(3 * PIECE as u64));
    }
}
