//! Changing what a swarm keeps: it is read, changed, and sent back with all that this crate does
//! not know, and read again if someone else was faster.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::answer::Result;
use crate::error::Error;
use crate::raw::types::ObjectVersion;

/// How often something is read and sent back before others are left the last word.
const ATTEMPTS: u32 = 8;

type Change<S> = Arc<dyn Fn(&mut S) -> Result<()> + Send + Sync>;

/// What is to be done to a spec, in order, and again to one that was read later.
pub(crate) struct Changes<S>(Vec<Change<S>>);

impl<S> Changes<S> {
    pub(crate) fn add(&mut self, change: impl Fn(&mut S) + Send + Sync + 'static) {
        self.try_to(move |spec| {
            change(spec);
            Ok(())
        });
    }

    /// Adds a change that may find that it cannot be made.
    pub(crate) fn try_to(&mut self, change: impl Fn(&mut S) -> Result<()> + Send + Sync + 'static) {
        self.0.push(Arc::new(change));
    }

    pub(crate) fn apply(&self, spec: &mut S) -> Result<()> {
        self.0.iter().try_for_each(|change| change(spec))
    }
}

impl<S> Default for Changes<S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<S> Clone for Changes<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S> fmt::Debug for Changes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} changes", self.0.len())
    }
}

/// Makes the attempt again for as long as what it read is not what the engine has any more.
pub(crate) async fn retried<T, A>(attempt: impl Fn() -> A) -> Result<T>
where
    A: Future<Output = Result<T>>,
{
    for _ in 1..ATTEMPTS {
        match attempt().await {
            Err(error) if error.is_out_of_date() => {}
            outcome => return outcome,
        }
    }
    attempt().await
}

/// The spec, and the version that it has to be sent back with.
pub(crate) fn versioned<S>(spec: Option<S>, version: Option<ObjectVersion>) -> Result<(S, u64)> {
    let version = version.and_then(|version| version.index);
    match (spec, version) {
        (Some(spec), Some(version)) => Ok((spec, version)),
        _ => Err(Error::decode(
            "the engine gave no spec, or no version of it",
        )),
    }
}

/// A span of time as specs have it.
pub(crate) fn nanoseconds(time: Duration) -> i64 {
    time.as_nanos().try_into().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn out_of_date() -> Error {
        Error::engine(
            Some(500),
            "rpc error: code = Unknown desc = update out of sequence",
        )
    }

    #[tokio::test]
    async fn what_is_out_of_date_is_attempted_again() {
        let attempts = Cell::new(0);
        let attempt = async || {
            attempts.set(attempts.get() + 1);
            match attempts.get() {
                1 | 2 => Err(out_of_date()),
                n => Ok(n),
            }
        };
        assert_eq!(retried(attempt).await.unwrap(), 3);
    }

    #[tokio::test]
    async fn other_failures_and_endless_conflicts_are_told() {
        let attempts = Cell::new(0);
        let failing = |error: fn() -> Error| {
            attempts.set(0);
            let attempts = &attempts;
            move || {
                attempts.set(attempts.get() + 1);
                async move { Err::<(), _>(error()) }
            }
        };
        let error = retried(failing(|| Error::engine(Some(500), "no leader")));
        assert!(!error.await.unwrap_err().is_conflict());
        assert_eq!(attempts.get(), 1);
        let error = retried(failing(out_of_date));
        assert!(error.await.unwrap_err().is_conflict());
        assert_eq!(attempts.get(), ATTEMPTS);
    }
}
