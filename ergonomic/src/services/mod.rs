//! Services of a swarm: all of them by [`Docker::services`], one of them by [`Docker::service`].

mod converge;
mod create;
mod file;
mod inspect;
mod list;
mod logs;
mod pin;
mod remove;
mod rollout;
mod settings;
mod spec;
mod update;

use std::sync::Arc;

pub use converge::Converge;
pub use create::CreateService;
pub use file::SwarmFile;
pub use inspect::InspectService;
pub use list::ListServices;
pub use logs::ServiceLogs;
pub(crate) use logs::log_settings;
pub use remove::RemoveService;
pub use rollout::{FailureAction, Order, Rollout};
pub use update::UpdateService;

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Call;
use crate::name::{self, compared_by_name};

/// How the name of a service is resolved: to one address, or to those of all its tasks.
pub use crate::raw::types::EndpointSpecMode as EndpointMode;
/// When a task that has ended is followed by another.
pub use crate::raw::types::TaskSpecRestartPolicyCondition as RestartCondition;

impl Docker {
    /// The services of the swarm that this engine manages.
    pub fn services(&self) -> Services {
        Services {
            docker: self.clone(),
        }
    }

    /// The service with this name, id, or unambiguous beginning of an id.
    ///
    /// Nothing is asked of the engine until something is done with the service.
    pub fn service(&self, name_or_id: impl Into<String>) -> Service {
        Service {
            docker: self.clone(),
            name: name_or_id.into(),
            warnings: Arc::default(),
        }
    }
}

/// The services of a swarm: create new ones, list what there is.
///
/// See [`Services::create`] for an example.
#[derive(Clone, Debug)]
pub struct Services {
    docker: Docker,
}

/// One service. Two of these are equal if their names or ids are.
///
/// See [`Service::update`] for an example.
///
/// # Dropping
///
/// This is a name and not the service itself: dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Service {
    docker: Docker,
    name: String,
    warnings: Arc<[String]>,
}

compared_by_name!(Service);

impl Service {
    /// The name or id that stands for the service: its id if this crate created it.
    pub fn name_or_id(&self) -> &str {
        &self.name
    }

    /// What was warned of when this service was created, if this crate created it.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    pub(crate) fn docker(&self) -> &Docker {
        &self.docker
    }

    /// The name to put into a path, and what is attempted on it.
    fn call(&self, operation: &'static str) -> Result<(Call, &str)> {
        let call = self.docker.call(operation).on(&self.name);
        match name::checked("a service", &self.name) {
            Ok(name) => Ok((call, name)),
            Err(error) => Err(error.during(&call)),
        }
    }
}
