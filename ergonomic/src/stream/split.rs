//! What a container writes, taken apart into its two outputs.
//!
//! Both halves read one source, each in the task of whoever polls it: no task is spawned, and
//! nothing runs on its own. Output for the other half is kept up to [`AHEAD`]; then the half that
//! met it waits until the other has read, and with it the engine.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::TryStreamExt;

use super::chunk::Chunk;
use crate::answer::Result;
use crate::error::Error;

/// How much one half may leave unread before the other has to wait, and one chunk more.
const AHEAD: usize = 256 * 1024;

const STDOUT: usize = 0;
const STDERR: usize = 1;

/// The standard output and the standard error of a stream of chunks. What a terminal shows comes
/// as standard output.
pub(crate) fn split<S>(source: S) -> (OutputStream, OutputStream)
where
    S: Stream<Item = Result<Chunk>> + Send + 'static,
{
    let shared = Arc::new(Shared {
        state: Mutex::new(State {
            source: Some(Box::pin(source)),
            failure: None,
            halves: [Half::default(), Half::default()],
        }),
        wakers: Arc::default(),
    });
    let half = |side| OutputStream {
        side,
        shared: shared.clone(),
    };
    (half(STDOUT), half(STDERR))
}

/// One of the two outputs of a container, or of a process in one: a [`Stream`] of its bytes as
/// they come.
///
/// The two outputs share a connection. What comes for the one that is not read is kept for it, up
/// to 256 KiB; then the other waits until it is read. So read both at the same time, or drop the
/// one that is not wanted.
///
/// # Dropping
///
/// What is written to this output is passed over from then on. With the second of the two the
/// connection closes.
#[must_use = "output is read as this is polled"]
pub struct OutputStream {
    side: usize,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    wakers: Arc<Wakers>,
}

struct State {
    /// `None` when there is nothing more to read.
    source: Option<Pin<Box<dyn Stream<Item = Result<Chunk>> + Send>>>,
    /// Why the source ended, for the half that has not been told.
    failure: Option<(usize, Error)>,
    halves: [Half; 2],
}

#[derive(Default)]
struct Half {
    /// Output that the other half met.
    kept: VecDeque<Bytes>,
    /// How long that is.
    length: usize,
    dropped: bool,
}

impl Half {
    fn keep(&mut self, bytes: Bytes) {
        if !self.dropped {
            self.length += bytes.len();
            self.kept.push_back(bytes);
        }
    }

    fn take(&mut self) -> Option<Bytes> {
        let bytes = self.kept.pop_front()?;
        self.length -= bytes.len();
        Some(bytes)
    }
}

/// Whoever waits for the source. It knows only the last to poll it, which may be gone by the time
/// there is more, so it wakes both.
#[derive(Default)]
struct Wakers([Mutex<Option<Waker>>; 2]);

impl Wakers {
    fn set(&self, side: usize, waker: &Waker) {
        let mut slot = locked(&self.0[side]);
        if !slot.as_ref().is_some_and(|known| known.will_wake(waker)) {
            *slot = Some(waker.clone());
        }
    }

    fn rouse(&self, side: usize) {
        if let Some(waker) = locked(&self.0[side]).take() {
            waker.wake();
        }
    }
}

impl Wake for Wakers {
    fn wake(self: Arc<Self>) {
        self.rouse(STDOUT);
        self.rouse(STDERR);
    }
}

impl OutputStream {
    /// The next piece of this output, or `None` at its end.
    ///
    /// # Errors
    ///
    /// If the connection is lost, and if what comes is not what the protocol says; both outputs
    /// are at their end then.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>> {
        TryStreamExt::try_next(self).await
    }
}

impl Stream for OutputStream {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Shared { state, wakers } = &*self.shared;
        // Before looking, so that nothing that happens after it is missed.
        wakers.set(self.side, cx.waker());
        locked(state).poll(self.side, wakers)
    }
}

impl State {
    fn poll(&mut self, side: usize, wakers: &Arc<Wakers>) -> Poll<Option<Result<Bytes>>> {
        let other = 1 - side;
        if let Some(bytes) = self.halves[side].take() {
            // There is room again.
            wakers.rouse(other);
            return Poll::Ready(Some(Ok(bytes)));
        }
        let waker = Waker::from(wakers.clone());
        let mut cx = Context::from_waker(&waker);
        loop {
            let Some(source) = &mut self.source else {
                let told = self.failure.take_if(|(untold, _)| *untold == side);
                return Poll::Ready(told.map(|(_, error)| Err(error)));
            };
            if self.halves[other].length > AHEAD {
                return Poll::Pending;
            }
            let (to, bytes) = match source.as_mut().poll_next(&mut cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(Chunk::Stderr(bytes)))) => (STDERR, bytes),
                Poll::Ready(Some(Ok(chunk))) => (STDOUT, chunk.into_bytes()),
                Poll::Ready(end) => {
                    self.source = None;
                    wakers.rouse(other);
                    let error = end.and_then(Result::err);
                    self.failure = error.as_ref().map(|error| (other, error.again()));
                    return Poll::Ready(error.map(Err));
                }
            };
            if to == side {
                return Poll::Ready(Some(Ok(bytes)));
            }
            self.halves[other].keep(bytes);
            wakers.rouse(other);
        }
    }
}

