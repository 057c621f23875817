//! Logs that are followed for as long as the container runs, whatever becomes of the connection.

use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use futures_core::Stream;
use futures_util::{TryStreamExt, stream};

use super::{Container, Logs};
use crate::answer::Result;
use crate::moment::Moment;
use crate::stream::{Backoff, LogLine, LogLines};

/// How far apart the lines of the two outputs may lie in the log from how they lie in time.
const DISORDER: Duration = Duration::from_secs(5);
/// How many lines of one moment are told apart from those that come again.
const LINES_AT_ONCE: usize = 64 * 1024;

impl Logs {
    /// Follows the logs for as long as the container runs, line by line. When the connection or
    /// the engine goes away, this connects again as soon as it can, and every line comes once.
    ///
    /// Attempts to connect again become rarer, up to one in 10 s, and go on until the engine
    /// answers; `tokio::time::timeout` bounds how long to wait for a line.
    ///
    /// The times of the lines tell which of them have come already, so they are asked for always,
    /// and given if [`timestamps`](Logs::timestamps) asks for them.
    ///
    /// # Errors
    ///
    /// As for [`logs`](Container::logs) at first; later, if the engine is back and refuses, such
    /// as for a container that was removed meanwhile.
    ///
    /// # Dropping
    ///
    /// Dropping the stream ends the request; the container is not touched.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let mut lines = docker.container("web").logs().tail(100).resume().await?;
    /// while let Some(line) = lines.try_next().await? {
    ///     println!("{line}");
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn resume(self) -> Result<ResumedLogs> {
        let mut following = Following::new(self);
        following.open().await?;
        let lines = stream::unfold(Some(following), async |following| {
            let mut following = following?;
            match following.next().await.transpose()? {
                Ok(line) => Some((Ok(line), Some(following))),
                Err(error) => Some((Err(error), None)),
            }
        });
        Ok(ResumedLogs {
            lines: Box::pin(lines),
        })
    }
}

/// The lines of a container's log, each once, until the container ends.
///
/// This is a [`Stream`] too, for the combinators of the `futures` crates.
///
/// # Dropping
///
/// Dropping it ends the request; the container is not touched.
#[must_use = "logs are read as this is polled"]
pub struct ResumedLogs {
    lines: Pin<Box<dyn Stream<Item = Result<LogLine>> + Send>>,
}

impl ResumedLogs {
    /// The next line, or `None` when the container has ended and all that it wrote has come.
    ///
    /// # Errors
    ///
    /// As for [`resume`](Logs::resume); the stream is at its end then.
    pub async fn try_next(&mut self) -> Result<Option<LogLine>> {
        TryStreamExt::try_next(&mut self.lines).await
    }
}

impl Stream for ResumedLogs {
    type Item = Result<LogLine>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.lines.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for ResumedLogs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResumedLogs")
    }
}

struct Following {
    logs: Logs,
    /// Whether the user wants the times of the lines.
    timed: bool,
    /// `None` while there is no connection.
    lines: Option<LogLines>,
    /// The container has ended, and this is the last time that its log is read.
    last_pass: bool,
    /// Where the log was read before that; it may hold a line without an end.
    before: Option<LogLines>,
    /// Whether this connection has given any line.
    silent: bool,
    /// When the first line was written: nothing before it was asked for.
    first: Option<SystemTime>,
    sides: [Side; 2],
    backoff: Backoff,
}

impl Following {
    fn new(mut logs: Logs) -> Self {
        let timed = logs.params.timestamps == Some(true);
        logs.params.timestamps = Some(true);
        logs.params.follow = Some(true);
        // What is before now must stay the same moment.
        logs.since = logs.since.map(|since| since.time().into());
        logs.until = logs.until.map(|until| until.time().into());
        Self {
            logs,
            timed,
            lines: None,
            last_pass: false,
            before: None,
            silent: true,
            first: None,
            sides: Default::default(),
            backoff: Backoff::default(),
        }
    }

    async fn open(&mut self) -> Result<()> {
        let mut logs = self.logs.clone();
        let last = self.sides.iter().filter_map(|side| side.last).max();
        if let (Some(first), Some(last)) = (self.first, last) {
            let since = last.checked_sub(DISORDER).unwrap_or(first);
            let since = since.max(first);
            logs.since = Some(Moment::just_before(since));
            logs.params.tail = None;
        }
        logs.params.follow = Some(!self.last_pass);
        let (lines, began) = logs.open().await?;
        if self.first.is_none() && self.logs.params.tail.as_deref() == Some("0") {
            // Only what is new was asked for; so it stays what was new the first time.
            self.logs.params.tail = None;
            self.logs.since = Some(began.into());
        }
        let mut lines = lines.lines();
        lines.with_torn = self.last_pass;
        self.before = self.lines.replace(lines);
        self.silent = true;
        for side in &mut self.sides {
            side.again();
        }
        Ok(())
    }

