//! `docker import`.

use std::fmt;

use super::reference::Parts;
use super::{Image, Images};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::error::Error;
use crate::operation;
use crate::progress::{Outcome, Progress, Status, Step};
use crate::raw::ImageCreateParams;
use crate::transport;
use crate::upload::Upload;

/// An import of a file system as an image; await it for the image.
///
/// See [`Images::import`] for an example.
#[must_use = "nothing is sent until this is awaited"]
pub struct Import {
    docker: Docker,
    /// `None` where the engine fetches it.
    tar: Option<Upload>,
    reference: Option<String>,
    params: ImageCreateParams,
}

impl Images {
    /// Makes an image of one layer from the tar archive of a file system.
    ///
    /// # Errors
    ///
    /// If the engine cannot read the archive, or refuses a name or a change;
    /// [`is_local_file`](Error::is_local_file) if the archive's stream fails.
    ///
    /// # Dropping
    ///
    /// Dropping the future breaks the import off.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker, tar: Vec<u8>) -> dockwright::Result<()> {
    /// let image = docker.images().import(tar).tag("base:1").change("CMD [\"sh\"]").await?;
    /// # Ok(()) }
    /// ```
    pub fn import(&self, tar: impl Into<Upload>) -> Import {
        Import::new(self.docker.clone(), "-".to_owned(), Some(tar.into()))
    }

    /// Makes an image of one layer from the tar archive of a file system, which the engine fetches
    /// from this URL.
    ///
    /// # Errors
    ///
    /// If the engine cannot fetch or read the archive, or refuses a name or a change.
    ///
    /// # Dropping
    ///
    /// Dropping the future breaks the import off.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let url = "http://files.example.com/rootfs.tar.gz";
    /// let image = docker.images().import_url(url).tag("base:1").await?;
    /// # Ok(()) }
    /// ```
    pub fn import_url(&self, url: impl Into<String>) -> Import {
        Import::new(self.docker.clone(), url.into(), None)
    }
}

impl Import {
    fn new(docker: Docker, source: String, tar: Option<Upload>) -> Self {
        Self {
            docker,
            tar,
            reference: None,
            params: ImageCreateParams {
                from_src: Some(source),
                ..Default::default()
            },
        }
    }

    /// The image's name, with or without a tag; it has but an id, if not set.
    pub fn tag(mut self, reference: impl Into<String>) -> Self {
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

    /// Begins the import, and gives its steps as a stream that ends in the image.
    ///
    /// # Errors
    ///
    /// As for [`import`](Images::import).
    pub async fn progress(mut self) -> Result<Progress<Image>> {
        let mut call = self.docker.call("import image");
        if let Some(text) = &self.reference {
            call = call.on(text);
            let parts = Parts::of_new(text).map_err(|error| error.during(&call))?;
            self.params.repo = Some(parts.name.to_owned());
            self.params.tag = parts.tag.map(str::to_owned);
        }
        self.docker.allows(&call, &self.params)?;
        let (body, failure) = self.tar.unwrap_or_else(|| "".into()).into_body();
        let request = self.docker.raw().image_create(&self.params, body);
        let response = operation::answered(&call, request);
        let response = failure.explain(response).await?;
        let steps = failure.explain_in(transport::buffers(&call, response.into_inner()));
        let imported = Imported {
            docker: self.docker,
            name: self.reference,
            id: None,
        };
        Ok(Progress::new(steps, call, imported))
    }

    async fn send(self) -> Result<Image> {
        self.progress().await?.await
    }
}

awaited!(Import => Image);

/// The image of an import: the last that is told is its id.
struct Imported {
    docker: Docker,
    name: Option<String>,
    id: Option<String>,
}

impl Outcome<Image> for Imported {
    fn see(&mut self, step: &Step) {
        if let Step::Status(Status { text, .. }) = step {
            self.id = Some(text.clone());
        }
    }

    fn end(self: Box<Self>) -> Result<Image> {
        match self.name.or(self.id) {
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
