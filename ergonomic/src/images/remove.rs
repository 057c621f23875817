//! `docker rmi`.

use super::{Image, platform};
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::ImageDeleteParams;
use crate::raw::types::ImageDeleteResponseItem;

/// A removal of an image; await it for what was untagged and deleted.
///
/// See [`Image::remove`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct RemoveImage {
    image: Image,
    platforms: Vec<String>,
    params: ImageDeleteParams,
}

/// What a removal has removed.
///
/// See [`Image::remove`] for an example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemovedImages {
    /// The names that images have no more, with their tags or digests.
    pub untagged: Vec<String>,
    /// The ids of the images and layers that are no more.
    pub deleted: Vec<String>,
}

impl RemovedImages {
    pub(super) fn new(items: Vec<ImageDeleteResponseItem>) -> Self {
        let mut removed = Self::default();
        for item in items {
            removed.untagged.extend(item.untagged);
            removed.deleted.extend(item.deleted);
        }
        removed
    }

    /// Whether nothing was removed.
    pub fn is_empty(&self) -> bool {
        self.untagged.is_empty() && self.deleted.is_empty()
    }
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
            platforms: Vec::new(),
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

    /// Only what is for this platform, such as `linux/arm64`, of several under one name.
    ///
    /// # API version
    ///
    /// Since 1.50.
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.platforms.push(platform.into());
        self
    }

    async fn send(mut self) -> Result<RemovedImages> {
        let (call, name) = self.image.call("remove image")?;
        self.params.platforms = platform::to_params(&call, &self.platforms)?;
        let docker = &self.image.docker;
        docker.allows(&call, &self.params)?;
        let request = docker.raw().image_delete(name, &self.params);
        let items = operation::document(&call, request).await?;
        Ok(RemovedImages::new(items))
    }
}

awaited!(RemoveImage => RemovedImages);
