//! The one error type: opaque, told apart by kind and by predicates, written for the reader.

mod call;
mod kind;

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

pub(crate) use call::{Call, one_line, printable};
pub use kind::ErrorKind;

use crate::version::ApiVersion;

pub(crate) type Source = Box<dyn StdError + Send + Sync + 'static>;

/// What lies beneath an error, from the top down.
pub(crate) fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

/// What went wrong, on what, where, and what to do about it.
///
/// The type is opaque so that it can grow. Branch on [`kind`](Error::kind), on the predicates
/// (`is_not_found`, `is_connect`, …) or on [`status`](Error::status), never on the text.
///
/// # Formatting
///
/// `Display` prints one line with this level only: the operation, its object, the host, what was
/// said and, where there is something to do, what to do. What lies beneath comes from
/// [`source`](std::error::Error::source), which prints nothing that this level printed already.
///
/// # Source
///
/// The types in the chain of sources are there to be shown, and may change in any release.
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    call: Option<Call>,
    detail: String,
    advice: Option<String>,
    status: Option<u16>,
    engine_message: Option<String>,
    json_path: Option<String>,
    exit_code: Option<i64>,
    container: Option<Leftover>,
    /// Shared by all that are the same error.
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What an attempt that failed has created.
#[derive(Clone)]
struct Leftover {
    id: String,
    removed: bool,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                call: None,
                detail: detail.into(),
                advice: None,
                status: None,
                engine_message: None,
                json_path: None,
                exit_code: None,
                container: None,
                source: None,
            }),
        }
    }

    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, detail)
    }

    pub(crate) fn decode(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Decode, detail)
    }

    /// A local file or folder that could not be read or written, which the message of `source` names.
    pub(crate) fn local(source: std::io::Error) -> Self {
        Self::new(ErrorKind::LocalFile, source.to_string())
    }

    /// The engine said no: `status` where the answer had one, `message` as the engine put it.
    pub(crate) fn engine(status: Option<u16>, message: impl Into<String>) -> Self {
        let message = message.into();
        let said = printable(&message);
        let detail = match (status, said.is_empty()) {
            (Some(status), true) => format!("the engine answered {status} without a reason"),
            (Some(status), false) => format!("the engine answered {status}: {said}"),
            (None, true) => "the engine reported a failure without a reason".to_owned(),
            (None, false) => format!("the engine reported: {said}"),
        };
        let mut error = Self::new(ErrorKind::Engine, detail);
        error.inner.status = status;
        error.inner.engine_message = Some(message);
        error
    }

    /// What the generated table does not know of: needed since a version.
    pub(crate) fn unsupported(feature: &'static str, needs: ApiVersion, have: ApiVersion) -> Self {
        let detail =
            format!("{feature} needs API version {needs}, this engine is spoken to in {have}");
        Self::beyond(needs, feature, have, detail)
    }

    /// The version that is spoken is beyond the `bound` of a feature.
    pub(crate) fn beyond(
        bound: ApiVersion,
        feature: &'static str,
        have: ApiVersion,
        detail: impl Into<String>,
    ) -> Self {
        let kind = ErrorKind::UnsupportedByEngine {
            feature,
            needs: bound,
            have,
        };
        Self::new(kind, detail)
    }

    pub(crate) fn during(mut self, call: &Call) -> Self {
        self.inner.call.get_or_insert_with(|| call.clone());
        self
    }

    /// Takes the place of an error that came of this one.
    pub(crate) fn replacing(mut self, other: &Self) -> Self {
        self.inner.call.clone_from(&other.inner.call);
        self
    }

    /// Tells where the value stands that is wrong: in a variable, or under a key of a file.
    pub(crate) fn in_variable(mut self, name: &str) -> Self {
        self.inner.detail.insert_str(0, &format!("{name}: "));
        self
    }

    pub(crate) fn advising(mut self, advice: impl Into<String>) -> Self {
        self.inner.advice = Some(advice.into());
        self
    }

    pub(crate) fn at_json_path(mut self, path: String) -> Self {
        self.inner.json_path = Some(path);
        self
    }

    /// Tells that it came of a command that ended like this.
    pub(crate) fn exited(mut self, code: i64) -> Self {
        self.inner.exit_code = Some(code);
        self
    }

    /// Tells that the container with this id was created before, and is there.
    pub(crate) fn leaving(self, id: &str) -> Self {
        self.after_creating(id, false)
    }

    /// Tells that the container with this id was created before, and removed again.
    pub(crate) fn having_removed(self, id: &str) -> Self {
        self.after_creating(id, true)
    }

    fn after_creating(mut self, id: &str, removed: bool) -> Self {
        let id = id.to_owned();
        self.inner.container = Some(Leftover { id, removed });
        self
    }

    pub(crate) fn because(mut self, source: impl Into<Source>) -> Self {
        self.inner.source = Some(Arc::from(source.into()));
        self
    }

    /// The same error once more.
    pub(crate) fn again(&self) -> Self {
        let inner = &*self.inner;
        Self {
            inner: Box::new(Inner {
                kind: inner.kind.clone(),
                call: inner.call.clone(),
                detail: inner.detail.clone(),
                advice: inner.advice.clone(),
                status: inner.status,
                engine_message: inner.engine_message.clone(),
                json_path: inner.json_path.clone(),
                exit_code: inner.exit_code,
                container: inner.container.clone(),
                source: inner.source.clone(),
            }),
        }
    }

    /// What went wrong, without operation, host and advice.
    pub(crate) fn detail(&self) -> &str {
        &self.inner.detail
    }

    /// The kind of this error.
    pub fn kind(&self) -> &ErrorKind {
        &self.inner.kind
    }

    /// The HTTP status of the engine's answer, where the engine's answer is the error.
    pub fn status(&self) -> Option<u16> {
        self.inner.status
    }

    /// The engine's own words, whole, where the engine reported the error.
    pub fn engine_message(&self) -> Option<&str> {
        self.inner.engine_message.as_deref()
    }

    /// What was being done, such as `start container`.
    pub fn operation(&self) -> Option<&str> {
        self.inner.call.as_ref().map(|call| call.operation)
    }

    /// What it was being done to, such as the name of the container.
    pub fn object(&self) -> Option<&str> {
        self.inner.call.as_ref()?.object.as_deref()
    }

    /// The id of the container that [`run`](crate::Containers::run), or a
    /// [replacement](crate::Run::replace), had created when this went wrong. It is still there,
    /// unless [`container_was_removed`](Error::container_was_removed).
    pub fn container(&self) -> Option<&str> {
        let container = self.inner.container.as_ref();
        container.map(|container| &*container.id)
    }

    /// Whether the [`container`](Error::container) that had been created was removed again, as
    /// one that could not be started is.
    pub fn container_was_removed(&self) -> bool {
        let container = self.inner.container.as_ref();
        container.is_some_and(|container| container.removed)
    }

    /// The endpoint that was spoken to, as in `DOCKER_HOST`.
    pub fn host(&self) -> Option<&str> {
        self.inner.call.as_ref().map(|call| &*call.host)
    }

    /// Where in the engine's JSON the decoding failed, such as `.State.Pid`.
    pub fn json_path(&self) -> Option<&str> {
        self.inner.json_path.as_deref()
    }

    /// How the command ended that a build failed with: what its `RUN` exited with.
    pub fn exit_code(&self) -> Option<i64> {
        self.inner.exit_code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.inner;
        if let Some(call) = &inner.call {
            write!(f, "{call}: ")?;
        }
        f.write_str(&inner.detail)?;
        if let Some(path) = &inner.json_path {
            write!(f, " (at `{path}`)")?;
        }
        if let Some(Leftover { id, removed }) = &inner.container {
            let fate = if *removed {
                "was removed again"
            } else {
                "is left"
            };
            write!(f, "; container {} {fate}", printable(id))?;
        }
        match &inner.advice {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.inner.kind)
            .field("message", &format_args!("{self}"))
            .field("source", &self.inner.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call() -> Call {
        Call::new("start container", "unix:///run/d.sock".into()).on("web")
    }

    #[test]
    fn one_line_names_operation_object_host_and_the_engines_words() {
        let error = Error::engine(Some(404), "No such container: web\n").during(&call());
        assert_eq!(
            error.to_string(),
            "start container `web` at unix:///run/d.sock: \
             the engine answered 404: No such container: web"
        );
        assert!(error.is_not_found());
        assert_eq!(error.status(), Some(404));
        assert_eq!(error.engine_message(), Some("No such container: web\n"));
        assert_eq!(error.operation(), Some("start container"));
        assert_eq!(error.object(), Some("web"));
        assert_eq!(error.host(), Some("unix:///run/d.sock"));
    }

    #[test]
    fn the_first_call_named_is_the_one_that_failed() {
        let outer = Call::new("run container", "unix:///run/d.sock".into());
        let error = Error::decode("cut").during(&call()).during(&outer);
        assert_eq!(error.operation(), Some("start container"));
    }

    #[test]
    fn the_source_is_not_printed_twice() {
        let error = Error::decode("not JSON").because(std::io::Error::other("beneath"));
        assert!(!error.to_string().contains("beneath"));
        assert_eq!(error.source().unwrap().to_string(), "beneath");
    }

    #[test]
    fn an_error_can_cross_threads_and_is_one_word() {
        fn crosses<T: Send + Sync + 'static>() {}
        crosses::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
