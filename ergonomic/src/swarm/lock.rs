//! `docker swarm unlock` and `docker swarm unlock-key`.

use std::fmt;

use super::{Swarm, UpdateSwarm};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::operation;
use crate::raw::types::SwarmUnlockBody;

impl Swarm {
    /// The key that locked managers of this swarm are unlocked with; empty if they do not
    /// [lock](crate::InitSwarm::autolock).
    ///
    /// # Errors
    ///
    /// If the engine is no manager of a swarm (503).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let key = docker.swarm().unlock_key().await?;
    /// # Ok(()) }
    /// ```
    pub fn unlock_key(&self) -> UnlockKey {
        UnlockKey {
            swarm: self.clone(),
            rotate: false,
        }
    }

    /// Unlocks this manager, which is locked since it was restarted.
    ///
    /// # Errors
    ///
    /// If the key is wrong, and [`is_conflict`](crate::Error::is_conflict) if the manager is not
    /// locked.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker, key: String) -> dockwright::Result<()> {
    /// docker.swarm().unlock(key).await?;
    /// # Ok(()) }
    /// ```
    pub fn unlock(&self, key: impl Into<String>) -> UnlockSwarm {
        UnlockSwarm {
            docker: self.docker.clone(),
            key: key.into(),
        }
    }
}

/// A question for the key of locked managers; await it for the key.
///
/// See [`Swarm::unlock_key`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct UnlockKey {
    swarm: Swarm,
    rotate: bool,
}

impl UnlockKey {
    /// Has a new key made first. Managers that are down may still want the old one.
    pub fn rotate(mut self) -> Self {
        self.rotate = true;
        self
    }

    async fn send(self) -> Result<String> {
        let docker = &self.swarm.docker;
        if self.rotate {
            UpdateSwarm::rotating(docker, |params| {
                params.rotate_manager_unlock_key = Some(true)
            })
            .await?;
        }
        let call = docker.call("read unlock key of swarm");
        let request = docker.raw().swarm_unlockkey();
        let answer = operation::document(&call, request).await?;
        Ok(answer.unlock_key.unwrap_or_default())
    }
}

awaited!(UnlockKey => String);

/// A manager to unlock; await it. The key does not show in `Debug`.
///
/// See [`Swarm::unlock`] for an example.
#[derive(Clone)]
#[must_use = "nothing is sent until this is awaited"]
pub struct UnlockSwarm {
    docker: Docker,
    key: String,
}

impl UnlockSwarm {
    async fn send(self) -> Result<()> {
        let call = self.docker.call("unlock swarm");
        let body = SwarmUnlockBody {
            unlock_key: Some(self.key),
            ..Default::default()
        };
        let request = self.docker.raw().swarm_unlock(&body);
        operation::answered(&call, request).await?;
        Ok(())
    }
}

awaited!(UnlockSwarm => ());

impl fmt::Debug for UnlockSwarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnlockSwarm")
    }
}
