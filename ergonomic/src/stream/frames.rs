//! Multiplexed output: frames of eight bytes of header and a payload, told apart without copying.
//!
//! A header is `[kind, 0, 0, 0, length as big-endian u32]`. Kinds are 0 (stdin, echoed: counted as
//! output), 1 (stdout), 2 (stderr) and 3 (the engine failed, and says how).
//!
//! A payload that lies in one received buffer is a slice of it. One that spans buffers is put
//! together if it is at most [`WHOLE`] long, so that a line stays one chunk; a longer one is passed
//! on in slices as they come. So memory is bounded whatever length a header announces.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use futures_core::Stream;

use super::chunk::Chunk;
use crate::error::{Call, Error};

const HEADER: usize = 8;
/// The longest payload that is put together from several buffers.
const WHOLE: usize = 64 * 1024;
/// The last of the types that frames have: an engine's failure.
const LAST_TYPE: u8 = 3;
/// How much of an engine's error text is kept.
const FAILURE_TEXT: usize = 64 * 1024;

/// Bytes in, chunks out; knows nothing of where the bytes come from.
#[derive(Debug)]
pub(crate) enum Decoder {
    Framed(Framed),
    /// No frames: what a terminal sends.
    Terminal(Bytes),
    /// Nobody can be asked any more, so the first byte is to tell: it is the type of a frame, or
    /// the beginning of a text, which none of them begins.
    Unknown,
}

#[derive(Debug, Default)]
pub(crate) struct Framed {
    received: Bytes,
    header: [u8; HEADER],
    /// How many bytes of `header` are there.
    header_len: usize,
    /// How many bytes of the payload are still to come; meaningful with a whole header.
    missing: usize,
    /// The first part of a payload that spans buffers.
    gathered: BytesMut,
}

impl Decoder {
    pub(crate) fn new(framed: bool) -> Self {
        if framed {
            Self::Framed(Framed::default())
        } else {
            Self::Terminal(Bytes::new())
        }
    }

    /// Takes the next buffer. Only when `next` has given all of the one before.
    fn push(&mut self, bytes: Bytes) {
        if let (Self::Unknown, Some(first)) = (&*self, bytes.first()) {
            *self = Self::new(*first <= LAST_TYPE);
        }
        match self {
            Self::Unknown => {}
            Self::Framed(framed) => {
                debug_assert!(framed.received.is_empty());
                framed.received = bytes;
            }
            Self::Terminal(received) => *received = bytes,
        }
    }

    /// The next chunk, or `None` if it takes more bytes.
    #[inline]
    fn next(&mut self) -> Option<Result<Chunk, Error>> {
        match self {
            Self::Unknown => None,
            Self::Framed(framed) => {
                let item = framed.next();
                if item.is_none() {
                    // Lets go of the buffer, which can then be read into once more.
                    framed.received = Bytes::new();
                }
                item
            }
            Self::Terminal(received) if received.is_empty() => None,
            Self::Terminal(received) => Some(Ok(Chunk::Terminal(std::mem::take(received)))),
        }
    }

    /// What is left to say when no more bytes will come; to be asked until it says `None`.
    fn finish(&mut self) -> Option<Result<Chunk, Error>> {
        match self {
            Self::Framed(framed) => framed.finish(),
            Self::Terminal(_) | Self::Unknown => None,
        }
    }
}

impl Framed {
    /// A frame of output that lies in the received buffer from end to end, as by far the most do,
    /// if `keep` says how many bytes of its payload to keep. It is told whether they are of
    /// standard error.
    #[inline]
    fn whole_frame(&mut self, keep: impl FnOnce(bool, &[u8]) -> Option<usize>) -> Option<Chunk> {
        if self.header_len > 0 {
            return None;
        }
        let (header, rest) = self.received.split_first_chunk::<HEADER>()?;
        let [kind, _, _, _, length @ ..] = *header;
        let length = u32::from_be_bytes(length) as usize;
        if kind > 2 || length == 0 || length > rest.len() {
            return None;
        }
        let kept = keep(kind == 2, &rest[..length])?;
        let payload = self.received.slice(HEADER..HEADER + kept);
        self.received.advance(HEADER + length);
        Some(match kind {
            2 => Chunk::Stderr(payload),
            _ => Chunk::Stdout(payload),
        })
    }

