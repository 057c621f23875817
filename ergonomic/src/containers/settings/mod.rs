//! What a new container is to be: the options that `run` and `create` share.
//!
//! The setters are macros, one for each subject, since both builders have all of them. They edit
//! the body of the request as the API has it; what remains to be done to it for the engine at
//! hand is in `compat`.

mod compat;
mod isolation;
pub(crate) mod limits;
mod network;
mod process;
mod replace;
mod storage;

use std::fmt;

pub(crate) use isolation::isolation_settings;
pub(crate) use limits::limits;
pub(crate) use network::network_settings;
pub(crate) use process::process_settings;
pub(crate) use storage::storage_settings;

use super::{Container, Created, NetworkEndpoint, checked_name};
use crate::answer::Result;
use crate::docker::Docker;
use crate::error::{Call, Error};
use crate::images::{PullPolicy, Reference, is_id};
use crate::operation;
use crate::proxies;
use crate::raw::ContainerCreateParams;
use crate::raw::types::{ContainerCreateBody, HostConfig};
use crate::registry::Credentials;

/// A container to be created. What it is given may be secret, and does not show in `Debug`.
#[derive(Clone)]
pub(crate) struct Settings {
    docker: Docker,
    image: String,
    pub(crate) params: ContainerCreateParams,
    pub(crate) body: ContainerCreateBody,
    /// The keys that end a connection to its terminal.
    pub(crate) detach_keys: Option<String>,
    pub(crate) pull: PullPolicy,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) replace: bool,
    /// Whether the configured proxies go into the environment.
    pub(crate) proxies: bool,
    /// What is wrong with what was set, if it cannot be seen in the body.
    problem: Option<String>,
}

impl Settings {
    pub(crate) fn new(docker: Docker, image: String, pull: PullPolicy) -> Self {
        let body = ContainerCreateBody {
            image: Some(image.clone()),
            ..Default::default()
        };
        Self {
            docker,
            image,
            params: Default::default(),
            body,
            detach_keys: None,
            pull,
            credentials: None,
            replace: false,
            proxies: true,
            problem: None,
        }
    }

    pub(crate) fn docker(&self) -> &Docker {
        &self.docker
    }

    pub(crate) fn host(&mut self) -> &mut HostConfig {
        self.body.host_config.get_or_insert_default()
    }

    /// An input that is open until whoever attached to it closes it.
    pub(crate) fn open_stdin(&mut self) {
        self.body.open_stdin = Some(true);
        self.body.stdin_once = Some(true);
        self.body.attach_stdin = Some(true);
    }

    pub(crate) fn removes_itself(&self) -> bool {
        let host = self.body.host_config.as_ref();
        host.and_then(|host| host.auto_remove) == Some(true)
    }

    /// The first network is the container's mode; of several, each has an endpoint.
    pub(crate) fn join(&mut self, NetworkEndpoint { network, settings }: NetworkEndpoint) {
        let first = self.host().network_mode.get_or_insert(network.clone());
        let first = first.clone();
        if first == network && settings == Default::default() {
            return;
        }
        let config = self.body.networking_config.get_or_insert_default();
        config.endpoints_config.entry(first).or_default();
        config.endpoints_config.insert(network, settings);
    }

    /// Remembers what is wrong until the request is awaited.
    pub(crate) fn problem(&mut self, reason: String) {
        self.problem.get_or_insert(reason);
    }

    fn call(&self) -> Call {
        let call = self.docker.call("create container");
        call.on(self.params.name.as_ref().unwrap_or(&self.image))
    }

    /// Why this cannot be sent.
    pub(crate) fn refuse(&self, reason: impl Into<String>) -> Error {
        Error::invalid(reason).during(&self.call())
    }

    /// The body of the request, for this engine, unless something is wrong with it.
    fn checked(&self, call: &Call) -> Result<ContainerCreateBody> {
        if let Some(reason) = &self.problem {
            return Err(self.refuse(reason));
        }
        if !is_id(&self.image) {
            Reference::parse(&self.image).map_err(|error| error.during(call))?;
        }
        match &self.params.name {
            Some(name) => drop(checked_name(name).map_err(|error| error.during(call))?),
            None if self.replace => return Err(self.refuse("what it replaces must have a name")),
            None => {}
        }
        compat::body(&self.docker, call, &self.params, self.body.clone())
    }

    /// Creates the container, and pulls its image first if that is the policy.
    pub(crate) async fn create(&self) -> Result<Container> {
        let mut body = self.checked(&self.call())?;
        if self.proxies {
            let variables = proxies::variables(&self.docker, &self.call()).await?;
            proxies::add(variables, &mut body.env);
        }
        match self.pull {
            PullPolicy::Never => self.replacing(&body).await,
            PullPolicy::Always if is_id(&self.image) => {
                Err(self.refuse("what is named by its id cannot be pulled"))
            }
            PullPolicy::Always => {
                self.pull_image().await?;
                self.replacing(&body).await
            }
            PullPolicy::Missing => match self.replacing(&body).await {
                Err(error) if self.lacks_image(&error).await => {
                    self.pull_image().await?;
                    self.replacing(&body).await
                }
                outcome => outcome,
            },
        }
    }

