//! `docker network rm`.

use super::Network;
use crate::answer::{Result, awaited};
use crate::operation;

/// A removal of a network; await it.
///
/// See [`Network::remove`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct RemoveNetwork {
    network: Network,
}

impl Network {
    /// Removes this network.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such network. One that
    /// containers are connected to is not removed: Docker answers 403, and Podman 500. But if it is
    /// named by its id, Podman 5 takes it away from under them.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.network("back").remove().await?;
    /// # Ok(()) }
    /// ```
    pub fn remove(&self) -> RemoveNetwork {
        RemoveNetwork {
            network: self.clone(),
        }
    }
}

impl RemoveNetwork {
    async fn send(self) -> Result<()> {
        let docker = &self.network.docker;
        let (call, name) = self.network.call("remove network")?;
        let request = docker.raw().network_delete(name);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(RemoveNetwork => ());
