//! What goes with an answer until its end: its span, and its limits of time.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use reqwest::StatusCode;
use tokio::time::{Instant, Sleep, sleep_until};
use tracing::Span;

use super::body::Progress;
use super::span;
use super::timeouts::{Bound, Exceeded, Timeouts};

/// Watches over one answer.
pub(crate) struct Watch {
    span: Span,
    /// What bounds silence now.
    silence: Option<(Bound, Duration)>,
    /// What is to bound silence once the answer has begun.
    idle: Option<Duration>,
    total: Option<(Instant, Duration)>,
    /// Since when nothing has come although it is waited for.
    silent_since: Option<Instant>,
    /// What goes the other way, which is no silence.
    upload: Option<Arc<Progress>>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Watch {
    pub(super) fn new(span: Span, timeouts: Timeouts, upload: Option<Arc<Progress>>) -> Self {
        let limit = |bound| timeouts.limit(bound);
        Self {
            span,
            silence: limit(Bound::FirstByte).map(|limit| (Bound::FirstByte, limit)),
            idle: limit(Bound::Idle),
            total: limit(Bound::Total)
                .and_then(|limit| Some((Instant::now().checked_add(limit)?, limit))),
            silent_since: None,
            upload,
            timer: None,
        }
    }

    /// Whether there is nothing to watch over.
    pub(super) fn is_idle(&self) -> bool {
        self.silence.is_none() && self.total.is_none() && self.span.is_none()
    }

    pub(super) fn in_span<T>(&self, poll: impl FnOnce() -> T) -> T {
        self.span.in_scope(poll)
    }

    /// The head of the answer is there.
    pub(super) fn answered(&mut self, status: StatusCode) {
        span::answered(&self.span, status);
        self.silence = self.idle.map(|limit| (Bound::Idle, limit));
        self.progress();
    }

    pub(super) fn failed(&self, error: &(dyn std::error::Error + 'static)) {
        span::failed(&self.span, error);
    }

    /// The request is sent again, on another connection.
    pub(super) fn resent(&self) {
        span::resent(&self.span);
    }

    /// Something came, or the end.
    pub(super) fn progress(&mut self) {
        self.silent_since = None;
    }

    /// The answer is complete, or broken off.
    pub(super) fn end(&mut self) {
        self.span = Span::none();
    }

    /// Something was written.
    pub(super) fn wrote(&mut self) {
        if self.silent_since.is_some() {
            self.silent_since = Some(Instant::now());
        }
    }

    /// To be called when nothing has come: ready once a limit is exceeded.
    pub(super) fn poll_exceeded(&mut self, cx: &mut Context<'_>) -> Poll<Exceeded> {
        while let Some((deadline, exceeded)) = self.deadline() {
            if deadline <= Instant::now() {
                return Poll::Ready(exceeded);
            }
            let timer = self
                .timer
                .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
            if timer.deadline() != deadline {
                timer.as_mut().reset(deadline);
            }
            // Once the time is up, more may have been uploaded.
            ready!(timer.as_mut().poll(cx));
        }
        Poll::Pending
    }

    /// When which limit is exceeded, if nothing comes until then.
    fn deadline(&mut self) -> Option<(Instant, Exceeded)> {
        let silence = self.silence.and_then(|(bound, limit)| {
            let now = Instant::now();
            let mut since = *self.silent_since.get_or_insert(now);
            if let Some(upload) = &self.upload {
                since = since.max(upload.last(now));
            }
            Some((since.checked_add(limit)?, Exceeded { bound, limit }))
        });
        let total = self.total.map(|(deadline, limit)| {
            let bound = Bound::Total;
            (deadline, Exceeded { bound, limit })
        });
        silence.into_iter().chain(total).min_by_key(|(at, _)| *at)
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}
