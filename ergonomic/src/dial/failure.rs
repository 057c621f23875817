//! Why there is no connection, in words that help.

use std::io;

use crate::error::{Error, ErrorKind};

const START: &str = "start the engine, or set DOCKER_HOST to where it listens";

/// What the system says against a connection to a Unix socket.
#[cfg(unix)]
pub(super) fn of_socket(source: io::Error) -> Error {
    let (detail, advice) = match source.kind() {
        io::ErrorKind::NotFound => ("the socket does not exist", START),
        io::ErrorKind::PermissionDenied => (
            "permission denied",
            "join the group that owns the socket (often `docker`), or run as its owner",
        ),
        _ => return of_io(source),
    };
    Error::new(ErrorKind::Connect, detail)
        .advising(advice)
        .because(source)
}

/// What is said against a connection of another kind.
pub(super) fn of_io(source: io::Error) -> Error {
    let (detail, advice) = match source.kind() {
        io::ErrorKind::ConnectionRefused => (
            "connection refused, nothing listens there".to_owned(),
            START,
        ),
        _ => (
            format!("no connection ({source})"),
            "check the address and that the engine is running",
        ),
    };
    Error::new(ErrorKind::Connect, detail)
        .advising(advice)
        .because(source)
}
