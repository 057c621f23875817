//! `docker service ps` and `docker node ps`.

use super::Tasks;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::nodes::Node;
use crate::operation;
use crate::raw::{TaskListParams, types};
use crate::services::Service;

/// A list of tasks to ask for; await it.
///
/// See [`Tasks::list`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ListTasks {
    docker: Docker,
    filters: Filters,
}

impl Tasks {
    /// The tasks of all services, with those that have ended and are not forgotten yet.
    ///
    /// # Errors
    ///
    /// If the engine is no manager of a swarm (503).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for task in docker.tasks().list().service("web").running().await? {
    ///     println!("{:?} at {:?}: {:?}", task.id, task.node_id, task.status);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> ListTasks {
        ListTasks {
            docker: self.docker.clone(),
            filters: Default::default(),
        }
    }
}

impl Service {
    /// The tasks of this service.
    ///
    /// # Errors
    ///
    /// As for [`Tasks::list`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let tasks = docker.service("web").tasks().running().await?;
    /// # Ok(()) }
    /// ```
    pub fn tasks(&self) -> ListTasks {
        self.docker().tasks().list().service(self.name_or_id())
    }
}

impl Node {
    /// The tasks on this node.
    ///
    /// # Errors
    ///
    /// As for [`Tasks::list`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let tasks = docker.node("worker-2").tasks().running().await?;
    /// # Ok(()) }
    /// ```
    pub fn tasks(&self) -> ListTasks {
        self.docker().tasks().list().node(self.name_or_id())
    }
}

impl ListTasks {
    /// Only tasks of this service, by its name or id.
    pub fn service(self, name_or_id: impl Into<String>) -> Self {
        self.filter("service", name_or_id)
    }

    /// Only tasks on this node, by its name or id.
    pub fn node(self, name_or_id: impl Into<String>) -> Self {
        self.filter("node", name_or_id)
    }

    /// Only tasks that are to run, whether they do so already or not.
    pub fn running(self) -> Self {
        self.filter("desired-state", "running")
    }

    /// Only tasks with this label, as `key` or `key=value`.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only those for which this holds, such as `desired-state=shutdown`. Of several values for
    /// one key, one must hold; of several keys, all.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(self) -> Result<Vec<types::Task>> {
        let call = self.docker.call("list tasks");
        let params = TaskListParams {
            filters: self.filters.to_param(),
        };
        let request = self.docker.raw().task_list(&params);
        operation::document(&call, request).await
    }
}

awaited!(ListTasks => Vec<types::Task>);
