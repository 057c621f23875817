//! Decoders of streams, against what decodes all bytes at once in the obvious way.

use serde_json::Value;

use super::cut::{Cut, all, call};
use crate::stream::Chunk;
use crate::stream::frames::{Chunks, Decoder};
use crate::stream::json::{LONGEST_VALUE, Values};
use crate::stream::lines::{LogLine, LogLines, LogSource, Prefix};
use crate::transport::ByteBuffers;

/// The longest payload that is one chunk, however it comes.
const WHOLE: usize = 64 * 1024;

/// Multiplexed output comes out as its frames say, wherever it is cut; what has no frames comes as
/// it is.
pub fn frames(input: &[u8]) {
    let cut = Cut::of(input);
    let framed = match decoder(cut) {
        Decoder::Framed(_) => true,
        Decoder::Terminal(_) => false,
        Decoder::Unknown => cut.bytes.first().is_some_and(|&first| first <= 3),
    };
    let (chunks, error) = all(Chunks::new(cut.source(), decoder(cut), call()));
    if !framed {
        let all_terminal = chunks
            .iter()
            .all(|chunk| matches!(chunk, Chunk::Terminal(_)));
        assert!(all_terminal && error.is_none());
        assert_eq!(concatenated(&chunks), cut.bytes);
        return;
    }
    let (frames, end) = frames_of(cut.bytes);
    let mut chunks = &chunks[..];
    for frame in frames {
        let count = match frame.announced <= WHOLE {
            true => 1,
            false => pieces(chunks, frame.payload.len()),
        };
        let (own, others) = chunks
            .split_at_checked(count)
            .expect("a chunk for each frame");
        assert!(own.iter().all(|chunk| chunk.is_stderr() == frame.is_stderr));
        assert_eq!(concatenated(own), frame.payload);
        chunks = others;
    }
    assert!(chunks.is_empty(), "{chunks:?} is in no frame");
    match (end, error) {
        (End::Clean, None) => {}
        (End::Torn, Some(error)) => assert!(error.is_decode(), "{error}"),
        (End::Failure(said), Some(error)) => assert_eq!(error.engine_message(), Some(&*said)),
        (end, error) => panic!("{end:?}, but {error:?}"),
    }
}

/// The decoder that the lower bits of the options ask for.
fn decoder(cut: Cut<'_>) -> Decoder {
    match (cut.options & 0x3f) % 3 {
        0 => Decoder::new(true),
        1 => Decoder::new(false),
        _ => Decoder::Unknown,
    }
}

fn concatenated(chunks: &[Chunk]) -> Vec<u8> {
    chunks
        .iter()
        .flat_map(|chunk| chunk.bytes().to_vec())
        .collect()
}

/// How many chunks are as long as `length` together, or longer.
fn pieces(chunks: &[Chunk], length: usize) -> usize {
    let lengths = chunks.iter().scan(0, |sum, chunk| {
        let before = *sum;
        *sum += chunk.bytes().len();
        Some(before)
    });
    lengths.take_while(|&before| before < length).count()
}

struct Frame<'a> {
    is_stderr: bool,
    announced: usize,
    payload: &'a [u8],
}

#[derive(Debug)]
enum End {
    Clean,
    Torn,
    Failure(String),
}

/// The frames that are not empty, and how they end.
fn frames_of(mut bytes: &[u8]) -> (Vec<Frame<'_>>, End) {
    let mut frames = Vec::new();
    loop {
        let Some((&[kind, _, _, _, a, b, c, d], rest)) = bytes.split_first_chunk() else {
            return (
                frames,
                if bytes.is_empty() {
                    End::Clean
                } else {
                    End::Torn
                },
            );
        };
        let announced = u32::from_be_bytes([a, b, c, d]) as usize;
        let (payload, after) = rest.split_at(rest.len().min(announced));
        match kind {
            0..=2 if !payload.is_empty() => frames.push(Frame {
                is_stderr: kind == 2,
                announced,
                payload,
            }),
            0..=2 => {}
            3 => {
                let said = &payload[..payload.len().min(WHOLE)];
                let said = String::from_utf8_lossy(said).trim().to_owned();
                return (frames, End::Failure(said));
            }
            _ => return (frames, End::Torn),
        }
        if payload.len() < announced {
            return (frames, End::Torn);
        }
        bytes = after;
    }
}

