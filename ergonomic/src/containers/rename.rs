//! `docker rename`.

use super::{Container, checked_name};
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::ContainerRenameParams;

/// A new name for a container; await it for the container by that name.
///
/// See [`Container::rename`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct RenameContainer {
    container: Container,
    params: ContainerRenameParams,
}

impl Container {
    /// Gives this container another name. Awaiting gives the handle with that name.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container, and
    /// [`is_conflict`](crate::Error::is_conflict) if the name is taken.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let old = docker.container("web").rename("web-old").await?;
    /// # Ok(()) }
    /// ```
    pub fn rename(&self, name: impl Into<String>) -> RenameContainer {
        RenameContainer {
            container: self.clone(),
            params: ContainerRenameParams { name: name.into() },
        }
    }
}

impl RenameContainer {
    async fn send(self) -> Result<Container> {
        let Self { container, params } = self;
        let (call, name) = container.call("rename container")?;
        checked_name(&params.name).map_err(|error| error.during(&call))?;
        let request = container.docker.raw().container_rename(name, &params);
        operation::answered(&call, request).await?;
        Ok(Container {
            name: params.name,
            ..container
        })
    }
}

awaited!(RenameContainer => Container);
