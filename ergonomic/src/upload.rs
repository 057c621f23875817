//! Bytes to be sent to the engine: all at once, or as they come.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{TryFutureExt, TryStreamExt};

use crate::answer::Result;
use crate::error::Error;
use crate::transport::ByteBuffers;

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
    failure: Failure,
}

impl Upload {
    /// Bytes as they come. An error of the stream breaks the request off, which then fails with
    /// the words of that error, as [`is_local_file`](Error::is_local_file) tells.
    pub fn stream<S, B>(bytes: S) -> Self
    where
        S: Stream<Item = io::Result<B>> + Send + 'static,
        B: Into<Bytes> + 'static,
    {
        let failure = Failure::default();
        let slot = failure.clone();
        let bytes = bytes
            .map_ok(Into::<Bytes>::into)
            .map_err(move |error| slot.record(error))
            .and_then(paced);
        Self {
            body: reqwest::Body::wrap_stream(bytes),
            failure,
        }
    }

    /// The body of a request, and what can be asked why it broke off.
    pub(crate) fn into_body(self) -> (reqwest::Body, Failure) {
        (self.body, self.failure)
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
            failure: Failure::default(),
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upload")
    }
}

/// Why what is being sent broke off, if it did so on this side. The HTTP client tells of it as of
/// a connection that was closed.
#[derive(Clone, Default)]
pub(crate) struct Failure(Arc<Mutex<Option<io::Error>>>);

impl Failure {
    /// What comes of a request that is sent with this body.
    pub(crate) async fn explain<T>(&self, request: impl Future<Output = Result<T>>) -> Result<T> {
        request.map_err(|error| self.or(error)).await
    }

    /// An answer that comes while the body may still be on its way.
    pub(crate) fn explain_in(self, answer: ByteBuffers) -> ByteBuffers {
        Box::pin(answer.map_err(move |error| self.or(error)))
    }

    /// The failure on this side, if there is one: it is the cause of `error`, which came of the
    /// request.
    fn or(&self, error: Error) -> Error {
        match self.lock().take() {
            Some(cause) => Error::local(cause).replacing(&error),
            None => error,
        }
    }

    /// Keeps the error, and gives another one that says the same.
    fn record(&self, error: io::Error) -> io::Error {
        let told = io::Error::new(error.kind(), error.to_string());
        *self.lock() = Some(error);
        told
    }

    fn lock(&self) -> MutexGuard<'_, Option<io::Error>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
