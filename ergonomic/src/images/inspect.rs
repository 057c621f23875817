//! `docker image inspect`.

use super::{Image, platform};
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::ImageInspectParams;
use crate::raw::types::ImageInspect;

/// A question for all that is known of an image; await it for the answer.
///
/// See [`Image::inspect`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InspectImage {
    image: Image,
    manifests: Option<bool>,
    platform: Option<String>,
}

impl Image {
    /// All that the engine knows of this image.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such image.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let image = docker.image("alpine:3.20").inspect().await?;
    /// println!("{:?}", image.id);
    /// # Ok(()) }
    /// ```
    pub fn inspect(&self) -> InspectImage {
        InspectImage {
            image: self.clone(),
            manifests: None,
            platform: None,
        }
    }
}

impl InspectImage {
    /// Whether to have the manifests of all platforms that the image is for.
    ///
    /// # API version
    ///
    /// Since 1.48.
    pub fn manifests(mut self, manifests: bool) -> Self {
        self.manifests = Some(manifests);
        self
    }

    /// Of the image for this platform, such as `linux/arm64`, of several under one name.
    ///
    /// # API version
    ///
    /// Since 1.49.
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.platform = Some(platform.into());
        self
    }

    async fn send(self) -> Result<ImageInspect> {
        let (call, name) = self.image.call("inspect image")?;
        let docker = &self.image.docker;
        let params = ImageInspectParams {
            manifests: self.manifests,
            platform: platform::to_optional_param(&call, self.platform.as_ref())?,
        };
        docker.allows(&call, &params)?;
        let request = docker.raw().image_inspect(name, &params);
        operation::document(&call, request).await
    }
}

awaited!(InspectImage => ImageInspect);