    fn next(&mut self) -> Option<Result<Chunk, Error>> {
        loop {
            if self.header_len < HEADER {
                if !self.read_header() {
                    return None;
                }
                if self.header[0] > 3 {
                    return Some(Err(unknown_kind(self.header)));
                }
            }
            if self.missing == 0 {
                if let Some(item) = self.end_of_frame(Bytes::new()) {
                    return Some(item);
                }
                continue;
            }
            if self.received.is_empty() {
                return None;
            }
            if self.received.len() >= self.missing {
                let payload = self.received.split_to(self.missing);
                if let Some(item) = self.end_of_frame(payload) {
                    return Some(item);
                }
                continue;
            }
            let part = std::mem::take(&mut self.received);
            if let Some(item) = self.part_of_frame(part) {
                return Some(item);
            }
        }
    }

    /// Whether the header is whole now.
    fn read_header(&mut self) -> bool {
        let take = self.received.len().min(HEADER - self.header_len);
        self.received
            .copy_to_slice(&mut self.header[self.header_len..self.header_len + take]);
        self.header_len += take;
        self.missing = self.length();
        self.header_len == HEADER
    }

    /// The length of the payload, as the header announces it.
    fn length(&self) -> usize {
        let [_, _, _, _, length @ ..] = self.header;
        u32::from_be_bytes(length) as usize
    }

    /// Takes a part of a payload that is not its last.
    fn part_of_frame(&mut self, part: Bytes) -> Option<Result<Chunk, Error>> {
        let length = self.length();
        self.missing -= part.len();
        if self.header[0] == 3 {
            let room = FAILURE_TEXT.saturating_sub(self.gathered.len());
            self.gathered
                .extend_from_slice(&part[..part.len().min(room)]);
        } else if length <= WHOLE {
            self.gathered.reserve(length - self.gathered.len());
            self.gathered.extend_from_slice(&part);
        } else {
            return Some(Ok(self.chunk(part)));
        }
        None
    }

    /// Takes the last part of a payload, and makes ready for the next header.
    fn end_of_frame(&mut self, rest: Bytes) -> Option<Result<Chunk, Error>> {
        self.header_len = 0;
        self.missing = 0;
        let payload = if self.gathered.is_empty() {
            rest
        } else {
            self.gathered.extend_from_slice(&rest);
            self.gathered.split().freeze()
        };
        if self.header[0] == 3 {
            return Some(Err(failure(&payload)));
        }
        (!payload.is_empty()).then(|| Ok(self.chunk(payload)))
    }

    fn finish(&mut self) -> Option<Result<Chunk, Error>> {
        if self.header_len == 0 {
            return None;
        }
        let header = self.header_len == HEADER;
        let gathered = self.gathered.split().freeze();
        if header && self.header[0] == 3 {
            self.header_len = 0;
            return Some(Err(failure(&gathered)));
        }
        if !gathered.is_empty() {
            return Some(Ok(self.chunk(gathered)));
        }
        self.header_len = 0;
        Some(Err(Error::decode(if header {
            format!(
                "the output ended {} bytes before the end of a frame",
                self.missing
            )
        } else {
            "the output ended inside the header of a frame".to_owned()
        })))
    }

    fn chunk(&self, payload: Bytes) -> Chunk {
        match self.header[0] {
            2 => Chunk::Stderr(payload),
            _ => Chunk::Stdout(payload),
        }
    }
}

fn unknown_kind(header: [u8; HEADER]) -> Error {
    Error::decode(format!(
        "the output is not in frames: {header:02x?} is no header of one"
    ))
}

