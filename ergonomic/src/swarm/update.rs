//! `docker swarm update`.

use std::time::Duration;

use super::Swarm;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::operation;
use crate::raw::SwarmUpdateParams;
use crate::raw::types::SwarmSpec;
use crate::update::{self, Changes, nanoseconds};

/// Changes to a swarm; await them.
///
/// See [`Swarm::update`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct UpdateSwarm {
    docker: Docker,
    params: SwarmUpdateParams,
    changes: Changes<SwarmSpec>,
}

impl Swarm {
    /// Changes settings of this swarm. All others stay, those that this crate does not know
    /// included; a change that someone else makes at the same time is not lost.
    ///
    /// # Errors
    ///
    /// If the engine is no manager of a swarm (503).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.swarm().update().autolock(true).task_history_limit(2).await?;
    /// # Ok(()) }
    /// ```
    pub fn update(&self) -> UpdateSwarm {
        UpdateSwarm::new(&self.docker)
    }
}

impl UpdateSwarm {
    fn new(docker: &Docker) -> Self {
        Self {
            docker: docker.clone(),
            params: Default::default(),
            changes: Default::default(),
        }
    }

    /// An update that changes nothing, but has keys or tokens made anew.
    pub(super) fn rotating(docker: &Docker, rotate: impl FnOnce(&mut SwarmUpdateParams)) -> Self {
        let mut update = Self::new(docker);
        rotate(&mut update.params);
        update
    }

    /// Whether managers lock when they restart, until they are [unlocked](Swarm::unlock).
    pub fn autolock(self, autolock: bool) -> Self {
        self.spec(move |spec| {
            let encryption = spec.encryption_config.get_or_insert_default();
            encryption.auto_lock_managers = Some(autolock);
        })
    }

    /// How many ended tasks are kept for each instance of a service.
    pub fn task_history_limit(self, tasks: u32) -> Self {
        self.spec(move |spec| {
            let orchestration = spec.orchestration.get_or_insert_default();
            orchestration.task_history_retention_limit = Some(tasks.into());
        })
    }

    /// How long certificates of nodes are good; an hour at least.
    pub fn cert_expiry(self, expiry: Duration) -> Self {
        self.spec(move |spec| {
            let ca = spec.ca_config.get_or_insert_default();
            ca.node_cert_expiry = Some(nanoseconds(expiry));
        })
    }

    /// How often nodes tell managers that they are there.
    pub fn dispatcher_heartbeat(self, period: Duration) -> Self {
        self.spec(move |spec| {
            let dispatcher = spec.dispatcher.get_or_insert_default();
            dispatcher.heartbeat_period = Some(nanoseconds(period));
        })
    }

    /// Sets a label.
    pub fn label(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let (key, value) = (key.into(), value.into());
        self.spec(move |spec| {
            spec.labels.insert(key.clone(), value.clone());
        })
    }

    /// Takes a label away.
    pub fn remove_label(self, key: impl Into<String>) -> Self {
        let key = key.into();
        self.spec(move |spec| {
            spec.labels.remove(&key);
        })
    }

    /// Makes any other change. It is made again, to what was read again, if someone else changes
    /// the swarm meanwhile.
    pub fn spec(mut self, change: impl Fn(&mut SwarmSpec) + Send + Sync + 'static) -> Self {
        self.changes.add(change);
        self
    }

    async fn send(self) -> Result<()> {
        update::retried(|| self.attempt()).await
    }

    async fn attempt(&self) -> Result<()> {
        let docker = &self.docker;
        let call = docker.call("update swarm");
        let swarm = docker.swarm().inspect().await?;
        let known = update::versioned(swarm.spec, swarm.version);
        let (mut spec, version) = known.map_err(|error| error.during(&call))?;
        let read = spec.clone();
        self.changes.apply(&mut spec)?;
        docker.allows_changes(&call, &read, &spec)?;
        let params = SwarmUpdateParams {
            version,
            ..self.params.clone()
        };
        let request = docker.raw().swarm_update(&params, &spec);
        operation::answered(&call, request).await?;
        Ok(())
    }
}

awaited!(UpdateSwarm => ());
