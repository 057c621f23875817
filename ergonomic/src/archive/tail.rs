//! The end of a tar archive, by which it is known to be whole.

use bytes::Bytes;
use memchr::memmem;
use serde::Deserialize;

use crate::answer::Result;
use crate::error::{Error, ErrorKind};

/// How much of the end is looked at: an engine's words are shorter.
const KEPT: usize = 4 * 1024;
/// An archive ends in two blocks of zeros.
const END: usize = 1024;
/// How an engine begins to tell, in the middle of an archive, why it cannot go on.
const FAILURE: &[u8] = br#"{"error"#;

/// The last bytes of a stream.
#[derive(Default)]
pub(super) struct Tail {
    bytes: Vec<u8>,
}

impl Tail {
    pub(super) fn push(&mut self, chunk: &Bytes) {
        let kept = &chunk[chunk.len().saturating_sub(KEPT)..];
        let excess = (self.bytes.len() + kept.len()).saturating_sub(KEPT);
        self.bytes.drain(..excess);
        self.bytes.extend_from_slice(kept);
    }

    /// Whether the stream may end here.
    pub(super) fn check(&self) -> Result<()> {
        let end = self.bytes.last_chunk::<END>();
        if end.is_some_and(|end| end.iter().all(|&byte| byte == 0)) {
            return Ok(());
        }
        let failure = memmem::find_iter(&self.bytes, FAILURE);
        Err(failure
            .filter_map(|start| said(&self.bytes[start..]))
            .next()
            .unwrap_or_else(|| {
                Error::new(
                    ErrorKind::Interrupted,
                    "the archive broke off before its end",
                )
            }))
    }
}

/// What the engine said instead of the rest.
fn said(json: &[u8]) -> Option<Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Failure {
        error: Option<String>,
        error_detail: Option<Detail>,
    }
    #[derive(Deserialize)]
    struct Detail {
        message: String,
    }
    let failure: Failure = serde_json::from_slice(json).ok()?;
    let detail = failure.error_detail.map(|detail| detail.message);
    Some(Error::engine(None, detail.or(failure.error)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stream: &[u8], step: usize) -> Result<()> {
        let mut tail = Tail::default();
        for chunk in stream.chunks(step) {
            tail.push(&Bytes::copy_from_slice(chunk));
        }
        tail.check()
    }

    #[test]
    fn two_blocks_of_zeros_are_the_end() {
        let whole = [vec![7; 40_000], vec![0; END]].concat();
        for step in [1, 511, 512, 100_000] {
            check(&whole, step).unwrap();
            let error = check(&whole[..whole.len() - 1], step).unwrap_err();
            assert!(error.is_interrupted(), "{error}");
        }
        assert!(check(b"", 1).unwrap_err().is_interrupted());
    }

    #[test]
    fn the_engines_words_are_found_at_the_end() {
        let json = br#"{"errorDetail":{"message":"the disk is {\"error\"} gone"},"error":"old"}"#;
        let cut = [&[7; 3000], &json[..], b"\r\n"].concat();
        for step in [1, 1000, 100_000] {
            let error = check(&cut, step).unwrap_err();
            assert_eq!(
                error.engine_message(),
                Some(r#"the disk is {"error"} gone"#)
            );
        }
        let error = check(br#"{"error":"old"}"#, 4).unwrap_err();
        assert_eq!(error.engine_message(), Some("old"));
        let error = check(br#"{"errors are":"not this"}"#, 4).unwrap_err();
        assert!(error.is_interrupted(), "{error}");
    }
}
