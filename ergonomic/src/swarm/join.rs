//! `docker swarm join`.

use super::Swarm;
use super::init::LISTEN_ADDR;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::operation;
use crate::raw::types::SwarmJoinBody;

/// A swarm to join; await it. The token does not show in `Debug`.
///
/// See [`Swarm::join`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct JoinSwarm {
    docker: Docker,
    body: SwarmJoinBody,
}

impl Swarm {
    /// Makes this engine a node of the swarm that the manager at `remote` (such as
    /// `192.168.0.10:2377`) belongs to: a worker or a manager, as the [token](Swarm::join_token)
    /// says.
    ///
    /// # Errors
    ///
    /// If the engine is in a swarm already (503), if the manager does not answer, or if the token
    /// is not one of that swarm's.
    ///
    /// # Dropping
    ///
    /// An engine that has begun to join goes on with it.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use dockwright::{Docker, NodeRole};
    ///
    /// # async fn example(manager: Docker, worker: Docker) -> dockwright::Result<()> {
    /// let token = manager.swarm().join_token(NodeRole::Worker).await?;
    /// worker.swarm().join("192.168.0.10:2377", token).await?;
    /// # Ok(()) }
    /// ```
    pub fn join(&self, remote: impl Into<String>, token: impl Into<String>) -> JoinSwarm {
        JoinSwarm {
            docker: self.docker.clone(),
            body: SwarmJoinBody {
                join_token: Some(token.into()),
                listen_addr: Some(LISTEN_ADDR.to_owned()),
                remote_addrs: vec![remote.into()],
                ..Default::default()
            },
        }
    }
}

impl JoinSwarm {
    /// Another manager to ask, should the first not answer.
    pub fn remote(mut self, address: impl Into<String>) -> Self {
        self.body.remote_addrs.push(address.into());
        self
    }

    /// Where the other nodes reach this one: an address or a network interface, with a port or
    /// without. The engine finds it by itself if it has but one.
    pub fn advertise(mut self, address: impl Into<String>) -> Self {
        self.body.advertise_addr = Some(address.into());
        self
    }

    /// Where this node listens for the others, should it become a manager; `0.0.0.0:2377` if not
    /// set.
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        self.body.listen_addr = Some(address.into());
        self
    }

    /// Where the traffic of containers is to go, if not to the advertised address.
    ///
    /// # API version
    ///
    /// Since 1.30.
    pub fn data_path(mut self, address: impl Into<String>) -> Self {
        self.body.data_path_addr = Some(address.into());
        self
    }

    /// Edits what is sent, for all that there is no word for here.
    pub fn body(mut self, edit: impl FnOnce(&mut SwarmJoinBody)) -> Self {
        edit(&mut self.body);
        self
    }

    async fn send(self) -> Result<()> {
        let call = self.docker.call("join swarm");
        self.docker.allows_body(&call, &self.body)?;
        let request = self.docker.raw().swarm_join(&self.body);
        operation::answered(&call, request).await?;
        Ok(())
    }
}

awaited!(JoinSwarm => ());
