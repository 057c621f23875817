//! Lines, put together from the chunks in which they come.
//!
//! An engine logs in records of some kilobytes and sends each in a frame, so a line may span
//! frames, frames of the other output may lie between them, and a character may be torn. Each
//! output has its own unfinished line here; a line that lies in one buffer is a slice of it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::SystemTime;

use bytes::{Buf, Bytes, BytesMut};
use futures_core::Stream;
use futures_util::TryStreamExt;

use super::chunk::Chunk;
use super::frames::Chunks;
use crate::answer::Result;
use crate::error::Error;
use crate::moment;
use crate::transport::ByteBuffers;

/// The longest line that comes whole, if nothing else is asked for.
const LONGEST: usize = 1024 * 1024;
/// Less than this would not hold what stands before a line.
const SHORTEST_LIMIT: usize = 1024;
/// The longest stamp: nanoseconds, and an offset from UTC.
const STAMP: usize = 36;

/// A line of a log.
///
/// See [`LogStream::lines`](crate::LogStream::lines) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogLine {
    /// Where it was written.
    pub source: LogSource,
    /// When it was written, by the engine's clock, if that was asked for.
    pub time: Option<SystemTime>,
    /// What the engine notes with it, if that was asked for.
    pub details: BTreeMap<String, String>,
    /// What was written, without the end of the line.
    pub bytes: Bytes,
    /// Whether the line is longer than lines are taken whole, and goes on in the next item of the
    /// same source.
    pub continues: bool,
}

impl LogLine {
    /// What was written as text, with `\u{fffd}` for what is not UTF-8.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// Where a line was written.
///
/// See [`LogStream::lines`](crate::LogStream::lines) for an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogSource {
    /// To standard output.
    Stdout,
    /// To standard error.
    Stderr,
    /// To the terminal, which keeps no two outputs apart.
    Terminal,
}

impl LogSource {
    fn of(chunk: &Chunk) -> Self {
        match chunk {
            Chunk::Stdout(_) => Self::Stdout,
            Chunk::Stderr(_) => Self::Stderr,
            Chunk::Terminal(_) => Self::Terminal,
        }
    }

    fn of_frame(is_stderr: bool) -> Self {
        if is_stderr {
            Self::Stderr
        } else {
            Self::Stdout
        }
    }

    /// The place of this output beside the other one, where there are two.
    pub(crate) fn side(self) -> usize {
        usize::from(self == Self::Stderr)
    }
}

/// What stands before each line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Prefix {
    pub(crate) stamp: bool,
    pub(crate) details: bool,
}

impl Prefix {
    /// Takes off what stands before the line. What is not of the expected form belongs to the line.
    fn take(self, line: &mut Bytes) -> Head {
        let mut head = Head::default();
        if self.stamp {
            let end = line.iter().take(STAMP + 1).position(|&byte| byte == b' ');
            head.time = end.and_then(|end| moment::parse_stamp(&line[..end]));
            if let (Some(end), Some(_)) = (end, head.time) {
                line.advance(end + 1);
            }
        }
        if self.details
            && let Some(end) = memchr::memchr(b' ', line)
            && let Some(details) = details(&line[..end])
        {
            head.details = details;
            line.advance(end + 1);
        }
        head
    }
}

/// `key=value,…` with both sides escaped as in a query; nothing at all where there is nothing.
fn details(text: &[u8]) -> Option<BTreeMap<String, String>> {
    let pairs = text
        .split(|&byte| byte == b',')
        .filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            pair.contains(&b'=').then_some(())?;
            let (key, value) = form_urlencoded::parse(pair).next()?;
            Some((key.into_owned(), value.into_owned()))
        })
        .collect()
}

#[derive(Clone, Debug, Default)]
struct Head {
    time: Option<SystemTime>,
    details: BTreeMap<String, String>,
}

/// A line that has not come to its end.
#[derive(Debug, Default)]
struct Unfinished {
    bytes: BytesMut,
    /// What stood before the line, once its first piece is given.
    head: Option<Head>,
}

/// Chunks in, lines out; knows nothing of where the chunks come from.
#[derive(Debug)]
struct Assembler {
    prefix: Prefix,
    longest: usize,
    source: LogSource,
    /// What is left of the chunk.
    rest: Bytes,
    unfinished: [Unfinished; 2],
}

impl Assembler {
    fn new(prefix: Prefix) -> Self {
        Self {
            prefix,
            longest: LONGEST,
            source: LogSource::Stdout,
            rest: Bytes::new(),
            unfinished: Default::default(),
        }
    }