fn failure(text: &[u8]) -> Error {
    let text = &text[..text.len().min(FAILURE_TEXT)];
    Error::engine(None, String::from_utf8_lossy(text).trim())
}

/// A stream of buffers as a stream of chunks. Ends after the first error.
#[derive(Debug)]
pub(crate) struct Chunks<S> {
    /// `None` when there is nothing more to read.
    source: Option<S>,
    decoder: Decoder,
    call: Call,
    failed: bool,
}

impl<S> Chunks<S> {
    pub(crate) fn new(source: S, decoder: Decoder, call: Call) -> Self {
        Self {
            source: Some(source),
            decoder,
            call,
            failed: false,
        }
    }

    /// The next chunk if it has come from end to end, as most have, and if `keep` says how much of
    /// it to keep: the short way to it, on which nothing is moved twice.
    #[inline]
    pub(super) fn at_hand_if(
        &mut self,
        keep: impl FnOnce(bool, &[u8]) -> Option<usize>,
    ) -> Option<Chunk> {
        match &mut self.decoder {
            Decoder::Framed(framed) if !self.failed => framed.whole_frame(keep),
            _ => None,
        }
    }

    /// The next chunk if it has come from end to end.
    #[inline]
    pub(super) fn at_hand(&mut self) -> Option<Chunk> {
        self.at_hand_if(|_, payload| Some(payload.len()))
    }
}

impl<S> Stream for Chunks<S>
where
    S: Stream<Item = Result<Bytes, Error>> + Unpin,
{
    type Item = Result<Chunk, Error>;

    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.at_hand() {
            Some(chunk) => Poll::Ready(Some(Ok(chunk))),
            None => self.poll_more(cx),
        }
    }
}

