//! `docker pull`.

use super::reference::{Parts, is_id};
use super::{Image, Images, platform};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::error::{Call, Error};
use crate::operation;
use crate::progress::{Known, Outcome, Progress, Step};
use crate::raw::ImageCreateParams;
use crate::registry::{Auth, Credentials, Registry};
use crate::transport;

/// Whether to ask the registry for an image that is to be used.
///
/// See [`Images::pull`] for an example.
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
    credentials: Option<Credentials>,
    platform: Option<String>,
    policy: PullPolicy,
}

/// A pull of all images of one name, whatever their tags; await it for the images.
///
/// See [`Pull::all_tags`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct PullAll {
    pull: Pull,
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
            credentials: None,
            platform: None,
            policy: PullPolicy::Always,
        }
    }
}

impl Pull {
    /// What to prove to the registry with, in place of what is
    /// [configured](crate::Docker::login).
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
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

    /// All images of this name, whatever their tags. Docker does this; Podman knows it not, and
    /// pulls the one tagged `latest`.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let images = docker.images().pull("registry.example.com/app").all_tags().await?;
    /// println!("{} images", images.len());
    /// # Ok(()) }
    /// ```
    pub fn all_tags(self) -> PullAll {
        PullAll { pull: self }
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
        let call = self.call();
        let parts = self.parts(&call)?;
        let image = self.docker.image(&self.reference);
        if self.policy != PullPolicy::Always && self.is_there(&image, &call).await? {
            return Ok(Progress::done(image, call));
        }
        // Without a tag the engine would pull them all.
        let version = parts.version().unwrap_or("latest");
        self.begin(&call, Some(version), Known(image)).await
    }

    async fn send(self) -> Result<Image> {
        self.progress().await?.await
    }

    fn call(&self) -> Call {
        self.docker.call("pull image").on(&self.reference)
    }

    fn parts(&self, call: &Call) -> Result<Parts<'_>> {
        if is_id(&self.reference) {
            return Err(Error::invalid("no registry knows an image by its id").during(call));
        }
        Parts::of(&self.reference).map_err(|error| error.during(call))
    }

    /// Whether the engine has the image, which it must if nothing is to be pulled.
    async fn is_there(&self, image: &Image, call: &Call) -> Result<bool> {
        let mut inspect = image.inspect();
        if let Some(platform) = &self.platform
            && self.docker.has("ImageInspect?platform")
        {
            inspect = inspect.platform(platform);
        }
        let found = inspect.await;
        let missing = match (&found, &self.platform) {
            (Err(error), _) if error.is_not_found() => true,
            (Ok(found), Some(platform)) => !platform::fits(found, platform),
            _ => false,
        };
        match (self.policy, missing) {
            (PullPolicy::Missing, true) => Ok(false),
            (PullPolicy::Never, true) if found.is_ok() => {
                let reason = "the engine has it for another platform, and nothing is to be pulled";
                Err(Error::invalid(reason).during(call))
            }
            _ => found.map(|_| true),
        }
    }

    async fn begin<T>(
        &self,
        call: &Call,
        version: Option<&str>,
        outcome: impl Outcome<T> + 'static,
    ) -> Result<Progress<T>> {
        let params = ImageCreateParams {
            from_image: Some(self.parts(call)?.name.to_owned()),
            tag: version.map(str::to_owned),
            platform: self.platform.clone(),
            ..Default::default()
        };
        self.docker.allows(call, &params)?;
        let auth = Auth::new(
            &self.docker,
            call,
            Registry::of_name(&self.reference),
            self.credentials.as_ref(),
        );
        let begun = auth.begin(|header| {
            let params = ImageCreateParams {
                x_registry_auth: Some(header),
                ..params.clone()
            };
            async move {
                let request = self.docker.raw().image_create(&params, "");
                operation::answered(call, request).await
            }
        });
        let (response, advice) = begun.await?;
        let body = transport::buffers(call, response.into_inner());
        Ok(Progress::new(body, call.clone(), outcome).if_refused(Some(advice)))
    }
}

awaited!(Pull => Image);

impl PullAll {
    /// Begins the pull, and gives its steps as a stream that ends in the images.
    ///
    /// # Errors
    ///
    /// As for [`pull`](Images::pull); if the name has a tag or a digest; and if the pull has a
    /// [policy](Pull::policy), for only the registry knows which tags there are.
    pub async fn progress(self) -> Result<Progress<Vec<Image>>> {
        let pull = self.pull;
        let call = pull.call();
        let refuse = |reason| Err(Error::invalid(reason).during(&call));
        if pull.parts(&call)?.version().is_some() {
            return refuse("all tags are to be pulled, but one is named");
        }
        if pull.policy != PullPolicy::Always {
            return refuse("only the registry knows all tags, so they are pulled always");
        }
        let tagged = Tagged {
            name: pull.reference.clone(),
            docker: pull.docker.clone(),
            images: Vec::new(),
        };
        pull.begin(&call, None, tagged).await
    }

    async fn send(self) -> Result<Vec<Image>> {
        self.progress().await?.await
    }
}

awaited!(PullAll => Vec<Image>);

/// How many tags are kept: far more than a repository has.
const MOST: usize = 65_536;

/// The images of a pull of all tags, of which the engine tells the beginning.
struct Tagged {
    docker: Docker,
    name: String,
    images: Vec<Image>,
}

impl Outcome<Vec<Image>> for Tagged {
    fn see(&mut self, step: &Step) {
        let Step::Status(status) = step else { return };
        if let Some(tag) = &status.id
            && status.text.starts_with("Pulling from")
            && self.images.len() < MOST
        {
            let image = format!("{}:{tag}", self.name);
            self.images.push(self.docker.image(image));
        }
    }

    fn end(self: Box<Self>) -> Result<Vec<Image>> {
        match self.images.is_empty() {
            true => Err(Error::decode("the engine did not tell what it pulled")
                .advising("pull the tags one by one")),
            false => Ok(self.images),
        }
    }
}