    /// Takes the next chunk. Only when `next` has given all of the one before.
    fn push(&mut self, chunk: Chunk) {
        self.source = LogSource::of(&chunk);
        self.rest = chunk.into_bytes();
        let unfinished = &self.unfinished[self.source.side()];
        let open = !unfinished.bytes.is_empty() || unfinished.head.is_some();
        if open && self.source != LogSource::Terminal {
            // Every record of a long line has its own stamp. On a terminal nobody can tell where
            // a record begins.
            self.prefix.take(&mut self.rest);
        }
    }

    /// Whether a chunk is a line from end to end, as most are, and nothing stands before it.
    #[inline]
    fn is_line(&self, source: LogSource, chunk: &[u8]) -> bool {
        let (prefix, unfinished) = (self.prefix, &self.unfinished[source.side()]);
        !(prefix.stamp || prefix.details)
            && self.rest.is_empty()
            && unfinished.bytes.is_empty()
            && unfinished.head.is_none()
            && chunk.len() <= self.longest
            && memchr::memchr(b'\n', chunk).is_some_and(|at| at + 1 == chunk.len())
    }

    /// The next line, or `None` if it takes another chunk.
    fn next(&mut self) -> Option<LogLine> {
        if self.rest.is_empty() {
            return None;
        }
        let unfinished = &mut self.unfinished[self.source.side()];
        let newline = memchr::memchr(b'\n', &self.rest);
        let end = newline.unwrap_or(self.rest.len());
        let room = self.longest.saturating_sub(unfinished.bytes.len());
        if end > room {
            unfinished
                .bytes
                .extend_from_slice(&self.rest.split_to(room));
            let tail = unfinished
                .bytes
                .split_off(end_of_characters(&unfinished.bytes));
            let piece = std::mem::replace(&mut unfinished.bytes, tail).freeze();
            return Some(self.line(piece, true));
        }
        let segment = self.rest.split_to(end);
        if newline.is_none() {
            unfinished.bytes.extend_from_slice(&segment);
            return None;
        }
        self.rest.advance(1);
        let bytes = if unfinished.bytes.is_empty() {
            segment
        } else {
            unfinished.bytes.extend_from_slice(&segment);
            unfinished.bytes.split().freeze()
        };
        Some(self.line(bytes, false))
    }

    /// What is left when no more chunks will come; to be asked until it says `None`.
    fn finish(&mut self) -> Option<LogLine> {
        for side in [0, 1] {
            let bytes = self.unfinished[side].bytes.split().freeze();
            if !bytes.is_empty() {
                if self.source != LogSource::Terminal {
                    self.source = [LogSource::Stdout, LogSource::Stderr][side];
                }
                return Some(self.line(bytes, false));
            }
        }
        None
    }

    fn line(&mut self, mut bytes: Bytes, continues: bool) -> LogLine {
        let unfinished = &mut self.unfinished[self.source.side()];
        let head = match unfinished.head.take() {
            Some(head) => head,
            None => self.prefix.take(&mut bytes),
        };
        if continues {
            unfinished.head = Some(head.clone());
        } else if self.source == LogSource::Terminal && bytes.ends_with(b"\r") {
            // The terminal's doing, and not the program's.
            bytes.truncate(bytes.len() - 1);
        }
        LogLine {
            source: self.source,
            time: head.time,
            details: head.details,
            bytes,
            continues,
        }
    }
}

/// Where the last character ends that is whole, if it may still become whole.
fn end_of_characters(bytes: &[u8]) -> usize {
    let last = bytes.len().saturating_sub(3);
    for (at, &byte) in bytes.iter().enumerate().skip(last).rev() {
        let length = match byte {
            0xc0..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0..0xf8 => 4,
            0x80..0xc0 => continue,
            _ => break,
        };
        return if at + length > bytes.len() {
            at
        } else {
            bytes.len()
        };
    }
    bytes.len()
}

/// The lines of a log as they come, those of each output whole and in order.
///
/// A line that comes in pieces, or with lines of the other output in between, is put together. One
/// that is longer than 1 MiB, or than [`longest`](LogLines::longest) says, comes in pieces of that
/// length, each of which but the last [continues](LogLine::continues). The last line is given at
/// the end of the log, whether or not it has an end of its own.
///
/// This is a [`Stream`] too, for the combinators of the `futures` crates.
///
/// # Dropping
///
/// Dropping it ends the request; the container is not touched.
#[must_use = "logs are read as this is polled"]
pub struct LogLines {
    /// `None` when there is nothing more to read.
    chunks: Option<Chunks<ByteBuffers>>,
    assembler: Assembler,
    /// Why there is nothing more to read, to tell when all is told that came.
    failure: Option<Error>,
    /// Whether a line without an end is given when there is nothing more to read.
    pub(crate) with_torn: bool,
}

