//! Sending once more what met a connection that was closed while it lay in the pool, as all are
//! when an engine restarts.
//!
//! The HTTP client itself sends again what it has not begun to write. What may have reached the
//! engine is sent again only where asking twice does no harm.

use std::error::Error as StdError;
use std::io::{self, ErrorKind as Io};

use bytes::Bytes;
use http::{Method, Request};
use reqwest::Body;

use super::failure::Failure;
use crate::error::causes;
use crate::raw::Operation;

/// Pings try twice by themselves, in two ways.
const PING: &str = "SystemPing";

/// What can be sent if `request` fails, provided that asking twice does no harm.
pub(super) fn copy(operation: Operation, request: &Request<Body>) -> Option<Request<Body>> {
    let harmless = [Method::GET, Method::HEAD].contains(request.method());
    if !harmless || operation.id == PING {
        return None;
    }
    let body = Bytes::copy_from_slice(request.body().as_bytes()?);
    let mut copy = Request::new(Body::from(body));
    copy.method_mut().clone_from(request.method());
    copy.uri_mut().clone_from(request.uri());
    copy.headers_mut().clone_from(request.headers());
    Some(copy)
}

/// Whether a request failed because its connection was closed before an answer came.
pub(super) fn was_closed(failure: &Failure) -> bool {
    let closed = |cause: &(dyn StdError + 'static)| match cause.downcast_ref::<hyper::Error>() {
        Some(error) => error.is_incomplete_message() || error.is_canceled() || error.is_closed(),
        None => cause.downcast_ref::<io::Error>().is_some_and(|error| {
            let kinds = [Io::BrokenPipe, Io::ConnectionReset, Io::ConnectionAborted];
            kinds.contains(&error.kind())
        }),
    };
    !failure.is_connect() && !failure.is_timeout() && causes(failure).any(closed)
}
