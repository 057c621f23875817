//! `docker rm`.

use std::time::Duration;

use super::Container;
use crate::answer::{Result, awaited};
use crate::error::Error;
use crate::operation;
use crate::raw::ContainerDeleteParams;

impl Container {
    /// Removes this container. A removal that the engine has begun already, by itself or for
    /// someone else, is awaited and counts as done.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such container (unless it was created
    /// through this handle to remove itself), and [`is_conflict`](Error::is_conflict) if it runs
    /// and [`force`](RemoveContainer::force) is not set.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.container("web").remove().force(true).await?;
    /// # Ok(()) }
    /// ```
    pub fn remove(&self) -> RemoveContainer {
        RemoveContainer {
            container: self.clone(),
            params: Default::default(),
        }
    }
}

/// A removal of a container; await it.
///
/// See [`Container::remove`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct RemoveContainer {
    container: Container,
    params: ContainerDeleteParams,
}

impl RemoveContainer {
    /// Whether to kill the container if it runs.
    pub fn force(mut self, force: bool) -> Self {
        self.params.force = Some(force);
        self
    }

    /// Whether to remove the volumes without a name that were made for it, too.
    pub fn volumes(mut self, volumes: bool) -> Self {
        self.params.v = Some(volumes);
        self
    }

    async fn send(self) -> Result<()> {
        match self.attempt().await {
            Err(error) if error.is_not_found() && self.container.removes_itself() => Ok(()),
            Err(error) if error.is_conflict() => self.settle(error).await,
            outcome => outcome,
        }
    }

    async fn attempt(&self) -> Result<()> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("remove container")?;
        let request = docker.raw().container_delete(name, &self.params);
        operation::answered(&call, request).await.map(drop)
    }

    /// Awaits a removal that the engine has begun already, or else gives back the `conflict`.
    ///
    /// The engine is asked again and again, since one that is removing a container tells nobody
    /// whether it came to an end: it may also fail.
    async fn settle(&self, mut conflict: Error) -> Result<()> {
        if self.params.force != Some(true) && self.is_running().await {
            return Err(conflict);
        }
        for pause in [20, 50, 100, 200, 500, 1000, 2000, 5000] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            match self.attempt().await {
                Err(error) if error.is_not_found() => return Ok(()),
                Err(error) if error.is_conflict() => conflict = error,
                outcome => return outcome,
            }
        }
        Err(conflict)
    }

    /// Whether the container is known to run, and so to be no one's to remove.
    async fn is_running(&self) -> bool {
        let container = self.container.inspect().await.ok();
        let state = container.and_then(|container| container.state);
        state.is_some_and(|state| state.running == Some(true))
    }
}

awaited!(RemoveContainer => ());