    async fn next(&mut self) -> Result<Option<LogLine>> {
        loop {
            let Some(lines) = &mut self.lines else {
                self.backoff.wait().await;
                match self.open().await {
                    Err(error) if !self.backoff.may_pass(&error) => return Err(error),
                    _ => continue,
                }
            };
            match lines.try_next().await {
                Ok(Some(line)) => {
                    self.silent = false;
                    if let Some(line) = self.once(line) {
                        return Ok(Some(line));
                    }
                }
                Ok(None) if self.last_pass => {
                    // The log of a container that removes itself may be gone by now.
                    let Some(mut before) = self.before.take_if(|_| self.silent) else {
                        return Ok(None);
                    };
                    before.with_torn = true;
                    self.lines = Some(before);
                }
                Ok(None) => self.ended().await?,
                Err(error) if self.backoff.may_pass(&error) => self.lines = None,
                Err(error) => return Err(error),
            }
        }
    }

    /// The line, unless it has come before.
    fn once(&mut self, mut line: LogLine) -> Option<LogLine> {
        if let Some(time) = line.time {
            let (source, bytes) = (line.source, &line.bytes);
            let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one((source, bytes));
            if !self.sides[source.side()].is_new(time, hash) {
                return None;
            }
            self.first.get_or_insert(time);
        }
        self.backoff.reset();
        line.time = line.time.filter(|_| self.timed);
        Some(line)
    }

    /// What to do at the end of a log that was followed: the container has ended, or the engine.
    async fn ended(&mut self) -> Result<()> {
        let until = self.logs.until.map(|until| until.time());
        let outcome = match is_over(&self.logs.container).await {
            Ok(false) if until.is_none_or(|until| until > SystemTime::now()) => {
                self.lines = None;
                return Ok(());
            }
            // What was written just before the end may have been missed, if the engine ended too.
            Ok(_) => {
                self.last_pass = true;
                self.open().await
            }
            Err(error) => Err(error),
        };
        match outcome {
            Err(error) if error.is_not_found() || error.is_conflict() => {
                // It is gone, or about to be. Nothing more can be had than what is here.
                self.last_pass = true;
                if let Some(lines) = &mut self.lines {
                    lines.with_torn = true;
                }
                Ok(())
            }
            Err(error) if self.backoff.may_pass(&error) => {
                self.lines = None;
                Ok(())
            }
            outcome => outcome,
        }
    }
}

/// Whether the container does not run, and is not about to.
async fn is_over(container: &Container) -> Result<bool> {
    let state = container.inspect().await?.state.unwrap_or_default();
    Ok(state.running != Some(true) && state.restarting != Some(true))
}

/// How far the lines of one output have come. Within an output, lines lie in the order of time.
#[derive(Default)]
struct Side {
    /// The time of the last line.
    last: Option<SystemTime>,
    /// The lines of that time.
    at_last: Vec<u64>,
    /// Those of them that this connection has not sent again.
    to_come: Vec<u64>,
    /// Whether lines come that have come before.
    repeating: bool,
}

impl Side {
    /// A connection begins again at some line before the last.
    fn again(&mut self) {
        self.to_come.clone_from(&self.at_last);
        self.repeating = true;
    }

    fn is_new(&mut self, time: SystemTime, hash: u64) -> bool {
        if self.repeating {
            if self.last.is_some_and(|last| time < last) {
                return false;
            }
            if self.last == Some(time)
                && let Some(at) = self.to_come.iter().position(|&known| known == hash)
            {
                self.to_come.swap_remove(at);
                return false;
            }
        }
        self.repeating = self.repeating && self.last == Some(time);
        if self.last != Some(time) {
            self.last = Some(time);
            self.at_last.clear();
        }
        if self.at_last.len() < LINES_AT_ONCE {
            self.at_last.push(hash);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn lines_of_one_moment_are_counted() {
        let mut side = Side::default();
        for (time, hash) in [(1, 7), (2, 7), (2, 7), (2, 8)] {
            assert!(side.is_new(at(time), hash));
        }
        side.again();
        // The same again, in which there is one more of the last moment.
        let again = [(1, 7), (2, 7), (2, 7), (2, 8), (2, 7), (3, 7)];
        let new = again.map(|(time, hash)| side.is_new(at(time), hash));
        assert_eq!(new, [false, false, false, false, true, true]);
        side.again();
        assert!(!side.is_new(at(3), 7));
        assert!(side.is_new(at(3), 7));
    }

    #[test]
    fn a_clock_that_is_set_back_hides_nothing() {
        let mut side = Side::default();
        assert!(side.is_new(at(5), 1));
        assert!(side.is_new(at(3), 2));
        side.again();
        assert!(!side.is_new(at(3), 2));
        assert!(side.is_new(at(4), 3));
        assert!(side.is_new(at(2), 4));
    }
}
