//! `docker checkpoint`: the processes of a container, written down to go on later.

use super::Container;
use crate::answer::{Result, awaited};
use crate::error::Call;
use crate::name;
use crate::operation;
use crate::raw::types::CheckpointCreateRequest;
use crate::raw::{CheckpointDeleteParams, CheckpointListParams};

impl Container {
    /// One checkpoint of this container, or one to be made.
    ///
    /// Engines have checkpoints as an experiment: with Docker it must be asked for, and awaiting
    /// is an error that [`is_unsupported`](crate::Error::is_unsupported) where it was not. Podman does
    /// not have them in this API.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let web = docker.container("web");
    /// web.checkpoint("warm").create().await?;
    /// web.start().checkpoint("warm").await?;
    /// # Ok(()) }
    /// ```
    pub fn checkpoint(&self, name: impl Into<String>) -> Checkpoint {
        Checkpoint {
            container: self.clone(),
            name: name.into(),
        }
    }

    /// The names of this container's checkpoints.
    ///
    /// # Errors
    ///
    /// As for [`checkpoint`](Container::checkpoint).
    pub fn checkpoints(&self) -> ListCheckpoints {
        ListCheckpoints {
            container: self.clone(),
            params: Default::default(),
        }
    }
}

/// A checkpoint of a container. It is a name: dropping it changes nothing.
///
/// See [`Container::checkpoint`] for an example.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Checkpoint {
    container: Container,
    name: String,
}

impl Checkpoint {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes the container's processes down, and ends them.
    ///
    /// # Errors
    ///
    /// As for [`checkpoint`](Container::checkpoint).
    pub fn create(&self) -> CreateCheckpoint {
        CreateCheckpoint {
            checkpoint: self.clone(),
            body: CheckpointCreateRequest {
                checkpoint_id: Some(self.name.clone()),
                exit: Some(true),
                ..Default::default()
            },
        }
    }

    /// Removes what was written down.
    ///
    /// # Errors
    ///
    /// As for [`checkpoint`](Container::checkpoint).
    pub fn remove(&self) -> RemoveCheckpoint {
        RemoveCheckpoint {
            checkpoint: self.clone(),
            params: Default::default(),
        }
    }

    fn call(&self, operation: &'static str) -> Result<(Call, &str, &str)> {
        let (call, container) = self.container.call(operation)?;
        match name::checked("a checkpoint", &self.name) {
            Ok(checkpoint) => Ok((call, container, checkpoint)),
            Err(error) => Err(error.during(&call)),
        }
    }
}

/// A checkpoint to be made; await it.
///
/// See [`Container::checkpoint`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct CreateCheckpoint {
    checkpoint: Checkpoint,
    body: CheckpointCreateRequest,
}

impl CreateCheckpoint {
    /// Whether the container goes on.
    pub fn leave_running(mut self, leave: bool) -> Self {
        self.body.exit = Some(!leave);
        self
    }

    /// The folder to put it into, at the engine's host; the engine's own, if not set.
    pub fn dir(mut self, path: impl Into<String>) -> Self {
        self.body.checkpoint_dir = Some(path.into());
        self
    }

    async fn send(self) -> Result<()> {
        let (call, container, _) = self.checkpoint.call("create checkpoint of container")?;
        let docker = self.checkpoint.container.docker();
        let request = docker.raw().checkpoint_create(container, &self.body);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(CreateCheckpoint => ());

/// A removal of a checkpoint; await it.
///
/// See [`Container::checkpoint`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct RemoveCheckpoint {
    checkpoint: Checkpoint,
    params: CheckpointDeleteParams,
}

impl RemoveCheckpoint {
    /// The folder that it is in, at the engine's host; the engine's own, if not set.
    pub fn dir(mut self, path: impl Into<String>) -> Self {
        self.params.dir = Some(path.into());
        self
    }

    async fn send(self) -> Result<()> {
        let (call, container, name) = self.checkpoint.call("remove checkpoint of container")?;
        let docker = self.checkpoint.container.docker();
        let request = docker.raw();
        let request = request.checkpoint_delete(container, name, &self.params);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(RemoveCheckpoint => ());

/// A list of a container's checkpoints to ask for; await it for their names.
///
/// See [`Container::checkpoint`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ListCheckpoints {
    container: Container,
    params: CheckpointListParams,
}

impl ListCheckpoints {
    /// The folder to look in, at the engine's host; the engine's own, if not set.
    pub fn dir(mut self, path: impl Into<String>) -> Self {
        self.params.dir = Some(path.into());
        self
    }

    async fn send(self) -> Result<Vec<String>> {
        let (call, name) = self.container.call("list checkpoints of container")?;
        let docker = self.container.docker();
        let request = docker.raw().checkpoint_list(name, &self.params);
        let checkpoints = operation::document(&call, request).await?;
        let names = checkpoints.into_iter().filter_map(|one| one.name);
        Ok(names.collect())
    }
}

awaited!(ListCheckpoints => Vec<String>);
