//! What a new container is to be: the options that `run` and `create` share.

use std::fmt;

use super::attach::Connected;
use super::{Container, Created, WaitCondition, checked_name};
use crate::answer::{Answer, Result};
use crate::docker::Docker;
use crate::error::{Call, Error};
use crate::gate;
use crate::images::{Reference, is_id};
use crate::operation;
use crate::raw::ContainerCreateParams;
use crate::raw::types::{ContainerCreateBody, HostConfig};

/// A container to be created. What it is given may be secret, and does not show in `Debug`.
#[derive(Clone)]
pub(crate) struct Settings {
    docker: Docker,
    image: String,
    pub(crate) params: ContainerCreateParams,
    pub(crate) body: ContainerCreateBody,
    /// The keys that end a connection to its terminal.
    pub(crate) detach_keys: Option<String>,
}

impl Settings {
    pub(crate) fn new(docker: Docker, image: String) -> Self {
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

    fn removes_itself(&self) -> bool {
        let host = self.body.host_config.as_ref();
        host.and_then(|host| host.auto_remove) == Some(true)
    }

    fn call(&self) -> Call {
        let call = self.docker.call("create container");
        call.on(self.params.name.as_ref().unwrap_or(&self.image))
    }

    /// Why this cannot be sent.
    pub(crate) fn refuse(&self, reason: &str) -> Error {
        Error::invalid(reason).during(&self.call())
    }

    pub(crate) async fn create(&self) -> Result<Container> {
        let call = self.call();
        if !is_id(&self.image) {
            Reference::parse(&self.image).map_err(|error| error.during(&call))?;
        }
        if let Some(name) = &self.params.name {
            checked_name(name).map_err(|error| error.during(&call))?;
        }
        self.docker.allows(&call, &self.params)?;
        self.docker.allows_body(&call, &self.body)?;
        let raw = self.docker.raw();
        let request = raw.container_create(&self.params, &self.body);
        let created = operation::document(&self.docker, &call, request).await?;
        let Some(id) = created.id.filter(|id| !id.is_empty()) else {
            return Err(Error::decode("the engine gave no id").during(&call));
        };
        let container = Created {
            warnings: created.warnings,
            removes_itself: self.removes_itself(),
        };
        Ok(self.docker.container(id).created(container))
    }

    /// Creates the container, after pulling its image if the engine does not have it.
    pub(crate) async fn create_or_pull(&self) -> Result<Container> {
        match self.create().await {
            Err(error) if error.is_not_found() && !is_id(&self.image) => {
                let mut pull = self.docker.images().pull(&self.image);
                if let Some(platform) = &self.params.platform {
                    pull = pull.platform(platform);
                }
                pull.await?;
                self.create().await
            }
            outcome => outcome,
        }
    }

    /// Creates the container, connects to it, and only then starts it, so that neither output
    /// nor end is missed however short its life.
    pub(crate) async fn run_attached(mut self) -> Result<Connected> {
        let removes_itself = self.removes_itself();
        // Engines that tell of an end only to those who ask after the start must not remove the
        // container before they are asked.
        let registers = self.docker.has(gate::WAIT_CONDITION);
        if removes_itself && !registers {
            self.host().auto_remove = Some(false);
        }
        let container = self.create_or_pull().await?;
        match self.start_attached(&container, removes_itself).await {
            Ok(connected) => Ok(connected),
            Err(error) => {
                container.discard().await;
                Err(error)
            }
        }
    }

    async fn start_attached(&self, container: &Container, removes: bool) -> Result<Connected> {
        let stdin = self.body.open_stdin == Some(true);
        let terminal = self.body.tty == Some(true);
        let mut attach = container.attach().stdin(stdin);
        if let Some(keys) = &self.detach_keys {
            attach = attach.detach_keys(keys);
        }
        let mut connected = attach.connect(terminal).await?;
        if self.docker.has(gate::WAIT_CONDITION) {
            let condition = match removes {
                true => WaitCondition::Removed,
                false => WaitCondition::NextExit,
            };
            let end = container.wait().condition(condition).registered().await?;
            container.start().await?;
            connected.end = end.into_future();
        } else {
            container.start().await?;
            let container = container.clone();
            let end: Answer<_> = Box::pin(async move {
                let status = container.wait().await?;
                if removes {
                    container.remove().await?;
                }
                Ok(status)
            });
            connected.end = end;
        }
        Ok(connected)
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

/// The setters that [`Run`](super::Run) and [`Create`](super::Create) share.
macro_rules! settings {
    ($builder:ty) => {
        impl $builder {
            /// The command, in place of the image's own.
            pub fn cmd<S: Into<String>>(mut self, cmd: impl IntoIterator<Item = S>) -> Self {
                self.settings.body.cmd = cmd.into_iter().map(Into::into).collect();
                self
            }

            /// What the command is given to, in place of the image's own entry point.
            pub fn entrypoint<S: Into<String>>(
                mut self,
                entrypoint: impl IntoIterator<Item = S>,
            ) -> Self {
                self.settings.body.entrypoint = entrypoint.into_iter().map(Into::into).collect();
                self
            }

            /// The container's name; one of the engine's choice, if not set.
            pub fn name(mut self, name: impl Into<String>) -> Self {
                self.settings.params.name = Some(name.into());
                self
            }

            /// A variable of the environment, besides those of the image.
            pub fn env(mut self, key: impl AsRef<str>, value: impl AsRef<str>) -> Self {
                let entry = format!("{}={}", key.as_ref(), value.as_ref());
                self.settings.body.env.push(entry);
                self
            }

            /// A label.
            pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
                self.settings.body.labels.insert(key.into(), value.into());
                self
            }

            /// The user, as `name`, `uid` or `uid:gid`.
            pub fn user(mut self, user: impl Into<String>) -> Self {
                self.settings.body.user = Some(user.into());
                self
            }

            /// The folder that the command begins in.
            pub fn workdir(mut self, path: impl Into<String>) -> Self {
                self.settings.body.working_dir = Some(path.into());
                self
            }

            /// The container's name for itself.
            pub fn hostname(mut self, hostname: impl Into<String>) -> Self {
                self.settings.body.hostname = Some(hostname.into());
                self
            }

            /// Makes a TCP port of the container reachable at a port of the engine's host, on all
            /// its addresses; 0 lets the engine choose the host's port.
            pub fn publish(mut self, host_port: u16, container_port: u16) -> Self {
                let port = format!("{container_port}/tcp");
                let binding = $crate::raw::types::PortBinding {
                    host_port: Some(host_port.to_string()),
                    ..Default::default()
                };
                let body = &mut self.settings.body;
                body.exposed_ports.entry(port.clone()).or_default();
                let bindings = &mut self.settings.host().port_bindings;
                bindings.entry(port).or_default().push(binding);
                self
            }

            /// Makes a folder of the engine's host, or a named volume, part of the container's
            /// file system. `target` may end in `:ro`.
            pub fn volume(mut self, source: impl AsRef<str>, target: impl AsRef<str>) -> Self {
                let bind = format!("{}:{}", source.as_ref(), target.as_ref());
                self.settings.host().binds.push(bind);
                self
            }

            /// The network to join, or `none`, `host` or `container:<name>`.
            pub fn network(mut self, network: impl Into<String>) -> Self {
                self.settings.host().network_mode = Some(network.into());
                self
            }

            /// Lets the engine remove the container, and its volumes without a name, at its end.
            pub fn auto_remove(mut self) -> Self {
                self.settings.host().auto_remove = Some(true);
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

            /// Changes whatever else the engine can be asked for, in the terms of the API.
            ///
            /// # Examples
            ///
            /// ```no_run
            /// # fn example(docker: dockwright::Docker) {
            /// # let containers = docker.containers();
            /// let limited = containers.run("alpine").customize(|body| {
            ///     body.host_config.get_or_insert_default().memory = Some(64 << 20);
            /// });
            /// # let _ = limited; }
            /// ```
            pub fn customize(
                mut self,
                change: impl FnOnce(&mut $crate::raw::types::ContainerCreateBody),
            ) -> Self {
                change(&mut self.settings.body);
                self
            }
        }
    };
}
pub(crate) use settings;
