//! All that a manager knows of a task.

use super::Task;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::types;

/// A question for all that is known of a task; await it for the answer.
///
/// See [`Task::inspect`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InspectTask {
    task: Task,
}

impl Task {
    /// All that the managers know of this task.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such task.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let task = docker.task("0kb5v8s1qx").inspect().await?;
    /// println!("{:?}", task.status);
    /// # Ok(()) }
    /// ```
    pub fn inspect(&self) -> InspectTask {
        InspectTask { task: self.clone() }
    }
}

impl InspectTask {
    async fn send(self) -> Result<types::Task> {
        let (call, id) = self.task.call("inspect task")?;
        let docker = &self.task.docker;
        let request = docker.raw().task_inspect(id);
        operation::document(&call, request).await
    }
}

awaited!(InspectTask => types::Task);
