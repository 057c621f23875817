//! What a registry has under an image's name, without a pull.

use super::Image;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::DistributionInspectParams;
use crate::raw::types::DistributionInspect;
use crate::registry::{Auth, Credentials, Registry};

/// A question for what the registry has; await it for the answer.
///
/// See [`Image::distribution`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Distribution {
    image: Image,
    credentials: Option<Credentials>,
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
            credentials: None,
        }
    }
}

impl Distribution {
    /// What to prove to the registry with, in place of what is
    /// [configured](crate::Docker::login).
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    async fn send(self) -> Result<DistributionInspect> {
        let (call, name) = self.image.call("inspect distribution")?;
        let (docker, call) = (&self.image.docker, &call);
        docker.require(call, "DistributionInspect")?;
        let auth = Auth::new(
            docker,
            call,
            Registry::of_name(name),
            self.credentials.as_ref(),
        );
        let asked = auth.ask(|header| {
            let params = DistributionInspectParams {
                x_registry_auth: Some(header),
            };
            async move {
                let request = docker.raw().distribution_inspect(name, &params);
                operation::document(call, request).await
            }
        });
        asked.await
    }
}

awaited!(Distribution => DistributionInspect);
