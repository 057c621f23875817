//! `docker rmi`.

use super::Image;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::ImageDeleteParams;
use crate::raw::types::ImageDeleteResponseItem;

/// A removal of an image; await it for what was untagged and deleted.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct RemoveImage {
    image: Image,
    params: ImageDeleteParams,
}

impl Image {
    /// Removes this name of the image, and the image itself with its last name.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such image, and
    /// [`is_conflict`](crate::Error::is_conflict) if a container is made of it.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.image("alpine:3.19").remove().await?;
    /// # Ok(()) }
    /// ```
    pub fn remove(&self) -> RemoveImage {
        RemoveImage {
            image: self.clone(),
            params: Default::default(),
        }
    }
}

impl RemoveImage {
    /// Whether to remove it although containers that do not run are made of it.
    pub fn force(mut self, force: bool) -> Self {
        self.params.force = Some(force);
        self
    }

    /// Whether to keep the images that it was built upon though they have no name.
    pub fn keep_parents(mut self, keep: bool) -> Self {
        self.params.noprune = Some(keep);
        self
    }

    async fn send(self) -> Result<Vec<ImageDeleteResponseItem>> {
        let (call, name) = self.image.call("remove image")?;
        let docker = &self.image.docker;
        let request = docker.raw().image_delete(name, &self.params);
        operation::document(docker, &call, request).await
    }
}

awaited!(RemoveImage => Vec<ImageDeleteResponseItem>);
