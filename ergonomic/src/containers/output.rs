//! What a finished container leaves: its output and its exit status.

use std::borrow::Cow;
use std::fmt;

use bytes::{Bytes, BytesMut};

use crate::answer::Result;
use crate::error::{Error, ErrorKind};
use crate::stream::Chunk;

/// How a container ended. An exit code other than zero is a value, not an error.
///
/// See [`Container::wait`](crate::Container::wait) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExitStatus {
    code: i64,
    error: Option<String>,
}

impl ExitStatus {
    pub(crate) fn new(code: i64, error: Option<String>) -> Self {
        let error = error.filter(|error| !error.is_empty());
        Self { code, error }
    }

    /// The exit code of the container's first process; 128 and the signal's number if a signal
    /// ended it.
    pub fn code(&self) -> i64 {
        self.code
    }

    /// Whether the exit code is zero.
    pub fn success(&self) -> bool {
        self.code == 0
    }

    /// What went wrong around the container's end, such as removing it, in the engine's words.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit status {}", self.code)?;
        match &self.error {
            Some(error) => write!(f, " ({})", crate::error::printable(error)),
            None => Ok(()),
        }
    }
}

/// All that a container wrote, and how it ended.
///
/// See [`Exec::output`](crate::Exec::output) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Output {
    /// What it wrote to standard output, or to its terminal if it has one.
    pub stdout: Bytes,
    /// What it wrote to standard error.
    pub stderr: Bytes,
    /// How it ended.
    pub status: ExitStatus,
}

impl Output {
    /// Standard output as text, with `\u{fffd}` for what is not UTF-8.
    pub fn stdout_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.stdout)
    }

    /// Standard error as text, with `\u{fffd}` for what is not UTF-8.
    pub fn stderr_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.stderr)
    }
}

/// How much output is kept where no other limit is given.
pub(crate) const MAX_OUTPUT: usize = 256 * 1024 * 1024;

/// Tells, where the limit is one that can be set, that it can.
pub(crate) fn past_max_output(error: Error) -> Error {
    match error.is_too_large() {
        true => error.advising("take the output as a stream, or raise `max_output`"),
        false => error,
    }
}

/// Puts chunks together, up to a limit.
#[derive(Debug)]
pub(crate) struct Collector {
    stdout: BytesMut,
    stderr: BytesMut,
    limit: usize,
}

impl Collector {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            stdout: BytesMut::new(),
            stderr: BytesMut::new(),
            limit,
        }
    }

    pub(crate) fn add(&mut self, chunk: &Chunk) -> Result<()> {
        let bytes = chunk.bytes();
        if self.stdout.len() + self.stderr.len() + bytes.len() > self.limit {
            return Err(Error::new(
                ErrorKind::TooLarge,
                format!("there is more output than {} bytes", self.limit),
            )
            .advising("take the output as a stream"));
        }
        let part = match chunk {
            Chunk::Stderr(_) => &mut self.stderr,
            Chunk::Stdout(_) | Chunk::Terminal(_) => &mut self.stdout,
        };
        part.extend_from_slice(bytes);
        Ok(())
    }

    pub(crate) fn finish(self, status: ExitStatus) -> Output {
        Output {
            stdout: self.stdout.freeze(),
            stderr: self.stderr.freeze(),
            status,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_kept_apart_and_bounded() {
        let mut collector = Collector::new(6);
        collector.add(&Chunk::Stdout("ab".into())).unwrap();
        collector.add(&Chunk::Stderr("e".into())).unwrap();
        collector.add(&Chunk::Terminal("cd".into())).unwrap();
        let error = collector.add(&Chunk::Stderr("ee".into())).unwrap_err();
        assert!(error.is_too_large());
        let advice = "raise `max_output`";
        assert!(!error.to_string().contains(advice), "{error}");
        assert!(past_max_output(error).to_string().contains(advice));
        let output = collector.finish(ExitStatus::new(3, Some(String::new())));
        assert_eq!(
            (&*output.stdout, &*output.stderr),
            (&b"abcd"[..], &b"e"[..])
        );
        assert!(!output.status.success());
        assert_eq!(output.status.to_string(), "exit status 3");
    }
}
