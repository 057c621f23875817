//! All that a manager knows of its swarm.

use super::Swarm;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::operation;
use crate::raw::types;

/// A question for all that is known of a swarm; await it for the answer.
///
/// See [`Swarm::inspect`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InspectSwarm {
    docker: Docker,
}

impl Swarm {
    /// All that the engine knows of its swarm, the tokens to join it included.
    ///
    /// # Errors
    ///
    /// If the engine is no manager of a swarm (503).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let swarm = docker.swarm().inspect().await?;
    /// println!("{:?} since {:?}", swarm.id, swarm.created_at);
    /// # Ok(()) }
    /// ```
    pub fn inspect(&self) -> InspectSwarm {
        InspectSwarm {
            docker: self.docker.clone(),
        }
    }
}

impl InspectSwarm {
    async fn send(self) -> Result<types::Swarm> {
        let call = self.docker.call("inspect swarm");
        let request = self.docker.raw().swarm_inspect();
        operation::document(&call, request).await
    }
}

awaited!(InspectSwarm => types::Swarm);
