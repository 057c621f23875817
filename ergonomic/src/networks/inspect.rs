//! `docker network inspect`.

use super::Network;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::NetworkInspectParams;
use crate::raw::types::NetworkInspect;

/// A question for all that is known of a network; await it for the answer.
///
/// See [`Network::inspect`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InspectNetwork {
    network: Network,
    params: NetworkInspectParams,
}

impl Network {
    /// All that the engine knows of this network, such as who is connected to it.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such network.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for endpoint in docker.network("back").inspect().await?.containers.values() {
    ///     println!("{:?} {:?}", endpoint.name, endpoint.ipv4_address);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn inspect(&self) -> InspectNetwork {
        InspectNetwork {
            network: self.clone(),
            params: Default::default(),
        }
    }
}

impl InspectNetwork {
    /// Whether to ask the whole swarm for the services and tasks on the network.
    ///
    /// # API version
    ///
    /// Since 1.28.
    pub fn verbose(mut self, verbose: bool) -> Self {
        self.params.verbose = Some(verbose);
        self
    }

    /// Only a network that is there: `local`, `swarm` or `global`.
    ///
    /// # API version
    ///
    /// Since 1.31.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.params.scope = Some(scope.into());
        self
    }

    async fn send(self) -> Result<NetworkInspect> {
        let (call, name) = self.network.call("inspect network")?;
        let docker = &self.network.docker;
        docker.allows(&call, &self.params)?;
        let request = docker.raw().network_inspect(name, &self.params);
        operation::document(&call, request).await
    }
}

awaited!(InspectNetwork => NetworkInspect);
