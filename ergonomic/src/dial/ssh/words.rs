//! Why a login led to no engine, with what `ssh` said.

use std::io;

use super::Destination;
use crate::error::{Error, ErrorKind, printable};

/// How much of what was said is shown.
const PRINTED: usize = 1000;

/// What `ssh` or the shell there may say, what that means, and what to do about it.
const KNOWN: [(&str, &str, &str); 9] = [
    (
        "IDENTIFICATION HAS CHANGED",
        "that host's key has changed",
        "find out why, and then remove the old one (`ssh-keygen -R`)",
    ),
    (
        "Host key verification failed",
        "that host's key is not known",
        "log in once with `ssh` in a terminal, and check the key",
    ),
    (
        "Permission denied",
        "it does not let this user in",
        "check the user, and that `ssh` needs not ask for anything: an agent, or a key without a \
         passphrase",
    ),
    (
        "Could not resolve",
        "there is no such host",
        "check the host",
    ),
    (
        "docker: not found",
        "there is no `docker` CLI",
        "install it there, or put it on the PATH of logins without a terminal",
    ),
    (
        "command not found",
        "there is no `docker` CLI",
        "install it there, or put it on the PATH of logins without a terminal",
    ),
    (
        "Cannot connect to the Docker daemon",
        "no engine runs there",
        "start it there, or name its socket (ssh://host/path/to.sock)",
    ),
    (
        "failed to open the raw stream connection",
        "no engine listens at that socket there",
        "start it there, or name another socket (ssh://host/path/to.sock)",
    ),
    (
        "permission denied while trying to connect",
        "that user may not use the engine there",
        "put the user into the group of its socket (often `docker`)",
    ),
];

pub(super) fn not_started(source: io::Error) -> Error {
    let detail = match source.kind() {
        io::ErrorKind::NotFound => "there is no program `ssh` on the PATH".to_owned(),
        _ => format!("`ssh` cannot be started: {source}"),
    };
    Error::new(ErrorKind::Connect, detail).advising("install an OpenSSH client")
}

/// What a session failed for that has `said` this at last, and gave `source` instead of an answer.
pub(super) fn failed(said: &str, source: &io::Error, destination: &Destination) -> Error {
    let known = KNOWN.iter().find(|(words, ..)| said.contains(words));
    let said = match printable(end_of(said)) {
        said if said.is_empty() => "nothing".to_owned(),
        said => format!("`{said}`"),
    };
    let what = match (known, source.kind()) {
        (Some((_, meaning, _)), _) => (*meaning).to_owned(),
        (None, io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe) => {
            "the login ended before the engine answered".to_owned()
        }
        (None, _) => source.to_string(),
    };
    let error = Error::new(ErrorKind::Connect, format!("{what}; ssh says: {said}"));
    match known {
        Some((.., advice)) => error.advising(*advice),
        None => error.advising(format!(
            "check that `docker -H ssh://{destination} version` works"
        )),
    }
}

/// The end of a text, which is where reasons stand, as much as is printed of one.
fn end_of(text: &str) -> &str {
    let mut start = text.len().saturating_sub(PRINTED);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}
