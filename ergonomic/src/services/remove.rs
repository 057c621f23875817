//! `docker service rm`.

use super::Service;
use crate::answer::{Result, awaited};
use crate::operation;

/// A removal of a service; await it.
///
/// See [`Service::remove`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct RemoveService {
    service: Service,
}

impl Service {
    /// Removes this service. Its containers end after that.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such service.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.service("web").remove().await?;
    /// # Ok(()) }
    /// ```
    pub fn remove(&self) -> RemoveService {
        RemoveService {
            service: self.clone(),
        }
    }
}

impl RemoveService {
    async fn send(self) -> Result<()> {
        let (call, name) = self.service.call("remove service")?;
        let docker = &self.service.docker;
        let request = docker.raw().service_delete(name);
        operation::answered(&call, request).await?;
        Ok(())
    }
}

awaited!(RemoveService => ());
