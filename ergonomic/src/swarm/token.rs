//! `docker swarm join-token`.

use super::{NodeRole, Swarm, UpdateSwarm};
use crate::answer::{Result, awaited};
use crate::error::Error;

/// A question for what new nodes join with; await it for the token.
///
/// See [`Swarm::join_token`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct JoinToken {
    swarm: Swarm,
    role: NodeRole,
    rotate: bool,
}

impl Swarm {
    /// What an engine needs to [join](Swarm::join) this swarm as a worker, or as a manager.
    ///
    /// # Errors
    ///
    /// If the engine is no manager of a swarm (503).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use dockwright::NodeRole;
    ///
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let token = docker.swarm().join_token(NodeRole::Worker).await?;
    /// # Ok(()) }
    /// ```
    pub fn join_token(&self, role: NodeRole) -> JoinToken {
        JoinToken {
            swarm: self.clone(),
            role,
            rotate: false,
        }
    }
}

impl JoinToken {
    /// Has a new token made first; nobody can join with the old one then.
    pub fn rotate(mut self) -> Self {
        self.rotate = true;
        self
    }

    async fn send(self) -> Result<String> {
        let docker = &self.swarm.docker;
        let call = docker.call("read join token of swarm");
        let manager = match self.role {
            NodeRole::Worker => false,
            NodeRole::Manager => true,
            role => {
                let reason = format!("there are no nodes that are a `{role}`");
                return Err(Error::invalid(reason).during(&call));
            }
        };
        if self.rotate {
            UpdateSwarm::rotating(docker, move |params| match manager {
                true => params.rotate_manager_token = Some(true),
                false => params.rotate_worker_token = Some(true),
            })
            .await?;
        }
        let tokens = self.swarm.inspect().await?.join_tokens.unwrap_or_default();
        let token = match manager {
            true => tokens.manager,
            false => tokens.worker,
        };
        let token = token.filter(|token| !token.is_empty());
        token.ok_or_else(|| Error::decode("the engine gave no token").during(&call))
    }
}

awaited!(JoinToken => String);