/// A stream of JSON gives the values that serde_json finds in it, wherever it is cut. What is not
/// UTF-8 is only read: the length of what it is replaced by does not count.
pub fn json(input: &[u8]) {
    let cut = Cut::of(input);
    let limit = match cut.options {
        0 => LONGEST_VALUE,
        limit => limit.into(),
    };
    let values = Values::<_, Value>::limited(cut.source(), limit, call());
    let (values, error) = all(values);
    // A record separator is as good as a blank between values, and nowhere else; a line feed is
    // the blank that may not stand in strings either.
    let blank = |&byte: &u8| {
        if matches!(byte, 0x1e | 0x0c) {
            b'\n'
        } else {
            byte
        }
    };
    let blanked: Vec<u8> = cut.bytes.iter().map(blank).collect();
    let Ok(blanked) = String::from_utf8(blanked) else {
        return;
    };
    let mut expected = serde_json::Deserializer::from_str(&blanked).into_iter::<Value>();
    for value in &values {
        let start = expected.byte_offset();
        let same = expected
            .next()
            .is_some_and(|same| same.is_ok_and(|same| same == *value));
        assert!(same, "{value} is not in it");
        let text = blanked[start..expected.byte_offset()].trim_ascii();
        assert!(text.len() <= limit, "a value is {} long", text.len());
    }
    let start = expected.byte_offset();
    let next = expected.next();
    let Some(error) = error else {
        assert!(next.is_none(), "{next:?} is missing");
        return;
    };
    let text = cut.bytes[start..expected.byte_offset()].trim_ascii_start();
    // What does not end has its blanks at the end, too.
    let is_long = blanked[start..].trim_ascii_start().len() > limit;
    let is_separated = text
        .iter()
        .skip_while(blank_at_all)
        .any(|b| matches!(b, 0x1e | 0x0c));
    match next {
        _ if error.is_too_large() => assert!(is_long, "{error}"),
        // What this takes as one word, serde_json takes as a number and what may not follow it.
        Some(Ok(_)) => assert!(
            is_separated || expected.any(|next| next.is_err()),
            "{error}"
        ),
        Some(Err(_)) => assert!(error.is_decode(), "{error}"),
        None => panic!("nothing is wrong, but {error}"),
    }
}

fn blank_at_all(byte: &&u8) -> bool {
    byte.is_ascii_whitespace() || **byte == 0x1e
}

/// Lines are what is written between line feeds, of each output, wherever output is cut.
pub fn lines(input: &[u8]) {
    let cut = Cut::of(input);
    let prefix = Prefix {
        stamp: cut.options & 0x40 != 0,
        details: cut.options & 0x80 != 0,
    };
    let read = |cut: Cut<'_>| {
        let source: ByteBuffers = Box::pin(cut.source());
        let chunks = Chunks::new(source, decoder(cut), call());
        all(LogLines::new(chunks, prefix).longest(0))
    };
    let (lines, _) = read(cut);
    let length: usize = lines.iter().map(|line| line.bytes.len()).sum();
    assert!(length <= cut.bytes.len());
    let (chunks, _) = all(Chunks::new(cut.source(), decoder(cut), call()));
    let terminal = chunks
        .iter()
        .any(|chunk| matches!(chunk, Chunk::Terminal(_)));
    let plain = !prefix.stamp && !prefix.details;
    // Where a chunk begins, an engine may put a stamp, so that it matters where one does.
    if plain || terminal {
        assert_eq!(lines, read(cut.whole()).0);
    }
    if plain {
        for source in [LogSource::Stdout, LogSource::Stderr, LogSource::Terminal] {
            assert_eq!(
                joined(&lines, source),
                written(&chunks, source),
                "{source:?}"
            );
        }
    }
}

/// The lines of an output as they were written, each with its line feed.
fn joined(lines: &[LogLine], source: LogSource) -> Vec<u8> {
    let mut text = Vec::new();
    for line in lines.iter().filter(|line| line.source == source) {
        assert!(
            line.bytes.len() <= 1024,
            "a piece is {} long",
            line.bytes.len()
        );
        text.extend_from_slice(&line.bytes);
        if !line.continues {
            text.push(b'\n');
        }
    }
    text
}

/// What was written to an output, with a line feed at its end, and on a terminal without what
/// the terminal put before it.
fn written(chunks: &[Chunk], source: LogSource) -> Vec<u8> {
    let of = |chunk: &&Chunk| match chunk {
        Chunk::Stdout(_) => source == LogSource::Stdout,
        Chunk::Stderr(_) => source == LogSource::Stderr,
        Chunk::Terminal(_) => source == LogSource::Terminal,
    };
    let own: Vec<Chunk> = chunks.iter().filter(of).cloned().collect();
    let mut text = Vec::new();
    for line in concatenated(&own).split_inclusive(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = match source {
            LogSource::Terminal => line.strip_suffix(b"\r").unwrap_or(line),
            _ => line,
        };
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text
}
