//! `docker save`.

use super::{Image, Images, checked, platform};
use crate::answer::{Result, awaited};
use crate::archive::TarStream;
use crate::docker::Docker;
use crate::error::Error;
use crate::operation;
use crate::raw::{ImageGetAllParams, ImageGetParams};

/// Images to put into an archive; await it for the archive, which comes as a stream.
///
/// See [`Images::save`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Save {
    docker: Docker,
    names: Vec<String>,
    platforms: Vec<String>,
}

impl Images {
    /// Puts these images into one tar archive, with all that a [`load`](Images::load) needs to
    /// make them again. Layers that they share are in it once.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such image (Podman answers 500 if
    /// there are others to save).
    ///
    /// # Dropping
    ///
    /// Dropping the stream breaks the request off.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut tar = docker.images().save(["alpine:3.20", "postgres:17"]).await?;
    /// let mut file = tokio::fs::File::create("images.tar").await?;
    /// tokio::io::copy(&mut tar, &mut file).await?;
    /// # Ok(()) }
    /// ```
    pub fn save<I>(&self, names_or_ids: I) -> Save
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        Save {
            docker: self.docker.clone(),
            names: names_or_ids.into_iter().map(Into::into).collect(),
            platforms: Vec::new(),
        }
    }
}

impl Image {
    /// Puts this image into a tar archive, with all that a [`load`](Images::load) needs to make it
    /// again.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such image.
    ///
    /// # Dropping
    ///
    /// Dropping the stream breaks the request off.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let mut tar = docker.image("alpine:3.20").save().await?;
    /// while let Some(bytes) = tar.try_next().await? {
    ///     println!("{} bytes", bytes.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn save(&self) -> Save {
        Save {
            docker: self.docker.clone(),
            names: vec![self.name.clone()],
            platforms: Vec::new(),
        }
    }
}

impl Save {
    /// Only what is for this platform, such as `linux/arm64`.
    ///
    /// # API version
    ///
    /// Since 1.48; more than one platform since 1.52.
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.platforms.push(platform.into());
        self
    }

    async fn send(self) -> Result<TarStream> {
        let Self {
            docker,
            names,
            platforms,
        } = self;
        let call = docker.call("save images").on(&names.join(" "));
        for name in &names {
            checked(name).map_err(|error| error.during(&call))?;
        }
        let platform = platform::to_archive_params(&docker, &call, &platforms)?;
        let response = match &names[..] {
            [] => return Err(Error::invalid("there is no image to save").during(&call)),
            [name] => {
                let params = ImageGetParams { platform };
                docker.allows(&call, &params)?;
                let request = docker.raw().image_get(name, &params);
                operation::answered(&call, request).await?
            }
            _ => {
                let params = ImageGetAllParams { names, platform };
                docker.allows(&call, &params)?;
                let request = docker.raw().image_get_all(&params);
                operation::answered(&call, request).await?
            }
        };
        Ok(TarStream::new(&call, response.into_inner()))
    }
}

awaited!(Save => TarStream);