impl<S> Chunks<S>
where
    S: Stream<Item = Result<Bytes, Error>> + Unpin,
{
    /// The next chunk, however it comes.
    #[inline(never)]
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Chunk, Error>>> {
        if self.failed {
            return Poll::Ready(None);
        }
        let item = loop {
            match self.decoder.next() {
                Some(Ok(chunk)) => return Poll::Ready(Some(Ok(chunk))),
                Some(Err(error)) => break Some(Err(error)),
                None => {}
            }
            let Some(source) = &mut self.source else {
                break self.decoder.finish();
            };
            match ready!(Pin::new(source).poll_next(cx)) {
                Some(Ok(bytes)) => self.decoder.push(bytes),
                Some(Err(error)) => {
                    self.source = None;
                    break Some(Err(error));
                }
                None => self.source = None,
            }
        };
        self.failed = matches!(item, Some(Err(_)));
        Poll::Ready(item.map(|item| item.map_err(|error| error.during(&self.call))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![kind, 0, 0, 0];
        bytes.extend((payload.len() as u32).to_be_bytes());
        bytes.extend(payload);
        bytes
    }

    /// What comes out when `bytes` come in buffers of `step` bytes.
    fn decode(bytes: &[u8], step: usize) -> Vec<Result<Chunk, Error>> {
        let mut decoder = Decoder::new(true);
        let mut out = Vec::new();
        for part in bytes.chunks(step) {
            decoder.push(Bytes::copy_from_slice(part));
            while let Some(item) = decoder.next() {
                let failed = item.is_err();
                out.push(item);
                if failed {
                    return out;
                }
            }
        }
        while let Some(item) = decoder.finish() {
            out.push(item);
        }
        out
    }

    fn chunks(bytes: &[u8], step: usize) -> Vec<Chunk> {
        decode(bytes, step)
            .into_iter()
            .map(Result::unwrap)
            .collect()
    }

    #[test]
    fn a_frame_stays_whole_wherever_the_buffers_are_cut() {
        let bytes = [
            frame(1, b"out\n"),
            frame(2, b"err\n"),
            frame(1, b""),
            frame(0, b"echo"),
        ]
        .concat();
        for step in 1..=bytes.len() {
            assert_eq!(
                chunks(&bytes, step),
                [
                    Chunk::Stdout("out\n".into()),
                    Chunk::Stderr("err\n".into()),
                    Chunk::Stdout("echo".into()),
                ],
                "in buffers of {step}"
            );
        }
    }

    #[test]
    fn a_payload_in_one_buffer_is_a_slice_of_it() {
        let buffer = Bytes::from([frame(1, b"a"), frame(1, b"bc")].concat());
        let mut decoder = Decoder::new(true);
        decoder.push(buffer.clone());
        for range in [8..9, 17..19] {
            let chunk = decoder.next().unwrap().unwrap();
            assert_eq!(chunk.bytes().as_ptr(), buffer[range].as_ptr());
        }
        assert!(decoder.next().is_none());
    }

    #[test]
    fn a_long_payload_is_passed_on_as_it_comes() {
        let payload = vec![7; WHOLE + 1];
        let out = chunks(&frame(1, &payload), 4096);
        assert!(out.len() > 10);
        let bytes: Vec<u8> = out
            .iter()
            .flat_map(|chunk| chunk.bytes().to_vec())
            .collect();
        assert_eq!(bytes, payload);
    }

    #[test]
    fn an_announced_length_takes_no_memory() {
        let mut decoder = Decoder::new(true);
        decoder.push(Bytes::from_static(&[
            1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, b'x',
        ]));
        assert_eq!(decoder.next().unwrap().unwrap(), Chunk::Stdout("x".into()));
        let Decoder::Framed(framed) = decoder else {
            unreachable!()
        };
        assert_eq!(framed.gathered.capacity(), 0);
    }

    #[test]
    fn the_engines_failure_is_an_error_with_its_words() {
        let bytes = [frame(1, b"out"), frame(3, b"grabbing logs: gone\n")].concat();
        for step in 1..=bytes.len() {
            let out = decode(&bytes, step);
            assert_eq!(out.len(), 2);
            let error = out[1].as_ref().unwrap_err();
            assert_eq!(error.engine_message(), Some("grabbing logs: gone"));
        }
    }

    #[test]
    fn a_flood_of_failure_text_is_capped() {
        let bytes = frame(3, &vec![b'e'; 10 * FAILURE_TEXT]);
        for step in [1000, bytes.len()] {
            let error = decode(&bytes, step).pop().unwrap().unwrap_err();
            let text = error.engine_message().unwrap();
            assert!(text.len() <= FAILURE_TEXT, "{}", text.len());
        }
    }

    #[test]
    fn text_that_is_not_framed_is_refused() {
        let out = decode(b"hello world", 4);
        assert!(out[0].as_ref().unwrap_err().is_decode());
        assert_eq!(out.len(), 1);
    }

    #[test]
    fn an_early_end_is_an_error_after_all_that_came() {
        let bytes = frame(1, b"payload");
        for cut in 1..bytes.len() {
            for step in [1, 3, bytes.len()] {
                let mut out = decode(&bytes[..cut], step);
                assert!(out.pop().unwrap().unwrap_err().is_decode(), "cut at {cut}");
                let came: Vec<u8> = out
                    .into_iter()
                    .flat_map(|c| c.unwrap().into_bytes())
                    .collect();
                assert_eq!(came, &b"payload"[..cut.saturating_sub(8)]);
            }
        }
        assert!(decode(&bytes, 2).pop().unwrap().is_ok());
    }

    #[test]
    fn a_terminal_has_no_frames() {
        let mut decoder = Decoder::new(false);
        decoder.push(Bytes::from_static(b"\x01\0\0\0raw"));
        let chunk = decoder.next().unwrap().unwrap();
        assert_eq!(chunk, Chunk::Terminal(Bytes::from_static(b"\x01\0\0\0raw")));
        assert!(decoder.next().is_none());
        assert!(decoder.finish().is_none());
    }
}
