//! How long an engine may keep its client waiting.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// How long requests may take. There are no limits unless they are set; that of
/// [connecting](crate::Connect::connect_timeout) is apart from these.
///
/// The limits are those of each request. What takes several of them, such as a
/// [`run`](crate::Containers::run), may take longer.
///
/// # Errors
///
/// A request that exceeds a limit fails with an error that
/// [`is_timeout`](crate::Error::is_timeout) and that names the limit. Whether the engine goes on
/// with what it was asked for depends on what that is, as it does when a future is dropped.
///
/// # Examples
///
/// ```no_run
/// use std::time::Duration;
/// use dockwright::{Docker, Timeouts};
///
/// # async fn example() -> dockwright::Result<()> {
/// let limits = Timeouts::new().first_byte(Duration::from_secs(30)).idle(Duration::from_secs(60));
/// let docker = Docker::connect().timeouts(limits).await?;
///
/// // One that may take its time.
/// let patient = docker.with_timeouts(Timeouts::new());
/// patient.container("db").stop().grace(Duration::from_secs(300)).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct Timeouts {
    first_byte: Option<Duration>,
    idle: Option<Duration>,
    total: Option<Duration>,
}

impl Timeouts {
    /// No limits.
    pub const fn new() -> Self {
        Self {
            first_byte: None,
            idle: None,
            total: None,
        }
    }

    /// How long it may take until the engine begins to answer. While something is uploaded, this
    /// counts anew from each piece that goes out.
    ///
    /// Engines begin to answer at once where a stream comes; but stopping, committing, pruning and
    /// the like are answered when they are done. Waiting for a container to end is not bound by
    /// this.
    pub const fn first_byte(mut self, limit: Duration) -> Self {
        self.first_byte = Some(limit);
        self
    }

    /// How long nothing may come in the midst of an answer, a stream or the output of a process.
    ///
    /// Only silence counts: what is uploaded or written to a process meanwhile is none, nor is the
    /// time in which nobody reads. Waiting for a container to end is not bound by this.
    pub const fn idle(mut self, limit: Duration) -> Self {
        self.idle = Some(limit);
        self
    }

    /// How long a request may take with all of its answer, however well that comes: a stream or a
    /// connection to a process ends then too.
    pub const fn total(mut self, limit: Duration) -> Self {
        self.total = Some(limit);
        self
    }

    pub(super) fn limit(&self, bound: Bound) -> Option<Duration> {
        match bound {
            Bound::FirstByte => self.first_byte,
            Bound::Idle => self.idle,
            Bound::Total => self.total,
        }
    }

    /// The same for an answer whose silence tells nothing.
    pub(super) fn without_silence(self) -> Self {
        Self {
            first_byte: None,
            idle: None,
            ..self
        }
    }
}

/// The limits, each of its own kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    FirstByte,
    Idle,
    Total,
}

/// A limit of time that was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exceeded {
    pub(crate) bound: Bound,
    pub(crate) limit: Duration,
}

impl Exceeded {
    /// The limit that an error beneath tells of, if it does.
    pub(crate) fn of(error: &(dyn StdError + 'static)) -> Option<Self> {
        std::iter::successors(Some(error), |&error| beneath(error))
            .find_map(|error| error.downcast_ref().copied())
    }

    pub(crate) fn into_error(self) -> Error {
        Error::new(ErrorKind::Timeout, self.to_string())
    }

    /// As an error that all layers know for a timeout.
    pub(super) fn into_io(self) -> io::Error {
        io::Error::new(io::ErrorKind::TimedOut, self)
    }
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.limit.as_secs_f64();
        match self.bound {
            Bound::FirstByte => write!(f, "no answer within {limit} s (first-byte timeout)"),
            Bound::Idle => write!(f, "nothing came for {limit} s (idle timeout)"),
            Bound::Total => write!(f, "not complete within {limit} s (total timeout)"),
        }
    }
}

impl StdError for Exceeded {}

/// What an error is made of. An `io::Error` keeps that to itself, and gives the source of it.
fn beneath<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>() {
        Some(error) => error.get_ref().map(|inner| inner as _),
        None => error.source(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_found_beneath_and_named() {
        let exceeded = Exceeded {
            bound: Bound::Idle,
            limit: Duration::from_millis(1500),
        };
        let deep = io::Error::other(exceeded.into_io());
        assert_eq!(Exceeded::of(&exceeded.into_io()), Some(exceeded));
        assert_eq!(Exceeded::of(&deep), Some(exceeded));
        assert_eq!(
            exceeded.to_string(),
            "nothing came for 1.5 s (idle timeout)"
        );
        assert_eq!(Exceeded::of(&io::Error::other("else")), None);
    }
}
