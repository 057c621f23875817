//! `docker image inspect`.

use super::Image;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::types::ImageInspect;

/// A question for all that is known of an image; await it for the answer.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InspectImage {
    image: Image,
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
        }
    }
}

impl InspectImage {
    async fn send(self) -> Result<ImageInspect> {
        let (call, name) = self.image.call("inspect image")?;
        let docker = &self.image.docker;
        let params = Default::default();
        let request = docker.raw().image_inspect(name, &params);
        operation::document(docker, &call, request).await
    }
}

awaited!(InspectImage => ImageInspect);
