//! Tasks of services: all of them by [`Docker::tasks`], one of them by [`Docker::task`].

mod inspect;
mod list;
mod logs;

pub use inspect::InspectTask;
pub use list::ListTasks;
pub use logs::TaskLogs;

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Call;
use crate::name::{self, compared_by_name};

impl Docker {
    /// The tasks of the swarm that this engine manages.
    pub fn tasks(&self) -> Tasks {
        Tasks {
            docker: self.clone(),
        }
    }

    /// The task with this id, or unambiguous beginning of an id.
    ///
    /// Nothing is asked of the engine until something is done with the task.
    pub fn task(&self, id: impl Into<String>) -> Task {
        Task {
            docker: self.clone(),
            name: id.into(),
        }
    }
}

/// The tasks of a swarm: list what there is.
///
/// See [`Tasks::list`] for an example.
#[derive(Clone, Debug)]
pub struct Tasks {
    docker: Docker,
}

/// One task: one attempt to have one container of a service on one node. Two of these are equal
/// if their ids are.
///
/// See [`Task::logs`] for an example.
///
/// # Dropping
///
/// This is an id and not the task itself: dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Task {
    docker: Docker,
    name: String,
}

compared_by_name!(Task);

impl Task {
    /// The id that stands for the task.
    pub fn id(&self) -> &str {
        &self.name
    }

    /// The id to put into a path, and what is attempted on it.
    fn call(&self, operation: &'static str) -> Result<(Call, &str)> {
        let call = self.docker.call(operation).on(&self.name);
        match name::checked("a task", &self.name) {
            Ok(name) => Ok((call, name)),
            Err(error) => Err(error.during(&call)),
        }
    }
}
