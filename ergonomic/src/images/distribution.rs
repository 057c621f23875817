//! What a registry has under an image's name, without a pull.

use super::{Credentials, Image};
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::DistributionInspectParams;
use crate::raw::types::DistributionInspect;

/// A question for what the registry has; await it for the answer.
///
/// See [`Image::distribution`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Distribution {
    image: Image,
    credentials: Credentials,
}

impl Image {
    /// The digest and the platforms that the registry has under this name, without a pull. The
    /// engine asks; Podman does not have this, and answers 404.
    ///
    /// # Errors
    ///
    /// [`is_unauthorized`](crate::Error::is_unauthorized) if the registry wants credentials or
    /// does not have the image, for it may not tell which.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let offered = docker.image("postgres:17").distribution().await?;
    /// println!("{:?}", offered.descriptor.and_then(|descriptor| descriptor.digest));
    /// # Ok(()) }
    /// ```
    pub fn distribution(&self) -> Distribution {
        Distribution {
            image: self.clone(),
            credentials: Credentials::default(),
        }
    }
}

impl Distribution {
    /// What to prove to the registry with; nothing, if not set.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    async fn send(self) -> Result<DistributionInspect> {
        let (call, name) = self.image.call("inspect distribution")?;
        let docker = &self.image.docker;
        let params = DistributionInspectParams {
            x_registry_auth: Some(self.credentials.to_header()),
        };
        docker.allows(&call, &params)?;
        let request = docker.raw().distribution_inspect(name, &params);
        operation::document(docker, &call, request).await
    }
}

awaited!(Distribution => DistributionInspect);