impl LogLines {
    pub(crate) fn new(chunks: Chunks<ByteBuffers>, prefix: Prefix) -> Self {
        Self {
            chunks: Some(chunks),
            assembler: Assembler::new(prefix),
            failure: None,
            with_torn: true,
        }
    }

    /// The next line if it is a chunk that has come from end to end: the short way to it.
    #[inline]
    fn at_hand(&mut self) -> Option<LogLine> {
        let Self {
            chunks, assembler, ..
        } = self;
        let chunk = chunks.as_mut()?.at_hand_if(|is_stderr, chunk| {
            let source = LogSource::of_frame(is_stderr);
            assembler.is_line(source, chunk).then(|| chunk.len() - 1)
        })?;
        Some(LogLine {
            source: LogSource::of(&chunk),
            time: None,
            details: BTreeMap::new(),
            bytes: chunk.into_bytes(),
            continues: false,
        })
    }

    /// The next line, however it comes.
    #[inline(never)]
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<LogLine>>> {
        loop {
            if let Some(line) = self.assembler.next() {
                return Poll::Ready(Some(Ok(line)));
            }
            let Some(chunks) = &mut self.chunks else {
                let torn = self.with_torn.then(|| self.assembler.finish()).flatten();
                let failure = || self.failure.take().map(Err);
                return Poll::Ready(torn.map(Ok).or_else(failure));
            };
            match ready!(Pin::new(chunks).poll_next(cx)) {
                Some(Ok(chunk)) => self.assembler.push(chunk),
                end => {
                    self.chunks = None;
                    self.failure = end.and_then(Result::err);
                }
            }
        }
    }

    /// How long a line may be, in bytes, to come whole; 1 MiB if not set, and at least 1 KiB.
    pub fn longest(mut self, bytes: usize) -> Self {
        self.assembler.longest = bytes.max(SHORTEST_LIMIT);
        self
    }

    /// The next line, or `None` at the end of the log.
    ///
    /// # Errors
    ///
    /// If the engine fails to read the logs, if the connection is lost, and if what comes is not
    /// what the protocol says; the stream is at its end then.
    pub async fn try_next(&mut self) -> Result<Option<LogLine>> {
        if let Some(line) = self.at_hand() {
            return Ok(Some(line));
        }
        TryStreamExt::try_next(self).await
    }
}

impl Stream for LogLines {
    type Item = Result<LogLine>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.at_hand() {
            Some(line) => Poll::Ready(Some(Ok(line))),
            None => self.poll_more(cx),
        }
    }
}

