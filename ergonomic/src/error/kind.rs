//! What kinds of errors there are, and the predicates that tell them.

use super::Error;
use crate::version::ApiVersion;

/// What engines say when a registry does not take the credentials, or misses them.
const REGISTRY_REFUSALS: [&str; 6] = [
    "401 Unauthorized",
    "no basic auth credentials",
    "authentication required",
    "authorization failed",
    "requested access to the resource is denied",
    "invalid username/password",
];

/// The kinds of [`Error`], for a `match` with a fallback.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What the caller, or the environment, gave cannot be sent; nothing was sent.
    InvalidInput,
    /// There is no engine to talk to at the endpoint.
    Connect,
    /// The engine took longer than a timeout allows.
    Timeout,
    /// The negotiated API version lacks what was asked for; nothing was sent.
    #[non_exhaustive]
    UnsupportedByEngine {
        /// What was asked for: an operation (`ImageAttestations`), one of its parameters
        /// (`ContainerStop?signal`) or a field of a body (`HostConfig.Annotations`).
        feature: &'static str,
        /// The first API version that has it, or the last one where newer ones do not.
        needs: ApiVersion,
        /// The API version in use.
        have: ApiVersion,
    },
    /// The engine refused, or failed and said so. [`Error::status`] says how, unless the failure
    /// came inside a stream that had begun well.
    Engine,
    /// The engine sent bytes that do not follow the protocol.
    Decode,
    /// The engine sent more than is taken; every limit can be seen in the message.
    TooLarge,
    /// The connection was lost after it had been made.
    Interrupted,
    /// The connection to a terminal has ended, as after the detach keys, while the process that
    /// has the terminal goes on.
    Detached,
    /// A local file or folder could not be read or written, or the stream of an
    /// [`Upload`](crate::Upload) failed.
    LocalFile,
    /// A container whose health was waited for does not do well.
    Unhealthy,
    /// Credentials for a registry are there, but could not be read, or could not be kept.
    Credentials,
}

impl Error {
    /// There is no such container, image, or other object (404).
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// The object is in a state, or has a name, that stands against the request (409), or was
    /// changed by someone else meanwhile. Podman answers 500 in some of these cases, such as a
    /// name that is taken.
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(409) || self.is_out_of_date()
    }

    /// Someone else was faster to change an object of a swarm. Engines have no status of its own
    /// for this.
    pub(crate) fn is_out_of_date(&self) -> bool {
        let message = self.engine_message();
        message.is_some_and(|message| message.contains("update out of sequence"))
    }

    /// Credentials are missing or wrong (401), or do not suffice (403): for the engine, or for a
    /// registry that it asked, whose refusal engines tell of as a failure of their own (500), or in
    /// the middle of the answer.
    ///
    /// | | Docker 20.10, 26.1 | Docker 28.5 | Podman 5.4, 5.8 |
    /// |---|---|---|---|
    /// | pull, wrong credentials | 500 | 401 | 401 |
    /// | pull, none | 500 | 500 | 401 |
    /// | push, wrong or none | in the answer | in the answer | 500 |
    /// | distribution, wrong credentials | 401 | 401 | has none (404) |
    /// | distribution, none | 500 | 500 | has none (404) |
    /// | login, wrong credentials | 500 | 500 | 500 |
    ///
    /// Registries may also say that there is no such image (404) where they do not know who asks.
    pub fn is_unauthorized(&self) -> bool {
        match self.status() {
            Some(401 | 403) => true,
            None | Some(500) => {
                let message = self.engine_message().unwrap_or_default();
                REGISTRY_REFUSALS
                    .iter()
                    .any(|words| message.contains(words))
            }
            _ => false,
        }
    }

    /// The request was not valid: said by the engine (400), or found before anything was sent.
    pub fn is_invalid_input(&self) -> bool {
        self.inner.kind == ErrorKind::InvalidInput || self.status() == Some(400)
    }

    /// There is no engine to talk to at the endpoint.
    pub fn is_connect(&self) -> bool {
        self.inner.kind == ErrorKind::Connect
    }

    /// A timeout passed.
    pub fn is_timeout(&self) -> bool {
        self.inner.kind == ErrorKind::Timeout
    }

    /// The negotiated API version lacks what was asked for, or the engine does not have it (501).
    pub fn is_unsupported(&self) -> bool {
        matches!(self.inner.kind, ErrorKind::UnsupportedByEngine { .. })
            || self.status() == Some(501)
    }

    /// The engine sent bytes that do not follow the protocol.
    pub fn is_decode(&self) -> bool {
        self.inner.kind == ErrorKind::Decode
    }

    /// The engine sent more than is taken; every limit can be seen in the message.
    pub fn is_too_large(&self) -> bool {
        self.inner.kind == ErrorKind::TooLarge
    }

    /// The connection to a terminal has ended, as after the detach keys, while the process that
    /// has the terminal goes on.
    pub fn is_detached(&self) -> bool {
        self.inner.kind == ErrorKind::Detached
    }

    /// A container whose health was [waited for](crate::Container::wait_healthy) does not do well:
    /// its check says so, it ended, or it has no check.
    pub fn is_unhealthy(&self) -> bool {
        self.inner.kind == ErrorKind::Unhealthy
    }

    /// Credentials for a registry that are [configured](crate::Docker::login) could not be read, for
    /// which reason it was not asked at all, or could not be kept.
    pub fn is_credentials(&self) -> bool {
        self.inner.kind == ErrorKind::Credentials
    }

    /// The connection was lost after it had been made.
    pub fn is_interrupted(&self) -> bool {
        self.inner.kind == ErrorKind::Interrupted
    }

    /// A local file or folder could not be read or written, or the stream of an
    /// [`Upload`](crate::Upload) failed.
    pub fn is_local_file(&self) -> bool {
        self.inner.kind == ErrorKind::LocalFile
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registrys_refusal_is_told_by_a_failure_of_the_engine() {
        let refused = "login attempt to http://r:5000/v2/ failed with status: 401 Unauthorized";
        for (status, message, unauthorized) in [
            (Some(500), refused, true),
            (
                None,
                "Head \"http://r:5000/v2/a\": no basic auth credentials",
                true,
            ),
            (
                Some(500),
                "whether a blob exists in r:5000/a: authentication required",
                true,
            ),
            (
                None,
                "denied: requested access to the resource is denied",
                true,
            ),
            (Some(401), "", true),
            (Some(500), "dial tcp r:5000: connection refused", false),
            (Some(404), refused, false),
        ] {
            let error = Error::engine(status, message);
            assert_eq!(error.is_unauthorized(), unauthorized, "{error}");
        }
    }
}