impl Drop for OutputStream {
    fn drop(&mut self) {
        let other = 1 - self.side;
        let mut state = locked(&self.shared.state);
        state.halves[self.side] = Half {
            dropped: true,
            ..Half::default()
        };
        // What it was waiting for may be room here; and nobody else reads on now.
        self.shared.wakers.rouse(other);
    }
}

impl fmt::Debug for OutputStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.side {
            STDOUT => "OutputStream(stdout)",
            _ => "OutputStream(stderr)",
        })
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::stream;

    use super::*;

    fn out(text: &'static str) -> Result<Chunk> {
        Ok(Chunk::Stdout(text.into()))
    }

    fn err(text: &'static str) -> Result<Chunk> {
        Ok(Chunk::Stderr(text.into()))
    }

    #[tokio::test]
    async fn each_half_has_its_own_in_order() {
        let chunks = [out("1"), err("a"), err("b"), out("2"), err("c")];
        let (mut stdout, mut stderr) = split(stream::iter(chunks));
        for text in ["1", "2"] {
            assert_eq!(stdout.try_next().await.unwrap().unwrap(), text);
        }
        assert_eq!(stdout.try_next().await.unwrap(), None);
        for text in ["a", "b", "c"] {
            assert_eq!(stderr.try_next().await.unwrap().unwrap(), text);
        }
        assert_eq!(stderr.try_next().await.unwrap(), None);
    }

    #[tokio::test]
    async fn both_are_told_of_a_failure_once() {
        let chunks = [out("1"), Err(Error::decode("torn"))];
        let (mut stdout, mut stderr) = split(stream::iter(chunks));
        assert!(stderr.try_next().await.unwrap_err().is_decode());
        assert_eq!(stderr.try_next().await.unwrap(), None);
        assert_eq!(stdout.try_next().await.unwrap().unwrap(), "1");
        assert!(stdout.try_next().await.unwrap_err().is_decode());
        assert_eq!(stdout.try_next().await.unwrap(), None);
    }

    /// A source without end, which counts what is taken from it.
    fn flood(taken: Arc<AtomicUsize>) -> impl Stream<Item = Result<Chunk>> + Send {
        let chunk = Bytes::from(vec![b'x'; 1024]);
        stream::repeat_with(move || {
            taken.fetch_add(chunk.len(), Ordering::Relaxed);
            Ok(Chunk::Stderr(chunk.clone()))
        })
    }

    #[tokio::test]
    async fn a_half_that_is_not_read_holds_the_other_up() {
        let taken = Arc::new(AtomicUsize::new(0));
        let (mut stdout, mut stderr) = split(flood(taken.clone()));
        let waker = Waker::noop();
        let mut cx = Context::from_waker(waker);
        for _ in 0..3 {
            assert!(Pin::new(&mut stdout).poll_next(&mut cx).is_pending());
            assert_eq!(taken.load(Ordering::Relaxed), AHEAD + 1024);
        }
        assert!(stderr.try_next().await.unwrap().is_some());
        assert!(Pin::new(&mut stdout).poll_next(&mut cx).is_pending());
        assert_eq!(taken.load(Ordering::Relaxed), AHEAD + 2 * 1024);
    }

    #[tokio::test]
    async fn a_half_that_is_gone_holds_nothing_up() {
        let taken = Arc::new(AtomicUsize::new(0));
        let chunks = stream::once(async { err("lost") });
        let chunks = futures_util::StreamExt::chain(chunks, stream::iter([out("1")]));
        let (mut stdout, stderr) = split(chunks);
        drop(stderr);
        assert_eq!(stdout.try_next().await.unwrap().unwrap(), "1");

        let (stdout, mut stderr) = split(flood(taken.clone()));
        drop(stdout);
        assert_eq!(stderr.try_next().await.unwrap().unwrap().len(), 1024);
        assert_eq!(taken.load(Ordering::Relaxed), 1024);
    }

    /// The half that polled last is not read on; the other sees its output all the same.
    #[tokio::test]
    async fn a_half_is_woken_though_the_other_polled_last() {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let chunk = async { Ok(receiver.await.unwrap_or(Chunk::Stdout(Bytes::new()))) };
        let (mut stdout, mut stderr) = split(stream::once(chunk));
        let reader = tokio::spawn(async move { stdout.try_next().await });
        tokio::task::yield_now().await;
        let mut cx = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut stderr).poll_next(&mut cx).is_pending());
        sender.send(Chunk::Stdout("1".into())).unwrap();
        assert_eq!(reader.await.unwrap().unwrap().unwrap(), "1");
    }
}
