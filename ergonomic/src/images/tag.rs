//! `docker tag`.

use super::Image;
use super::reference::Parts;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::ImageTagParams;

/// A further name for an image; await it for the image by that name.
///
/// See [`Image::tag`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct TagImage {
    image: Image,
    name: String,
}

impl Image {
    /// Gives this image another name, tagged `latest` if no tag is named; another image that had
    /// it has it no more.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such image.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let image = docker.image("app").tag("registry.example.com/team/app:1.0").await?;
    /// # Ok(()) }
    /// ```
    pub fn tag(&self, name: impl Into<String>) -> TagImage {
        TagImage {
            image: self.clone(),
            name: name.into(),
        }
    }
}

impl TagImage {
    async fn send(self) -> Result<Image> {
        let (call, image) = self.image.call("tag image")?;
        let parts = Parts::of_new(&self.name).map_err(|error| error.during(&call))?;
        let docker = &self.image.docker;
        let params = ImageTagParams {
            repo: Some(parts.name.to_owned()),
            tag: Some(parts.tag.unwrap_or("latest").to_owned()),
        };
        docker.allows(&call, &params)?;
        let request = docker.raw().image_tag(image, &params);
        operation::answered(&call, request).await?;
        Ok(docker.image(self.name))
    }
}

awaited!(TagImage => Image);
