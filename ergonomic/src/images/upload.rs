//! Bytes to be sent to the engine: all at once, or as they come.

use std::fmt;
use std::io;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::TryStreamExt;

/// Bytes to be sent to the engine.
///
/// ```
/// use dockwright::Upload;
///
/// let whole = Upload::from(b"bytes at hand".to_vec());
/// let streamed = Upload::stream(futures_util::stream::iter([Ok("as "), Ok("they come")]));
/// ```
pub struct Upload {
    body: reqwest::Body,
}

impl Upload {
    /// Bytes as they come. An error of the stream breaks the request off.
    pub fn stream<S, B>(bytes: S) -> Self
    where
        S: Stream<Item = io::Result<B>> + Send + 'static,
        B: Into<Bytes> + 'static,
    {
        Self {
            body: reqwest::Body::wrap_stream(bytes.map_ok(Into::<Bytes>::into).and_then(paced)),
        }
    }

    pub(crate) fn into_body(self) -> reqwest::Body {
        self.body
    }
}

/// Lets what the engine may have answered be read before more is written: one that has refused and
/// hung up is to be quoted, and the next write would but find a broken pipe.
async fn paced(bytes: Bytes) -> io::Result<Bytes> {
    tokio::task::yield_now().await;
    Ok(bytes)
}

impl<B: Into<Bytes>> From<B> for Upload {
    fn from(bytes: B) -> Self {
        Self {
            body: bytes.into().into(),
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upload")
    }
}
