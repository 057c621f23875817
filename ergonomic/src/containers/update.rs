//! `docker update`.

use super::settings::limits;
use super::{Container, RestartPolicy};
use crate::answer::{Result, awaited};
use crate::error::Error;
use crate::operation;
use crate::raw::types::ContainerUpdateBody;

/// New limits for a container; await it for what the engine warns of.
///
/// See [`Container::update`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct UpdateContainer {
    container: Container,
    body: ContainerUpdateBody,
    /// What is wrong with what was set.
    problem: Option<String>,
}

impl Container {
    /// Changes the limits of this container, and whether it is restarted, while it runs or not.
    /// Awaiting gives what the engine warns of.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such container.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use dockwright::RestartPolicy;
    ///
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let web = docker.container("web");
    /// web.update().memory(512 << 20).cpus(1.5).restart(RestartPolicy::Always).await?;
    /// # Ok(()) }
    /// ```
    pub fn update(&self) -> UpdateContainer {
        UpdateContainer {
            container: self.clone(),
            body: Default::default(),
            problem: None,
        }
    }
}

limits!(UpdateContainer);

impl UpdateContainer {
    /// Whether the engine starts the container again when it ends.
    pub fn restart(mut self, policy: RestartPolicy) -> Self {
        self.body.restart_policy = Some(policy.into_raw());
        self
    }

    /// Changes whatever else the engine can be asked for, in the terms of the API.
    pub fn body(mut self, change: impl FnOnce(&mut ContainerUpdateBody)) -> Self {
        change(&mut self.body);
        self
    }

    fn limits(&mut self) -> &mut ContainerUpdateBody {
        &mut self.body
    }

    fn problem(&mut self, reason: String) {
        self.problem.get_or_insert(reason);
    }

    async fn send(self) -> Result<Vec<String>> {
        let (call, name) = self.container.call("update container")?;
        if let Some(reason) = self.problem {
            return Err(Error::invalid(reason).during(&call));
        }
        let docker = &self.container.docker;
        docker.allows_body(&call, &self.body)?;
        let request = docker.raw().container_update(name, &self.body);
        Ok(operation::document(&call, request).await?.warnings)
    }
}

awaited!(UpdateContainer => Vec<String>);
