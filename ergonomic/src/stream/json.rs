//! JSON values one after another, as the engine sends progress, events and stats.
//!
//! Values may be set apart by any whitespace, by record separators (0x1E), or by nothing where
//! they delimit themselves, and may be cut anywhere by the network. A small scanner finds where a
//! value ends, looking at each byte once, and only then the value is parsed, once. Engines end each
//! value with a line: what lies in one buffer up to such an end is parsed where it lies, without
//! being scanned, unless that fails.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use futures_core::Stream;
use serde::de::DeserializeOwned;

use crate::error::{Call, Error, ErrorKind};

/// The longest value that is put together.
pub(crate) const LONGEST_VALUE: usize = 64 * 1024 * 1024;

/// What the values of a stream are read as.
pub(crate) trait FromJson: Sized {
    /// The value that `json` is.
    fn parse(json: &[u8]) -> Result<Self, Error>;
}

impl<T: DeserializeOwned> FromJson for T {
    fn parse(json: &[u8]) -> Result<Self, Error> {
        parse(json)
    }
}

/// Parses one JSON document; an error knows the path to what did not fit.
///
/// What is not UTF-8 in it is replaced, as in the answers of raw clients.
pub(crate) fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, Error> {
    // Text that is known to be UTF-8 as a whole is not looked at again string by string.
    let text = match str::from_utf8(json) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(json),
    };
    serde_json::from_str(&text).map_err(|plain| {
        // Only a failure pays for the path, by parsing once more.
        let mut deserializer = serde_json::Deserializer::from_str(&text);
        match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
            Err(error) if error.inner().is_data() => {
                let mut path = error.path().to_string();
                if !path.starts_with(['.', '[']) {
                    path.insert(0, '.');
                }
                Error::decode("the engine's JSON is not of the expected form")
                    .at_json_path(path)
                    .because(error.into_inner())
            }
            _ => Error::decode("the engine sent malformed JSON").because(plain),
        }
    })
}

/// Where the scanner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between two values.
    Between,
    /// In a number or a word, which end where something else begins.
    Word,
    /// In an object or an array, `depth` deep; 0 is a lone string.
    Nested { depth: usize, part: Part },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Structure,
    String,
    /// In a string, right after a backslash.
    Escape,
}

/// Bytes in, whole values out; knows nothing of where the bytes come from.
#[derive(Debug)]
pub(crate) struct Splitter {
    received: Bytes,
    /// Whether the values in `received` have been lines until now.
    by_line: bool,
    state: State,
    /// The first part of a value that spans buffers.
    gathered: BytesMut,
    limit: usize,
}

impl Splitter {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            received: Bytes::new(),
            by_line: true,
            state: State::Between,
            gathered: BytesMut::new(),
            limit,
        }
    }

    /// Takes the next buffer. Only when `next` has given all of the one before.
    fn push(&mut self, bytes: Bytes) {
        debug_assert!(self.received.is_empty());
        self.received = bytes;
        self.by_line = true;
    }

    /// The next value if it is a line that lies in the received buffer, as most are.
    fn next_line<T: FromJson>(&mut self) -> Option<T> {
        if !self.by_line || self.state != State::Between {
            return None;
        }
        self.skip_blanks();
        let end = memchr::memchr(b'\n', &self.received).filter(|end| *end <= self.limit);
        let value = end.and_then(|end| T::parse(&self.received[..end]).ok());
        // What is no line is not tried again for each value in it.
        self.by_line = value.is_some();
        self.received
            .advance(end.filter(|_| self.by_line).unwrap_or(0));
        value
    }

    fn skip_blanks(&mut self) {
        let blank = |&b: &u8| b.is_ascii_whitespace() || b == 0x1e;
        let blanks = self.received.iter().take_while(|b| blank(b)).count();
        self.received.advance(blanks);
    }

    /// The next value, or `None` if it takes more bytes.
    fn next(&mut self) -> Option<Result<Bytes, Error>> {
        if self.state == State::Between {
            self.skip_blanks();
        }
        if self.received.is_empty() {
            return None;
        }
        let (scanned, ended) = self.scan();
        if self.gathered.len() + scanned > self.limit {
            return Some(Err(Error::new(
                ErrorKind::TooLarge,
                format!(
                    "the engine sent a JSON value of more than {} bytes",
                    self.limit
                ),
            )));
        }
        let part = self.received.split_to(scanned);
        if !ended {
            self.gathered.extend_from_slice(&part);
            return None;
        }
        self.state = State::Between;
        if self.gathered.is_empty() {
            return Some(Ok(part));
        }
        self.gathered.extend_from_slice(&part);
        Some(Ok(self.gathered.split().freeze()))
    }

    /// How many of the received bytes belong to the value, and whether it ends there.
    fn scan(&mut self) -> (usize, bool) {
        let bytes = &self.received[..];
        let mut at = 0;
        if self.state == State::Between {
            self.state = match bytes[0] {
                b'{' | b'[' => State::Nested {
                    depth: 1,
                    part: Part::Structure,
                },
                b'"' => State::Nested {
                    depth: 0,
                    part: Part::String,
                },
                _ => State::Word,
            };
            at = 1;
        }
        let State::Nested { depth, part } = &mut self.state else {
            let ends = |b: &u8| b.is_ascii_whitespace() || b"\x1e{[\"".contains(b);
            return match bytes[at..].iter().position(ends) {
                Some(length) => (at + length, true),
                None => (bytes.len(), false),
            };
        };
        while at < bytes.len() {
            match part {
                Part::Structure => {
                    match bytes[at] {
                        b'"' => *part = Part::String,
                        b'{' | b'[' => *depth += 1,
                        b'}' | b']' => *depth -= 1,
                        _ => {}
                    }
                    at += 1;
                    if *depth == 0 {
                        return (at, true);
                    }
                }
                Part::String => match memchr::memchr2(b'"', b'\\', &bytes[at..]) {
                    None => at = bytes.len(),
                    Some(skip) => {
                        at += skip + 1;
                        if bytes[at - 1] == b'\\' {
                            *part = Part::Escape;
                        } else if *depth == 0 {
                            return (at, true);
                        } else {
                            *part = Part::Structure;
                        }
                    }
                },
                Part::Escape => {
                    at += 1;
                    *part = Part::String;
                }
            }
        }
        (at, false)
    }

    /// What is left to say when no more bytes will come.
    fn finish(&mut self) -> Option<Result<Bytes, Error>> {
        match std::mem::replace(&mut self.state, State::Between) {
            State::Between => None,
            State::Word => Some(Ok(self.gathered.split().freeze())),
            State::Nested { .. } => Some(Err(Error::decode(
                "the engine's JSON ended in the middle of a value",
            ))),
        }
    }
}

