//! Bytes that come in buffers.

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{FutureExt, StreamExt, stream};

use crate::error::{Call, Error};

/// An input of a decoder of streams: `[options, n, n steps, bytes…]`.
///
/// The buffers that the bytes come in are as long as the steps say, which are used over and over;
/// a step of 0 is an empty buffer. Without steps there is one buffer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut<'a> {
    pub(super) options: u8,
    steps: &'a [u8],
    pub(super) bytes: &'a [u8],
}

impl<'a> Cut<'a> {
    pub(super) fn of(input: &'a [u8]) -> Self {
        let [options, steps, rest @ ..] = input else {
            return Self {
                options: 0,
                steps: &[],
                bytes: input,
            };
        };
        let (steps, bytes) = rest.split_at(rest.len().min((*steps).into()));
        Self {
            options: *options,
            steps,
            bytes,
        }
    }

    pub(super) fn whole(self) -> Self {
        Self { steps: &[], ..self }
    }

    fn buffers(self) -> Vec<Bytes> {
        if self.steps.iter().all(|&step| step == 0) {
            return vec![Bytes::copy_from_slice(self.bytes)];
        }
        let mut rest = self.bytes;
        let mut buffers = Vec::new();
        for &step in self.steps.iter().cycle() {
            let (buffer, after) = rest.split_at(rest.len().min(step.into()));
            buffers.push(Bytes::copy_from_slice(buffer));
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        buffers
    }

    /// The buffers as they come from an engine.
    pub(super) fn source(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + Unpin + use<> {
        stream::iter(self.buffers().into_iter().map(Ok))
    }
}

/// Whoever asked for what is decoded.
pub(super) fn call() -> Call {
    Call::new("read", "unix:///fuzzing".into())
}

/// All that comes of a source that waits for nothing: values, and at most one error, at the end.
pub(super) fn all<T>(stream: impl Stream<Item = Result<T, Error>>) -> (Vec<T>, Option<Error>) {
    let items: Vec<_> = stream
        .collect()
        .now_or_never()
        .expect("nothing to wait for");
    let count = items.len();
    let mut values = Vec::new();
    for (at, item) in items.into_iter().enumerate() {
        match item {
            Ok(value) => values.push(value),
            Err(error) => {
                assert_eq!(at + 1, count, "something comes after {error}");
                return (values, Some(error));
            }
        }
    }
    (values, None)
}
