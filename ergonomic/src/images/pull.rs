//! `docker pull`.

use super::{Credentials, Image, Images, Reference};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::operation;
use crate::progress::{Known, Progress};
use crate::raw::ImageCreateParams;
use crate::transport;

/// Whether to ask the registry for an image that is to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PullPolicy {
    /// Always: to have the newest of that name.
    Always,
    /// If the engine does not have an image of that name.
    Missing,
    /// Never: the engine must have it.
    Never,
}

/// A pull of an image; await it for the image, or watch it by [`progress`](Pull::progress).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Pull {
    docker: Docker,
    reference: String,
    credentials: Credentials,
    platform: Option<String>,
    policy: PullPolicy,
}

impl Images {
    /// Pulls an image from its registry: the one tagged `latest`, if neither tag nor digest is
    /// named.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if the registry does not have it, where the engine
    /// tells; other failures as the engine puts them, at once or in the middle.
    ///
    /// # Dropping
    ///
    /// Dropping the future, or its [`Progress`], stops the pull.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let image = docker.images().pull("postgres:17").await?;
    /// # Ok(()) }
    /// ```
    pub fn pull(&self, reference: impl Into<String>) -> Pull {
        Pull {
            docker: self.docker.clone(),
            reference: reference.into(),
            credentials: Credentials::default(),
            platform: None,
            policy: PullPolicy::Always,
        }
    }
}

impl Pull {
    /// What to prove to the registry with; nothing, if not set.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// The platform, such as `linux/arm64`; that of the engine, if not set.
    ///
    /// # API version
    ///
    /// Since 1.32.
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.platform = Some(platform.into());
        self
    }

    /// Whether to ask the registry at all; always, if not set.
    pub fn policy(mut self, policy: PullPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Begins the pull, and gives its steps as a stream that ends in the image.
    ///
    /// There are no steps where the [policy](Pull::policy) finds the image there.
    ///
    /// # Errors
    ///
    /// As for [`pull`](Images::pull).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let mut pull = docker.images().pull("postgres:17").progress().await?;
    /// while let Some(step) = pull.try_next().await? {
    ///     println!("{step}");
    /// }
    /// let image = pull.await?;
    /// # Ok(()) }
    /// ```
    pub async fn progress(self) -> Result<Progress<Image>> {
        let call = self.docker.call("pull image").on(&self.reference);
        let reference = Reference::parse(&self.reference).map_err(|error| error.during(&call))?;
        let params = ImageCreateParams {
            from_image: Some(reference.name),
            // Without a tag the engine would pull them all.
            tag: Some(reference.tag.unwrap_or_else(|| "latest".to_owned())),
            platform: self.platform.clone(),
            x_registry_auth: Some(self.credentials.to_header()),
            ..Default::default()
        };
        self.docker.allows(&call, &params)?;
        let image = self.docker.image(&self.reference);
        if self.is_there(&image).await? {
            return Ok(Progress::done(image, call));
        }
        let request = self.docker.raw().image_create(&params, "");
        let response = operation::answered(&self.docker, &call, request).await?;
        let body = transport::buffers(&call, response.into_inner());
        Ok(Progress::new(body, call, Known(image)))
    }

    /// Whether the policy allows to do without a pull, and the engine has the image.
    async fn is_there(&self, image: &Image) -> Result<bool> {
        if self.policy == PullPolicy::Always {
            return Ok(false);
        }
        match image.inspect().await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() && self.policy == PullPolicy::Missing => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn send(self) -> Result<Image> {
        self.progress().await?.await
    }
}

awaited!(Pull => Image);
