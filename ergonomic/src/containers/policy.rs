//! When a container is started again.

use crate::raw::types::{self, RestartPolicyName};

/// Whether the engine starts a container again when it ends.
///
/// See [`Container::update`](crate::Container::update) for an example.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RestartPolicy {
    /// It does not.
    #[default]
    No,
    /// Always, and when the engine starts.
    Always,
    /// Always, and when the engine starts, unless the container was stopped by someone.
    UnlessStopped,
    /// When the container ended with an exit code other than zero.
    OnFailure {
        /// How often at most, one after another; without a limit, if `None`.
        max_retries: Option<u32>,
    },
}

impl RestartPolicy {
    pub(crate) fn into_raw(self) -> types::RestartPolicy {
        let (name, retries) = match self {
            Self::No => (RestartPolicyName::No, None),
            Self::Always => (RestartPolicyName::Always, None),
            Self::UnlessStopped => (RestartPolicyName::UnlessStopped, None),
            Self::OnFailure { max_retries } => (RestartPolicyName::OnFailure, max_retries),
        };
        types::RestartPolicy {
            name: Some(name),
            maximum_retry_count: retries.map(i64::from),
            ..Default::default()
        }
    }
}