/// A stream of buffers as a stream of values.
///
/// A value of another form than `T` is an error for that value alone; the stream goes on. It ends
/// after any other error.
#[derive(Debug)]
pub(crate) struct Values<S, T> {
    /// `None` when there is nothing more to read.
    source: Option<S>,
    splitter: Splitter,
    call: Call,
    failed: bool,
    value: PhantomData<fn() -> T>,
}

impl<S, T> Values<S, T> {
    pub(crate) fn new(source: S, call: Call) -> Self {
        Self::limited(source, LONGEST_VALUE, call)
    }

    /// One whose values may be no longer than this.
    pub(crate) fn limited(source: S, limit: usize, call: Call) -> Self {
        Self {
            source: Some(source),
            call,
            splitter: Splitter::new(limit),
            failed: false,
            value: PhantomData,
        }
    }
}

impl<S, T> Stream for Values<S, T>
where
    S: Stream<Item = Result<Bytes, Error>> + Unpin,
    T: FromJson,
{
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.failed {
            return Poll::Ready(None);
        }
        let item = loop {
            if let Some(value) = this.splitter.next_line() {
                return Poll::Ready(Some(Ok(value)));
            }
            if let Some(item) = this.splitter.next() {
                break Some(item);
            }
            let Some(source) = &mut this.source else {
                break this.splitter.finish();
            };
            match ready!(Pin::new(source).poll_next(cx)) {
                Some(Ok(bytes)) => this.splitter.push(bytes),
                Some(Err(error)) => {
                    this.source = None;
                    break Some(Err(error));
                }
                None => this.source = None,
            }
        };
        let value = item.map(|item| item.and_then(|value| T::parse(&value)));
        let is_other_form = |error: &Error| error.json_path().is_some();
        this.failed = matches!(&value, Some(Err(error)) if !is_other_form(error));
        Poll::Ready(value.map(|value| value.map_err(|error| error.during(&this.call))))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use futures_util::StreamExt;
    use serde_json::{Value, json};

    use super::*;

    fn split(bytes: &[u8], step: usize, limit: usize) -> Vec<Result<Bytes, Error>> {
        let mut splitter = Splitter::new(limit);
        let mut out = Vec::new();
        for part in bytes.chunks(step) {
            splitter.push(Bytes::copy_from_slice(part));
            while let Some(item) = splitter.next() {
                let failed = item.is_err();
                out.push(item);
                if failed {
                    return out;
                }
            }
        }
        out.extend(splitter.finish());
        out
    }

    fn values(bytes: &[u8], step: usize) -> Vec<Value> {
        split(bytes, step, LONGEST_VALUE)
            .into_iter()
            .map(|value| parse(&value.unwrap()).unwrap())
            .collect()
    }

    #[test]
    fn what_is_not_utf8_is_replaced() {
        let value: Value = parse(b"{\"name\":\"\xff\xc3\xa9\xe2\x82\"}").unwrap();
        assert_eq!(value, json!({"name": "\u{fffd}\u{e9}\u{fffd}"}));
        assert!(parse::<Value>(b"\xff").unwrap_err().is_decode());
    }

    #[tokio::test]
    async fn objects_are_the_same_at_once_and_in_pieces() {
        let bytes = b"{\"a\":\"}\\n\"}\n{}{\"b\":[\n{}]}\n\x1e{\"a\":7}\r\n[]\n\n{\"a\":\"\"}";
        let texts = |step| {
            let parts = bytes
                .chunks(step)
                .map(|part| Ok(Bytes::copy_from_slice(part)));
            let source = futures_util::stream::iter(parts.collect::<Vec<_>>());
            Values::<_, BTreeMap<String, Value>>::new(source, Call::new("read", "host".into()))
                .map(|value| value.map_or_else(|error| error.to_string(), |map| format!("{map:?}")))
                .collect::<Vec<_>>()
        };
        let at_once = texts(bytes.len()).await;
        assert_eq!(at_once.len(), 6);
        assert!(at_once[4].contains("expected form"), "{at_once:?}");
        for step in 1..bytes.len() {
            assert_eq!(texts(step).await, at_once, "in pieces of {step}");
        }
    }

    #[test]
    fn values_are_found_however_they_are_separated_and_cut() {
        let bytes =
            b"{\"a\":\"}\\\"{\"}\r\n\x1e[1,[2],\"]\"]\n\n\t42 true\"s\\\\\"{}null\x1e\x1e-1e3[]7";
        for step in 1..=bytes.len() {
            assert_eq!(
                values(bytes, step),
                [
                    json!({"a": "}\"{"}),
                    json!([1, [2], "]"]),
                    json!(42),
                    json!(true),
                    json!("s\\"),
                    json!({}),
                    json!(null),
                    json!(-1e3),
                    json!([]),
                    json!(7),
                ],
                "in buffers of {step}"
            );
        }
    }

    #[test]
    fn nothing_but_separators_is_no_value() {
        assert!(values(b" \r\n\x1e\t", 2).is_empty());
        assert!(values(b"", 1).is_empty());
    }

    #[test]
    fn a_value_in_one_buffer_is_a_slice_of_it() {
        let buffer = Bytes::from_static(b" {\"a\":1}\n");
        let mut splitter = Splitter::new(LONGEST_VALUE);
        splitter.push(buffer.clone());
        let value = splitter.next().unwrap().unwrap();
        assert_eq!(value.as_ptr(), buffer[1..].as_ptr());
    }

    #[test]
    fn an_early_end_is_an_error() {
        let bytes = br#"{"a":["x\"y"]}"#;
        for cut in 1..bytes.len() {
            let last = split(&bytes[..cut], 2, LONGEST_VALUE).pop().unwrap();
            assert!(last.unwrap_err().is_decode(), "cut at {cut}");
        }
    }

    #[test]
    fn a_value_longer_than_the_limit_is_an_error_and_not_kept() {
        for value in [
            format!("[{}]", "1,".repeat(100)),
            format!("\"{}\"", "x".repeat(100)),
            "1".repeat(100),
        ] {
            for step in [1, 7, value.len()] {
                let out = split(value.as_bytes(), step, 50);
                assert_eq!(out.len(), 1);
                assert_eq!(out[0].as_ref().unwrap_err().kind(), &ErrorKind::TooLarge);
            }
        }
    }

    #[test]
    fn what_is_not_json_is_an_error() {
        for bad in [
            &b"\0"[..],
            b"{\"a\":\0}",
            b"\xff",
            b"<html>",
            b"[}",
            b"]",
            b"{]}",
        ] {
            for step in [1, bad.len()] {
                let failed = split(bad, step, LONGEST_VALUE)
                    .into_iter()
                    .any(|item| item.and_then(|v| parse::<Value>(&v)).is_err());
                assert!(failed, "{bad:?}");
            }
        }
    }

    #[test]
    fn nesting_without_end_neither_overflows_nor_passes() {
        let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
        let value = split(&deep, 4096, LONGEST_VALUE).pop().unwrap().unwrap();
        assert!(parse::<Value>(&value).unwrap_err().is_decode());
    }

    #[test]
    fn a_value_of_another_form_is_named_by_its_path() {
        #[derive(Debug, serde::Deserialize)]
        struct Outer {
            #[allow(dead_code)]
            items: Vec<Item>,
        }
        #[derive(Debug, serde::Deserialize)]
        struct Item {
            #[allow(dead_code)]
            size: u64,
        }
        let error = parse::<Outer>(br#"{"items":[{"size":1},{"size":"2"}]}"#).unwrap_err();
        assert!(error.is_decode());
        assert_eq!(error.json_path(), Some(".items[1].size"));
        let root = parse::<Outer>(b"3").unwrap_err();
        assert_eq!(root.json_path(), Some("."));
    }
}