impl fmt::Debug for LogLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogLines")
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    const STAMPED: Prefix = Prefix {
        stamp: true,
        details: false,
    };

    fn lines(
        chunks: impl IntoIterator<Item = Chunk>,
        prefix: Prefix,
        longest: usize,
    ) -> Vec<LogLine> {
        let mut assembler = Assembler::new(prefix);
        assembler.longest = longest;
        let mut lines = Vec::new();
        for chunk in chunks {
            assembler.push(chunk);
            lines.extend(std::iter::from_fn(|| assembler.next()));
        }
        lines.extend(std::iter::from_fn(|| assembler.finish()));
        lines
    }

    fn texts(lines: &[LogLine], source: LogSource) -> Vec<String> {
        let lines = lines.iter().filter(|line| line.source == source);
        lines.map(LogLine::to_string).collect()
    }

    #[test]
    fn lines_of_two_outputs_are_whole_wherever_they_are_cut() {
        let out = "eins\n\nzwei ü€🦀\r\nlast".as_bytes();
        let err = "fehler\n".as_bytes();
        for step in 1..out.len() {
            let mut chunks = Vec::new();
            for (at, part) in out.chunks(step).enumerate() {
                chunks.push(Chunk::Stdout(Bytes::copy_from_slice(part)));
                let part = err.get(at..=at).unwrap_or_default();
                chunks.push(Chunk::Stderr(Bytes::copy_from_slice(part)));
            }
            let rest = err.get(out.chunks(step).len()..).unwrap_or_default();
            chunks.push(Chunk::Stderr(Bytes::copy_from_slice(rest)));
            let lines = lines(chunks, Prefix::default(), LONGEST);
            assert_eq!(
                texts(&lines, LogSource::Stdout),
                ["eins", "", "zwei ü€🦀\r", "last"],
                "in steps of {step}"
            );
            assert_eq!(texts(&lines, LogSource::Stderr), ["fehler"]);
        }
    }

    #[test]
    fn a_line_in_one_buffer_is_a_slice_of_it() {
        let buffer = Bytes::from_static(b"one\ntwo\n");
        let lines = lines([Chunk::Stdout(buffer.clone())], Prefix::default(), LONGEST);
        assert_eq!(lines[1].bytes.as_ptr(), buffer[4..].as_ptr());
    }

    #[test]
    fn a_terminals_lines_end_as_terminals_end_them() {
        let text = b"2026-11-25T14:25:31.5Z prompt$ \r\n2026-11-25T14:25:31.5Z rest";
        for step in 1..text.len() {
            let chunks = text
                .chunks(step)
                .map(|part| Chunk::Terminal(Bytes::copy_from_slice(part)));
            let lines = lines(chunks, STAMPED, LONGEST);
            assert_eq!(texts(&lines, LogSource::Terminal), ["prompt$ ", "rest"]);
            let time = UNIX_EPOCH + Duration::from_millis(1_795_616_731_500);
            assert!(lines.iter().all(|line| line.time == Some(time)));
        }
    }

    #[test]
    fn every_record_of_a_long_line_has_a_stamp() {
        let frame = |text: &str| Chunk::Stdout(format!("2026-11-25T14:25:31Z {text}").into());
        let chunks = [
            frame("one "),
            frame("line "),
            frame("\n"),
            frame("2026-11-25\n"),
        ];
        let lines = lines(chunks, STAMPED, LONGEST);
        assert_eq!(
            texts(&lines, LogSource::Stdout),
            ["one line ", "2026-11-25"]
        );
    }

    #[test]
    fn what_is_no_stamp_and_no_detail_belongs_to_the_line() {
        let prefix = Prefix {
            stamp: true,
            details: true,
        };
        let text = "2026-11-25T14:25:31Z a=b%20c,d=%2C text\n\
                    2026-11-25T14:25:31Z  none\n\
                    2026-11-25T14:25:31Z just text\n\
                    no stamp\n\n";
        let lines = lines([Chunk::Stdout(text.into())], prefix, LONGEST);
        assert_eq!(
            texts(&lines, LogSource::Stdout),
            ["text", "none", "just text", "no stamp", ""]
        );
        let details = |line: &LogLine| format!("{:?}", line.details);
        assert_eq!(details(&lines[0]), r#"{"a": "b c", "d": ","}"#);
        assert!(lines[1..].iter().all(|line| line.details.is_empty()));
        assert!(lines[2].time.is_some() && lines[3].time.is_none());
    }

    #[test]
    fn a_line_that_is_too_long_comes_in_pieces_of_whole_characters() {
        let text = format!("2026-11-25T14:25:31Z {}\nnext\n", "é🦀".repeat(1000));
        for step in [1, 7, text.len()] {
            let chunks = text.as_bytes().chunks(step);
            let chunks = chunks.map(|part| Chunk::Terminal(Bytes::copy_from_slice(part)));
            let mut lines = lines(chunks, STAMPED, SHORTEST_LIMIT);
            assert!(lines.iter().all(|line| line.bytes.len() <= SHORTEST_LIMIT));
            assert!(lines.iter().all(|line| !line.text().contains('\u{fffd}')));
            let next = lines.split_off(lines.len() - 1);
            assert_eq!(next[0].text(), "next");
            assert_eq!(lines.len(), 6);
            let (last, pieces) = lines.split_last().unwrap();
            assert!(!last.continues && pieces.iter().all(|piece| piece.continues));
            assert!(lines.iter().all(|line| line.time == last.time));
            assert_eq!(
                texts(&lines, LogSource::Terminal).concat(),
                "é🦀".repeat(1000)
            );
        }
    }

    #[test]
    fn a_limit_may_become_less_than_what_has_come() {
        let mut assembler = Assembler::new(Prefix::default());
        assembler.push(Chunk::Stdout(vec![b'x'; 3 * SHORTEST_LIMIT].into()));
        assert!(assembler.next().is_none());
        assembler.longest = SHORTEST_LIMIT;
        assembler.push(Chunk::Stdout("y\n".into()));
        let lines: Vec<_> = std::iter::from_fn(|| assembler.next()).collect();
        assert!(lines[0].continues && !lines[1].continues);
        assert_eq!(lines[0].bytes.len(), 3 * SHORTEST_LIMIT);
        assert_eq!(lines[1].text(), "y");
    }

    #[test]
    fn bytes_that_are_no_text_end_nowhere_else() {
        let bytes = [b"\xff\x00\xf0\n".repeat(3), vec![0x80; 3000]].concat();
        let lines = lines(
            [Chunk::Stdout(bytes.into())],
            Prefix::default(),
            SHORTEST_LIMIT,
        );
        assert_eq!(&lines[0].bytes[..], b"\xff\x00\xf0");
        let rest: usize = lines[3..].iter().map(|line| line.bytes.len()).sum();
        assert_eq!(rest, 3000);
    }
}
