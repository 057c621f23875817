//! Sending once more what met a connection that was closed while it lay in the pool, as all are
//! when an engine restarts.
//!
//! The HTTP client itself sends again what it has not begun to write. What may have reached the
//! engine is sent again only where asking twice does no harm.

use std::error::Error as StdError;
use std::io::{self, ErrorKind as Io};

use reqwest::{Method, Request};

use crate::error::causes;
use crate::raw::Operation;

/// Pings try twice by themselves, in two ways.
const PING: &str = "SystemPing";

/// What can be sent if `request` fails, provided that asking twice does no harm.
pub(super) fn copy(operation: Operation, request: &Request) -> Option<Request> {
    let harmless = [Method::GET, Method::HEAD].contains(request.method());
    (harmless && operation.id != PING).then(|| request.try_clone())?
}

/// Whether a request failed because its connection was closed before an answer came.
pub(super) fn was_closed(error: &reqwest::Error) -> bool {
    let closed = |cause: &(dyn StdError + 'static)| match cause.downcast_ref::<hyper::Error>() {
        Some(error) => error.is_incomplete_message() || error.is_canceled() || error.is_closed(),
        None => cause.downcast_ref::<io::Error>().is_some_and(|error| {
            let kinds = [Io::BrokenPipe, Io::ConnectionReset, Io::ConnectionAborted];
            kinds.contains(&error.kind())
        }),
    };
    !error.is_connect() && !error.is_timeout() && causes(error).any(closed)
}
