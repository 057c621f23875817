//! What an engine tells while it works, and what comes of it: pulls, pushes, loads, builds.

mod layers;
mod step;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{TryStreamExt, stream};

use crate::answer::{Answer, Result};
use crate::error::{Call, Error};
use crate::stream::json::Values;

pub use layers::{Layer, Layers};
pub use step::{Aux, LayerState, LayerStep, Status, Step};

/// What is done with what has come of some work.
type After<T> = Box<dyn FnOnce(T) -> Answer<T> + Send>;

type Body = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// Work of an engine that is under way: a [`Stream`] of its steps, and awaited what comes of it.
///
/// The work goes on as this is polled. It may be awaited at once, after some of the steps or after
/// all of them; a failure that the engine tells among the steps is an error both ways.
///
/// # Dropping
///
/// Dropping it breaks the work off; what was done already stays done.
///
/// # Examples
///
/// ```no_run
/// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
/// let mut pull = docker.images().pull("postgres:17").progress().await?;
/// while let Some(step) = pull.try_next().await? {
///     let layers = pull.layers();
///     println!("{step} ({} of {} bytes)", layers.done(), layers.total());
/// }
/// let image = pull.await?;
/// # Ok(()) }
/// ```
#[must_use = "the work goes on as this is polled"]
pub struct Progress<T> {
    steps: Values<Body, Step>,
    outcome: Box<dyn Outcome<T>>,
    after: Option<After<T>>,
    layers: Layers,
    call: Call,
    /// What to do if a registry refuses.
    if_refused: Option<String>,
    /// The failure that ended the steps.
    failed: Option<Error>,
}

/// Makes what comes of some work from its steps.
pub(crate) trait Outcome<T>: Send {
    /// Looks at a step.
    fn see(&mut self, step: &Step);

    /// What has come of the work, now that it is over.
    fn end(self: Box<Self>) -> Result<T>;
}

/// An outcome that is known beforehand, and that no step changes.
pub(crate) struct Known<T>(pub(crate) T);

impl<T: Send> Outcome<T> for Known<T> {
    fn see(&mut self, _step: &Step) {}

    fn end(self: Box<Self>) -> Result<T> {
        Ok(self.0)
    }
}

impl<T> Progress<T> {
    /// The steps in the body of an answer, and what is to come of them.
    pub(crate) fn new(body: Body, call: Call, outcome: impl Outcome<T> + 'static) -> Self {
        Self {
            steps: Values::new(body, call.clone()),
            outcome: Box::new(outcome),
            after: None,
            layers: Layers::default(),
            call,
            if_refused: None,
            failed: None,
        }
    }

    /// What to do if a registry does not take what it is shown.
    pub(crate) fn if_refused(mut self, advice: Option<String>) -> Self {
        self.if_refused = advice;
        self
    }

    /// Nothing to be done.
    pub(crate) fn done(outcome: T, call: Call) -> Self
    where
        T: Send + 'static,
    {
        Self::new(Box::pin(stream::empty()), call, Known(outcome))
    }

    /// What is to be done when all has gone well, as part of the work.
    pub(crate) fn then<F>(mut self, after: impl FnOnce(T) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        self.after = Some(Box::new(|outcome| Box::pin(after(outcome))));
        self
    }

    /// The next step, or `None` when all is done.
    ///
    /// # Errors
    ///
    /// If the work fails; that is its end.
    pub async fn try_next(&mut self) -> Result<Option<Step>> {
        TryStreamExt::try_next(self).await
    }

    /// How far the layers are that the steps until now were about.
    pub fn layers(&self) -> &Layers {
        &self.layers
    }
}

impl<T> Stream for Progress<T> {
    type Item = Result<Step>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.failed.is_some() {
            return Poll::Ready(None);
        }
        let Some(step) = ready!(Pin::new(&mut self.steps).poll_next(cx)) else {
            return Poll::Ready(None);
        };
        Poll::Ready(Some(match step {
            Ok(step) => {
                self.outcome.see(&step);
                self.layers.see(&step);
                Ok(step)
            }
            Err(error) => {
                let mut error = error.during(&self.call);
                if error.is_unauthorized()
                    && let Some(advice) = self.if_refused.take()
                {
                    error = error.advising(advice);
                }
                self.failed = Some(error.again());
                Err(error)
            }
        }))
    }
}

impl<T: Send + 'static> IntoFuture for Progress<T> {
    type Output = Result<T>;
    type IntoFuture = Answer<T>;

    #[inline]
    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            while self.try_next().await?.is_some() {}
            if let Some(error) = self.failed {
                return Err(error);
            }
            let outcome = self.outcome.end();
            let outcome = outcome.map_err(|error| error.during(&self.call))?;
            match self.after {
                Some(after) => after(outcome).await,
                None => Ok(outcome),
            }
        })
    }
}

impl<T> fmt::Debug for Progress<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress")
            .field("of", &format_args!("{}", self.call))
            .field("layers", &self.layers)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
