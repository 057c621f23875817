//! What is attested of an image: where it comes from, and what is in it.

use super::{Image, platform};
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::ImageAttestationsParams;
use crate::raw::types::AttestationStatement;

/// A question for an image's attestations; await it for the answer.
///
/// See [`Image::attestations`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Attestations {
    image: Image,
    platforms: Vec<String>,
    params: ImageAttestationsParams,
}

impl Image {
    /// What is attested of this image, such as its provenance.
    ///
    /// # API version
    ///
    /// Since 1.55.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such image.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for attestation in docker.image("postgres:17").attestations().await? {
    ///     println!("{:?}", attestation.predicate_type);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn attestations(&self) -> Attestations {
        Attestations {
            image: self.clone(),
            platforms: Vec::new(),
            params: Default::default(),
        }
    }
}

impl Attestations {
    /// Of the image for this platform, such as `linux/arm64`, of several under one name.
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.platforms.push(platform.into());
        self
    }

    /// Only those of this type of predicate, such as `https://slsa.dev/provenance/v1`.
    pub fn predicate_type(mut self, uri: impl Into<String>) -> Self {
        self.params.type_.push(uri.into());
        self
    }

    /// Whether to have the statements themselves, which may be long.
    pub fn statements(mut self, statements: bool) -> Self {
        self.params.statement = Some(statements);
        self
    }

    async fn send(mut self) -> Result<Vec<AttestationStatement>> {
        let (call, name) = self.image.call("image attestations")?;
        self.params.platform = platform::to_params(&call, &self.platforms)?;
        let docker = &self.image.docker;
        docker.allows(&call, &self.params)?;
        let request = docker.raw().image_attestations(name, &self.params);
        operation::document(&call, request).await
    }
}

awaited!(Attestations => Vec<AttestationStatement>);
