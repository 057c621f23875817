//! `docker import`.

use std::fmt;

use super::{Image, Images, Reference, Upload};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::error::Error;
use crate::operation;
use crate::progress::{Outcome, Progress, Status, Step};
use crate::raw::ImageCreateParams;
use crate::transport;

/// An import of a file system as an image; await it for the image.
#[must_use = "nothing is sent until this is awaited"]
pub struct Import {
    docker: Docker,
    tar: Upload,
    reference: Option<String>,
    params: ImageCreateParams,
}

impl Images {
    /// Makes an image of one layer from the tar archive of a file system.
    ///
    /// # Errors
    ///
    /// If the engine cannot read the archive, or refuses a name or a change.
    ///
    /// # Dropping
    ///
    /// Dropping the future breaks the import off.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker, tar: Vec<u8>) -> dockwright::Result<()> {
    /// let image = docker.images().import(tar).name("base:1").change("CMD [\"sh\"]").await?;
    /// # Ok(()) }
    /// ```
    pub fn import(&self, tar: impl Into<Upload>) -> Import {
        Import {
            docker: self.docker.clone(),
            tar: tar.into(),
            reference: None,
            params: ImageCreateParams {
                from_src: Some("-".to_owned()),
                ..Default::default()
            },
        }
    }
}

impl Import {
    /// The image's name, with or without a tag; it has but an id, if not set.
    pub fn name(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// A line of a Dockerfile to apply, such as `CMD ["sh"]` or `ENV A=b`.
    pub fn change(mut self, line: impl Into<String>) -> Self {
        self.params.changes.push(line.into());
        self
    }

    /// A remark in the image's history.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.params.message = Some(message.into());
        self
    }

    /// The platform that the image is for, such as `linux/arm64`.
    ///
    /// # API version
    ///
    /// Since 1.32.
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.params.platform = Some(platform.into());
        self
    }

    async fn send(mut self) -> Result<Image> {
        let mut call = self.docker.call("import image");
        if let Some(text) = &self.reference {
            call = call.on(text);
            let reference = Reference::parse(text).map_err(|error| error.during(&call))?;
            self.params.repo = Some(reference.name);
            self.params.tag = reference.tag;
        }
        self.docker.allows(&call, &self.params)?;
        let body = self.tar.into_body();
        let request = self.docker.raw().image_create(&self.params, body);
        let response = operation::answered(&self.docker, &call, request).await?;
        let body = transport::buffers(&call, response.into_inner());
        let imported = Imported {
            docker: self.docker,
            id: self.reference,
        };
        Progress::new(body, call, imported).await
    }
}

awaited!(Import => Image);

/// The image of an import: the last that is told is its id.
struct Imported {
    docker: Docker,
    id: Option<String>,
}

impl Outcome<Image> for Imported {
    fn see(&mut self, step: &Step) {
        if let Step::Status(Status { text, .. }) = step {
            self.id = Some(text.clone());
        }
    }

    fn end(self: Box<Self>) -> Result<Image> {
        match self.id {
            Some(id) => Ok(self.docker.image(id)),
            None => Err(Error::decode("the engine gave no id")),
        }
    }
}

/// Changes may set variables, whose values do not show.
impl fmt::Debug for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Import")
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}
