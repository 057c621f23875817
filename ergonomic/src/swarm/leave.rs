//! `docker swarm leave`.

use super::Swarm;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::operation;
use crate::raw::SwarmLeaveParams;

/// A swarm to leave; await it.
///
/// See [`Swarm::leave`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct LeaveSwarm {
    docker: Docker,
    params: SwarmLeaveParams,
}

impl Swarm {
    /// Takes this engine out of its swarm. Its containers that belong to the swarm end.
    ///
    /// To the other nodes it is down from then on, until a manager
    /// [removes](crate::Node::remove) it.
    ///
    /// # Errors
    ///
    /// If the engine is in no swarm (503), or is a manager and [`force`](LeaveSwarm::force) is
    /// not set.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.swarm().leave().await?;
    /// # Ok(()) }
    /// ```
    pub fn leave(&self) -> LeaveSwarm {
        LeaveSwarm {
            docker: self.docker.clone(),
            params: Default::default(),
        }
    }
}

impl LeaveSwarm {
    /// Whether to leave even as a manager. With the last manager, the swarm is gone.
    pub fn force(mut self, force: bool) -> Self {
        self.params.force = Some(force);
        self
    }

    async fn send(self) -> Result<()> {
        let call = self.docker.call("leave swarm");
        let request = self.docker.raw().swarm_leave(&self.params);
        operation::answered(&call, request).await?;
        Ok(())
    }
}

awaited!(LeaveSwarm => ());
