//! `docker pull`.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::TryStreamExt;

use super::progress::Reports;
use super::{Credentials, Image, Images, Progress, Reference};
use crate::answer::{Answer, Result, awaited};
use crate::docker::Docker;
use crate::error::Error;
use crate::gate;
use crate::operation;
use crate::raw::ImageCreateParams;
use crate::transport;

/// A pull of an image; await it for the image, or watch it by [`progress`](Pull::progress).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Pull {
    docker: Docker,
    reference: String,
    credentials: Credentials,
    platform: Option<String>,
}

impl Images {
    /// Pulls an image from its registry: the one tagged `latest`, if neither tag nor digest is
    /// named.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if the registry does not have it, where the engine
    /// tells; other failures as the engine puts them, at once or in the middle.
    ///
    /// # Dropping
    ///
    /// Dropping the future, or the [`Pulling`], stops the pull.
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

    /// Begins the pull, and gives its progress as a stream that ends in the image.
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
    /// while let Some(report) = pull.try_next().await? {
    ///     println!("{report}");
    /// }
    /// let image = pull.await?;
    /// # Ok(()) }
    /// ```
    pub async fn progress(self) -> Result<Pulling> {
        let call = self.docker.call("pull image").on(&self.reference);
        let reference = Reference::parse(&self.reference).map_err(|error| error.during(&call))?;
        if self.platform.is_some() {
            self.docker.require(&call, gate::PULL_PLATFORM)?;
        }
        let params = ImageCreateParams {
            from_image: Some(reference.name),
            // Without a tag the engine would pull them all.
            tag: Some(reference.tag.unwrap_or_else(|| "latest".to_owned())),
            platform: self.platform,
            x_registry_auth: Some(self.credentials.to_header()),
            ..Default::default()
        };
        let request = self.docker.raw().image_create(&params, "");
        let response = operation::answered(&self.docker, &call, request).await?;
        let body = transport::buffers(&call, response.into_inner());
        Ok(Pulling {
            reports: Reports::new(body, call),
            image: self.docker.image(self.reference),
        })
    }

    async fn send(self) -> Result<Image> {
        self.progress().await?.await
    }
}

awaited!(Pull => Image);

/// A pull under way: a [`Stream`] of reports, and awaited the image that comes of it.
///
/// # Dropping
///
/// Dropping it stops the pull.
#[must_use = "the pull goes on as this is polled"]
pub struct Pulling {
    reports: Reports,
    image: Image,
}

impl Pulling {
    /// The next report, or `None` when the image is there.
    ///
    /// # Errors
    ///
    /// If the pull fails; that is its end.
    pub async fn try_next(&mut self) -> Result<Option<Progress>> {
        TryStreamExt::try_next(&mut self.reports).await
    }
}

impl Stream for Pulling {
    type Item = Result<Progress>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.reports).poll_next(cx)
    }
}

impl IntoFuture for Pulling {
    type Output = Result<Image>;
    type IntoFuture = Answer<Image>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            while self.try_next().await?.is_some() {}
            if self.reports.have_failed() {
                let call = self.image.docker.call("pull image").on(&self.image.name);
                return Err(Error::engine(None, "the pull has failed before").during(&call));
            }
            Ok(self.image)
        })
    }
}

impl fmt::Debug for Pulling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pulling")
            .field("image", &self.image.name_or_id())
            .finish_non_exhaustive()
    }
}
