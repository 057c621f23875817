//! `docker inspect`, of a container.

use super::Container;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::ContainerInspectParams;
use crate::raw::types::ContainerInspectResponse;

/// A question for all that is known of a container; await it for the answer.
///
/// See [`Container::inspect`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InspectContainer {
    container: Container,
    params: ContainerInspectParams,
}

impl Container {
    /// All that the engine knows of this container.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let web = docker.container("web").inspect().await?;
    /// println!("{:?}", web.name);
    /// # Ok(()) }
    /// ```
    pub fn inspect(&self) -> InspectContainer {
        InspectContainer {
            container: self.clone(),
            params: Default::default(),
        }
    }
}

impl InspectContainer {
    /// Whether to have the sizes of its file system, which take the engine a while.
    pub fn size(mut self, size: bool) -> Self {
        self.params.size = Some(size);
        self
    }

    async fn send(self) -> Result<ContainerInspectResponse> {
        let (call, name) = self.container.call("inspect container")?;
        let docker = &self.container.docker;
        let request = docker.raw().container_inspect(name, &self.params);
        operation::document(&call, request).await
    }
}

awaited!(InspectContainer => ContainerInspectResponse);
