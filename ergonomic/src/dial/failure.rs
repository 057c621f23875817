//! Why there is no connection, in words that help.

use std::io;

use crate::address::Address;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, causes};

const START: &str = "start the engine, or set DOCKER_HOST to where it listens";

/// What kept the HTTP client from connecting to `endpoint`.
pub(crate) fn not_connected(endpoint: &Endpoint, source: &reqwest::Error) -> Error {
    if let Some(error) = dialer_error(source) {
        return error.again();
    }
    let cause = causes(source).find_map(|cause| cause.downcast_ref::<io::Error>());
    let unix = matches!(endpoint.address(), Address::Unix(_));
    of_io(cause, unix)
}

/// What the system says against a connection, to a Unix socket or to something else.
pub(super) fn of_io(cause: Option<&io::Error>, unix: bool) -> Error {
    let (detail, advice) = match cause.map(io::Error::kind) {
        Some(io::ErrorKind::NotFound) if unix => ("the socket does not exist".to_owned(), START),
        Some(io::ErrorKind::PermissionDenied) if unix => (
            "permission denied".to_owned(),
            "join the group that owns the socket (often `docker`), or run as its owner",
        ),
        Some(io::ErrorKind::ConnectionRefused) => (
            "connection refused, nothing listens there".to_owned(),
            START,
        ),
        _ => (
            match cause {
                Some(cause) => format!("no connection ({cause})"),
                None => "no connection".to_owned(),
            },
            "check the address and that the engine is running",
        ),
    };
    Error::new(ErrorKind::Connect, detail).advising(advice)
}

/// What a dialer of this crate says itself.
fn dialer_error(source: &reqwest::Error) -> Option<&Error> {
    causes(source).find_map(|cause| said_by_dialer(cause.downcast_ref()?))
}

pub(super) fn said_by_dialer(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}