    /// Whether it is the image that was not found, and one that can be pulled.
    async fn lacks_image(&self, error: &Error) -> bool {
        // An engine may have the image, but not for the platform.
        error.is_not_found()
            && error.container().is_none()
            && !is_id(&self.image)
            && (self.params.platform.is_some()
                || self
                    .docker
                    .image(&self.image)
                    .inspect()
                    .await
                    .is_err_and(|error| error.is_not_found()))
    }

    async fn pull_image(&self) -> Result<()> {
        let pull = self.docker.images().pull(&self.image);
        let mut pull = match &self.credentials {
            Some(credentials) => pull.credentials(credentials.clone()),
            None => pull,
        };
        if let Some(platform) = &self.params.platform {
            pull = pull.platform(platform);
        }
        pull.await.map(drop)
    }

    async fn create_once(
        &self,
        params: &ContainerCreateParams,
        body: &ContainerCreateBody,
    ) -> Result<Container> {
        let call = self.call();
        let request = self.docker.raw().container_create(params, body);
        let created = operation::document(&call, request).await?;
        let Some(id) = created.id.filter(|id| !id.is_empty()) else {
            return Err(Error::decode("the engine gave no id").during(&call));
        };
        let container = Created {
            warnings: created.warnings,
            removes_itself: self.removes_itself(),
        };
        Ok(self.docker.container(id).created(container))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("image", &self.image)
            .field("name", &self.params.name)
            .finish_non_exhaustive()
    }
}

/// The setters that [`Run`](super::Run) and [`CreateContainer`](super::CreateContainer) share.
macro_rules! settings {
    ($builder:ty) => {
        $crate::containers::settings::process_settings!($builder);
        $crate::containers::settings::limits!($builder);
        $crate::containers::settings::storage_settings!($builder);
        $crate::containers::settings::network_settings!($builder);
        $crate::containers::settings::isolation_settings!($builder);

        impl $builder {
            /// The container's name; one of the engine's choice, if not set.
            pub fn name(mut self, name: impl Into<String>) -> Self {
                self.settings.params.name = Some(name.into());
                self
            }

            /// Takes the place of the container that has the name, if there is one: it is removed
            /// even if it runs.
            ///
            /// If the name is taken, the new container is created under a name of the engine's
            /// choice. So what the engine refuses leaves the other one alone. Then that one is
            /// removed, and the new one gets the name. If that fails, the new one is removed
            /// again, and the error [says so](crate::Error::container_was_removed). The new one
            /// starts only later: that it cannot does not bring the other one back.
            pub fn replace(mut self) -> Self {
                self.settings.replace = true;
                self
            }

            /// Whether to pull the image first.
            pub fn pull(mut self, policy: $crate::PullPolicy) -> Self {
                self.settings.pull = policy;
                self
            }

            /// What to prove to the registry with if the image is pulled, in place of what is
            /// [configured](crate::Docker::login).
            pub fn credentials(mut self, credentials: $crate::Credentials) -> Self {
                self.settings.credentials = Some(credentials);
                self
            }

            /// The platform, such as `linux/arm64`, if the image is there for several.
            ///
            /// # API version
            ///
            /// Since 1.41.
            pub fn platform(mut self, platform: impl Into<String>) -> Self {
                self.settings.params.platform = Some(platform.into());
                self
            }

            /// A label.
            pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
                self.settings.body.labels.insert(key.into(), value.into());
                self
            }

            /// Labels.
            pub fn labels<K: Into<String>, V: Into<String>>(
                self,
                labels: impl IntoIterator<Item = (K, V)>,
            ) -> Self {
                let labels = labels.into_iter();
                labels.fold(self, |builder, (key, value)| builder.label(key, value))
            }

            /// A note for what runs the container.
            ///
            /// # API version
            ///
            /// Since 1.43.
            pub fn annotation(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
                let annotations = &mut self.settings.host().annotations;
                annotations.insert(key.into(), value.into());
                self
            }

            /// Changes whatever else the engine can be asked for, in the terms of the API.
            ///
            /// # Examples
            ///
            /// ```no_run
            /// # fn example(docker: dockwright::Docker) {
            /// # let containers = docker.containers();
            /// let linked = containers.run("alpine").body(|body| {
            ///     body.host_config.get_or_insert_default().links.push("web:w".to_owned());
            /// });
            /// # let _ = linked; }
            /// ```
            pub fn body(
                mut self,
                change: impl FnOnce(&mut $crate::raw::types::ContainerCreateBody),
            ) -> Self {
                change(&mut self.settings.body);
                self
            }

            fn limits(&mut self) -> &mut $crate::raw::types::HostConfig {
                self.settings.host()
            }

            fn problem(&mut self, reason: String) {
                self.settings.problem(reason);
            }
        }
    };
}
pub(crate) use settings;
