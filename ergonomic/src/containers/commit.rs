//! `docker commit`.

use std::fmt;

use super::Container;
use crate::answer::{Result, awaited};
use crate::error::Error;
use crate::images::{Image, Parts};
use crate::operation;
use crate::raw::ImageCommitParams;
use crate::raw::types::ContainerConfig;

/// An image to make of a container; await it for the image. What is changed may be secret, and does
/// not show in `Debug`.
///
/// See [`Container::commit`] for an example.
#[derive(Clone)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Commit {
    container: Container,
    reference: Option<String>,
    params: ImageCommitParams,
    config: ContainerConfig,
}

impl Container {
    /// Makes an image of this container's file system as it is now. Volumes are no part of it.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such container.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let image = docker.container("web").commit().tag("web:patched").message("new index").await?;
    /// # Ok(()) }
    /// ```
    pub fn commit(&self) -> Commit {
        Commit {
            container: self.clone(),
            reference: None,
            params: Default::default(),
            config: Default::default(),
        }
    }
}

impl Commit {
    /// The image's name, such as `app:1.0`; it has none, if not set.
    pub fn tag(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Who made it, such as `A. Person <person@example.com>`.
    pub fn author(mut self, author: impl Into<String>) -> Self {
        self.params.author = Some(author.into());
        self
    }

    /// What it was made for.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.params.comment = Some(message.into());
        self
    }

    /// Whether the container's processes wait meanwhile; `true` if not set.
    pub fn pause(mut self, pause: bool) -> Self {
        self.params.pause = Some(pause);
        self
    }

    /// An instruction of a Dockerfile to apply to the image, such as `CMD ["serve"]`.
    pub fn change(mut self, instruction: impl Into<String>) -> Self {
        self.params.changes.push(instruction.into());
        self
    }

    /// Changes how containers of the image run, in the terms of the API.
    pub fn body(mut self, change: impl FnOnce(&mut ContainerConfig)) -> Self {
        change(&mut self.config);
        self
    }

    async fn send(mut self) -> Result<Image> {
        let (call, name) = self.container.call("commit container")?;
        if let Some(reference) = &self.reference {
            let parts = Parts::of_new(reference).map_err(|error| error.during(&call))?;
            self.params.repo = Some(parts.name.to_owned());
            self.params.tag = parts.tag.map(str::to_owned);
        }
        self.params.container = Some(name.to_owned());
        let docker = &self.container.docker;
        docker.allows(&call, &self.params)?;
        docker.allows_body(&call, &self.config)?;
        let request = docker.raw().image_commit(&self.params, &self.config);
        let id = operation::document(&call, request).await?.id;
        match id.filter(|id| !id.is_empty()) {
            Some(id) => Ok(docker.image(id)),
            None => Err(Error::decode("the engine gave no id").during(&call)),
        }
    }
}

awaited!(Commit => Image);

impl fmt::Debug for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Commit")
            .field("container", &self.container.name_or_id())
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}
