//! Why there is no answer.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;

use hyper_util::client::legacy;

use super::timeouts::Exceeded;
use crate::error::{Error, ErrorKind, causes};

/// What kept a request from being answered.
#[derive(Clone, Debug)]
pub(crate) struct Failure(Arc<dyn StdError + Send + Sync>);

impl Failure {
    pub(super) fn exceeded(limit: Exceeded) -> Self {
        Self(Arc::new(limit.into_io()))
    }

    pub(super) fn is_connect(&self) -> bool {
        let error = self.0.downcast_ref::<legacy::Error>();
        error.is_some_and(legacy::Error::is_connect)
    }

    pub(super) fn is_timeout(&self) -> bool {
        is_timeout(self)
    }

    pub(crate) fn into_error(self) -> Error {
        if let Some(exceeded) = Exceeded::of(&self) {
            return exceeded.into_error();
        }
        // Of the connector, or of the source of an upload.
        if let Some(error) = causes(&self).find_map(|cause| cause.downcast_ref::<Error>()) {
            return error.again();
        }
        let error = if self.is_timeout() {
            Error::new(ErrorKind::Timeout, "no answer in time")
        } else if self.is_connect() {
            Error::new(ErrorKind::Connect, "no connection")
                .advising("check the address and that the engine is running")
        } else if self.is_not_http() {
            Error::new(ErrorKind::Connect, "what answers there does not speak HTTP")
                .advising("check that the address is that of an engine, and not of a TLS port")
        } else {
            Error::new(
                ErrorKind::Interrupted,
                "the connection was closed before the answer was complete",
            )
        };
        error.because(self.0)
    }

    fn is_not_http(&self) -> bool {
        let mut causes = causes(self).filter_map(|cause| cause.downcast_ref::<hyper::Error>());
        causes.any(hyper::Error::is_parse)
    }
}

/// What the HTTP client says.
impl From<legacy::Error> for Failure {
    fn from(error: legacy::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request was not answered")
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

/// Whether an error, or what lies beneath it, is that of a timeout.
pub(super) fn is_timeout(error: &(dyn StdError + 'static)) -> bool {
    std::iter::once(error).chain(causes(error)).any(|cause| {
        let io = cause.downcast_ref::<io::Error>();
        io.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
            || cause.downcast_ref().is_some_and(Error::is_timeout)
    })
}
