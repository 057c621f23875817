//! Starting, stopping, restarting, pausing and killing a container.

use std::time::Duration;

use super::{Container, whole_seconds};
use crate::answer::{Result, awaited};
use crate::name;
use crate::operation;
use crate::raw::{
    ContainerKillParams, ContainerRestartParams, ContainerStartParams, ContainerStopParams,
};

impl Container {
    /// Starts this container. Awaiting gives whether that was needed: `false` if it ran already.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container. A command that cannot
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
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container.
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

    /// Stops this container if it runs, as [`stop`](Container::stop) does, and starts it.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.container("web").restart().await?;
    /// # Ok(()) }
    /// ```
    pub fn restart(&self) -> Restart {
        Restart {
            container: self.clone(),
            params: Default::default(),
        }
    }

    /// Lets no process of this container go on until [`unpause`](Container::unpause).
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container, and
    /// [`is_conflict`](crate::Error::is_conflict) if it does not run, or is paused already. Podman
    /// answers 500 in both cases.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.container("web").pause().await?;
    /// # Ok(()) }
    /// ```
    pub fn pause(&self) -> Pause {
        Pause {
            container: self.clone(),
        }
    }

    /// Lets the processes of this container go on after a [`pause`](Container::pause).
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container. One that is not
    /// paused is an error with status 500.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.container("web").unpause().await?;
    /// # Ok(()) }
    /// ```
    pub fn unpause(&self) -> Unpause {
        Unpause {
            container: self.clone(),
        }
    }

    /// Sends a signal to the first process of this container: `SIGKILL`, if no other is named.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container, and
    /// [`is_conflict`](crate::Error::is_conflict) if it does not run.
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
}

/// A start of a container; await it.
///
/// See [`Container::start`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Start {
    container: Container,
    params: ContainerStartParams,
}

impl Start {
    /// Goes on from a [checkpoint](Container::checkpoint) of this name.
    pub fn checkpoint(mut self, name: impl Into<String>) -> Self {
        self.params.checkpoint = Some(name.into());
        self
    }

    /// The folder that the checkpoint is in, at the engine's host; the engine's own, if not set.
    pub fn checkpoint_dir(mut self, path: impl Into<String>) -> Self {
        self.params.checkpoint_dir = Some(path.into());
        self
    }

    async fn send(self) -> Result<bool> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("start container")?;
        if let Some(checkpoint) = &self.params.checkpoint {
            name::checked("a checkpoint", checkpoint).map_err(|error| error.during(&call))?;
        }
        let request = docker.raw().container_start(name, &self.params);
        operation::changed(&call, request).await
    }
}

awaited!(Start => bool);

/// A stop of a container; await it.
///
/// See [`Container::stop`] for an example.
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
        self.params.t = Some(whole_seconds(grace));
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
        operation::changed(&call, request).await
    }
}

awaited!(Stop => bool);

/// A restart of a container; await it.
///
/// See [`Container::restart`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Restart {
    container: Container,
    params: ContainerRestartParams,
}

impl Restart {
    /// How long the container may take to end before it is killed, to the second; what it was
    /// created with, or 10 s, if not set.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.params.t = Some(whole_seconds(grace));
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

    async fn send(self) -> Result<()> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("restart container")?;
        docker.allows(&call, &self.params)?;
        let request = docker.raw().container_restart(name, &self.params);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(Restart => ());

/// A pause of a container; await it.
///
/// See [`Container::pause`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Pause {
    container: Container,
}

impl Pause {
    async fn send(self) -> Result<()> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("pause container")?;
        let request = docker.raw().container_pause(name);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(Pause => ());

/// The end of a pause of a container; await it.
///
/// See [`Container::unpause`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Unpause {
    container: Container,
}

impl Unpause {
    async fn send(self) -> Result<()> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("unpause container")?;
        let request = docker.raw().container_unpause(name);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(Unpause => ());

/// A signal for a container; await it.
///
/// See [`Container::kill`] for an example.
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
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(Kill => ());
