//! Containers: all of them by [`Docker::containers`], one of them by [`Docker::container`].

mod attach;
mod checkpoint;
mod commit;
mod copy;
mod create;
mod devices;
mod diff;
mod endpoint;
mod export;
mod follow;
mod health;
mod healthy;
mod inspect;
mod lifecycle;
mod list;
mod logs;
mod mount;
mod output;
mod policy;
mod port;
mod ports;
mod prune;
mod reference;
mod remove;
mod rename;
mod run;
pub(crate) mod settings;
mod stats;
mod top;
mod update;
mod wait;
#[cfg(feature = "websocket")]
mod websocket;

use std::sync::Arc;
use std::time::Duration;

pub use attach::{Attach, Attached};
pub use checkpoint::{Checkpoint, CreateCheckpoint, ListCheckpoints, RemoveCheckpoint};
pub use commit::Commit;
pub use copy::{CopyFrom, CopyTo, FileMode, PathStat, StatPath};
pub use create::CreateContainer;
pub use devices::{Device, Gpus, Ulimit};
pub use diff::{Change, ChangeKind, Diff};
pub use endpoint::NetworkEndpoint;
pub use export::Export;
pub use follow::ResumedLogs;
pub use health::HealthCheck;
pub use healthy::WaitHealthy;
pub use inspect::InspectContainer;
pub use lifecycle::{Kill, Pause, Restart, Start, Stop, Unpause};
pub use list::ListContainers;
pub use logs::Logs;
pub use mount::{Mount, Propagation};
pub(crate) use output::{Collector, MAX_OUTPUT, past_max_output};
pub use output::{ExitStatus, Output};
pub use policy::RestartPolicy;
pub use port::PublishedPort;
pub use ports::{HostPort, Port};
pub use prune::{PruneContainers, PrunedContainers};
pub use reference::ContainerRef;
pub use remove::RemoveContainer;
pub use rename::RenameContainer;
pub use run::Run;
pub use stats::{Stats, StatsSample, StatsStream};
pub use top::Top;
pub use update::UpdateContainer;
pub use wait::{Wait, WaitCondition, Waiting};

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::{Call, Error};
use crate::name;

impl Docker {
    /// The containers of this engine.
    pub fn containers(&self) -> Containers {
        Containers {
            docker: self.clone(),
        }
    }

    /// The container with this name, id, or unambiguous beginning of an id; or the one that a list
    /// or an inspect has told of.
    ///
    /// Nothing is asked of the engine until something is done with the container.
    pub fn container(&self, container: impl Into<ContainerRef>) -> Container {
        Container {
            docker: self.clone(),
            name: container.into().0,
            created: None,
        }
    }
}

/// The containers of an engine: run and create new ones, list what there is.
///
/// See [`Containers::run`] for an example.
#[derive(Clone, Debug)]
pub struct Containers {
    docker: Docker,
}

/// One container.
///
/// Handles are equal if they have the same name or id; of what the engine would find by it they
/// know nothing.
///
/// See [`Container::exec`] for an example.
///
/// # Dropping
///
/// This is a name and not the container itself: dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Container {
    docker: Docker,
    name: String,
    created: Option<Arc<Created>>,
}

name::compared_by_name!(Container);

/// What is known of a container from its creation.
#[derive(Debug)]
struct Created {
    warnings: Vec<String>,
    removes_itself: bool,
}

impl Container {
    /// The name or id that stands for the container: its whole id if this crate created it.
    pub fn name_or_id(&self) -> &str {
        &self.name
    }

    /// What the engine warned of when this container was created, if this crate created it.
    pub fn warnings(&self) -> &[String] {
        self.created
            .as_deref()
            .map_or(&[], |created| &created.warnings)
    }

    fn created(mut self, created: Created) -> Self {
        self.created = Some(Arc::new(created));
        self
    }

    /// Whether the engine removes this container at its end, as far as is known here.
    fn removes_itself(&self) -> bool {
        self.created
            .as_deref()
            .is_some_and(|created| created.removes_itself)
    }

    pub(crate) fn docker(&self) -> &Docker {
        &self.docker
    }

    /// The name to put into a path, and what is attempted on it.
    pub(crate) fn call(&self, operation: &'static str) -> Result<(Call, &str)> {
        let call = self.docker.call(operation).on(&self.name);
        match checked_name(&self.name) {
            Ok(name) => Ok((call, name)),
            Err(error) => Err(error.during(&call)),
        }
    }

    /// Takes back a container that could not be made what it is to be. That it could not is the
    /// news, with what has become of the container.
    async fn discarded(&self, error: Error) -> Error {
        match self.remove().force(true).volumes(true).await {
            Err(failed) if !failed.is_not_found() => error.leaving(&self.name),
            _ => error.having_removed(&self.name),
        }
    }

    /// Whether it runs; what is gone does not.
    pub(crate) async fn is_running(&self) -> Result<bool> {
        match self.inspect().await {
            Ok(about) => Ok(about.state.is_some_and(|state| state.running == Some(true))),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether what the container writes comes without frames, since it has a terminal.
    pub(crate) async fn has_terminal(&self) -> Result<bool> {
        let config = self.inspect().await?.config;
        Ok(config.and_then(|config| config.tty).unwrap_or_default())
    }
}

/// The name or id of a container, without the slash that engines put before names.
pub(crate) fn checked_name(text: &str) -> Result<&str> {
    name::checked("a container", text.strip_prefix('/').unwrap_or(text))
}

/// A time as the API has it where it takes whole seconds: never less than was asked for.
pub(crate) fn whole_seconds(duration: Duration) -> i64 {
    let seconds = duration.as_secs();
    let seconds = seconds.saturating_add(u64::from(duration.subsec_nanos() > 0));
    seconds.try_into().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_as_engines_give_it() {
        assert_eq!(checked_name("web").unwrap(), "web");
        assert_eq!(checked_name("/web").unwrap(), "web");
        for bad in ["", "/", "..", "/..", "//web", "web/", "a/b"] {
            let error = checked_name(bad).unwrap_err();
            assert!(error.is_invalid_input(), "{bad:?}");
            assert!(error.to_string().contains("of a container"), "{error}");
        }
    }
}
