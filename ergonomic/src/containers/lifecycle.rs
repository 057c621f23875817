//! Starting, stopping, killing and removing a container.

use std::time::Duration;

use super::Container;
use crate::answer::{Result, awaited};
use crate::error::Error;
use crate::operation;
use crate::raw::{
    ContainerDeleteParams, ContainerKillParams, ContainerStartParams, ContainerStopParams,
};

impl Container {
    /// Starts this container. Awaiting gives whether that was needed: `false` if it ran already.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such container. A command that cannot
    /// be started is an error with the status that the engine chose.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.container("web").start().await?;
    /// # Ok(()) }
    /// ```
    pub fn start(&self) -> Start {
        Start {
            container: self.clone(),
            params: Default::default(),
        }
    }

    /// Stops this container: asks it to end, and kills it if it does not end in time. Awaiting
    /// gives whether that was needed: `false` if it did not run.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such container.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.container("web").stop().grace(Duration::from_secs(30)).await?;
    /// # Ok(()) }
    /// ```
    pub fn stop(&self) -> Stop {
        Stop {
            container: self.clone(),
            params: Default::default(),
        }
    }

    /// Sends a signal to the first process of this container: `SIGKILL`, if no other is named.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such container, and
    /// [`is_conflict`](Error::is_conflict) if it does not run.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.container("web").kill().signal("SIGHUP").await?;
    /// # Ok(()) }
    /// ```
    pub fn kill(&self) -> Kill {
        Kill {
            container: self.clone(),
            params: Default::default(),
        }
    }

    /// Removes this container. A removal that the engine has begun already, by itself or for
    /// someone else, is awaited and counts as done.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such container (unless it was created
    /// through this handle to remove itself), and [`is_conflict`](Error::is_conflict) if it runs
    /// and [`force`](Remove::force) is not set.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.container("web").remove().force(true).await?;
    /// # Ok(()) }
    /// ```
    pub fn remove(&self) -> Remove {
        Remove {
            container: self.clone(),
            params: Default::default(),
        }
    }

    /// Takes back a container that could not be started; the failure to start is the news.
    pub(crate) async fn discard(&self) {
        let _ = self.remove().force(true).volumes(true).await;
    }
}

/// A start of a container; await it.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Start {
    container: Container,
    params: ContainerStartParams,
}

impl Start {
    async fn send(self) -> Result<bool> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("start container")?;
        let request = docker.raw().container_start(name, &self.params);
        operation::changed(docker, &call, request).await
    }
}

awaited!(Start => bool);

/// A stop of a container; await it.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Stop {
    container: Container,
    params: ContainerStopParams,
}

impl Stop {
    /// How long the container may take to end before it is killed, to the second; what it was
    /// created with, or 10 s, if not set.
    pub fn grace(mut self, grace: Duration) -> Self {
        let seconds = grace.as_secs() + u64::from(grace.subsec_nanos() > 0);
        self.params.t = Some(seconds.try_into().unwrap_or(i64::MAX));
        self
    }

    /// The signal that asks the container to end, such as `SIGINT`.
    ///
    /// # API version
    ///
    /// Since 1.42.
    pub fn signal(mut self, signal: impl Into<String>) -> Self {
        self.params.signal = Some(signal.into());
        self
    }

    async fn send(self) -> Result<bool> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("stop container")?;
        docker.allows(&call, &self.params)?;
        let request = docker.raw().container_stop(name, &self.params);
        operation::changed(docker, &call, request).await
    }
}

awaited!(Stop => bool);

/// A signal for a container; await it.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Kill {
    container: Container,
    params: ContainerKillParams,
}

impl Kill {
    /// The signal, by name or by number.
    pub fn signal(mut self, signal: impl Into<String>) -> Self {
        self.params.signal = Some(signal.into());
        self
    }

    async fn send(self) -> Result<()> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("kill container")?;
        let request = docker.raw().container_kill(name, &self.params);
        operation::answered(docker, &call, request).await.map(drop)
    }
}

awaited!(Kill => ());

/// A removal of a container; await it.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Remove {
    container: Container,
    params: ContainerDeleteParams,
}

impl Remove {
    /// Whether to kill the container if it runs.
    pub fn force(mut self, force: bool) -> Self {
        self.params.force = Some(force);
        self
    }

    /// Whether to remove the volumes without a name that were made for it, too.
    pub fn volumes(mut self, volumes: bool) -> Self {
        self.params.v = Some(volumes);
        self
    }

    async fn send(self) -> Result<()> {
        match self.attempt().await {
            Err(error) if error.is_not_found() && self.container.removes_itself() => Ok(()),
            Err(error) if error.is_conflict() => self.settle(error).await,
            outcome => outcome,
        }
    }

    async fn attempt(&self) -> Result<()> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("remove container")?;
        let request = docker.raw().container_delete(name, &self.params);
        operation::answered(docker, &call, request).await.map(drop)
    }

    /// Awaits a removal that the engine has begun already, or else gives back the `conflict`.
    ///
    /// The engine is asked again and again, since one that is removing a container tells nobody
    /// whether it came to an end: it may also fail.
    async fn settle(&self, mut conflict: Error) -> Result<()> {
        if self.params.force != Some(true) && self.is_running().await {
            return Err(conflict);
        }
        for pause in [20, 50, 100, 200, 500, 1000, 2000, 5000] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            match self.attempt().await {
                Err(error) if error.is_not_found() => return Ok(()),
                Err(error) if error.is_conflict() => conflict = error,
                outcome => return outcome,
            }
        }
        Err(conflict)
    }

    /// Whether the container is known to run, and so to be no one's to remove.
    async fn is_running(&self) -> bool {
        let container = self.container.inspect().await.ok();
        let state = container.and_then(|container| container.state);
        state.is_some_and(|state| state.running == Some(true))
    }
}

awaited!(Remove => ());
