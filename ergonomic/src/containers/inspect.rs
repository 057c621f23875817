//! `docker inspect`, of a container.

use super::Container;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::types::ContainerInspectResponse;

/// A question for all that is known of a container; await it for the answer.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Inspect {
    container: Container,
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
    pub fn inspect(&self) -> Inspect {
        Inspect {
            container: self.clone(),
        }
    }
}

impl Inspect {
    async fn send(self) -> Result<ContainerInspectResponse> {
        let (call, name) = self.container.call("inspect container")?;
        let docker = &self.container.docker;
        let params = Default::default();
        let request = docker.raw().container_inspect(name, &params);
        operation::document(docker, &call, request).await
    }
}

awaited!(Inspect => ContainerInspectResponse);
