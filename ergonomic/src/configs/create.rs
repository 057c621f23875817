//! `docker config create`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Config, Configs};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::error::Error;
use crate::name;
use crate::operation;
use crate::raw::types::{ConfigSpec, Driver};

/// A config to create; await it for the config. Its data does not show in `Debug`.
///
/// See [`Configs::create`] for an example.
#[derive(Clone)]
#[must_use = "nothing is sent until this is awaited"]
pub struct CreateConfig {
    docker: Docker,
    body: ConfigSpec,
}

impl Configs {
    /// Creates a config of these bytes, for [services](crate::CreateService::config) to read. An
    /// engine takes up to 500 KiB.
    ///
    /// # API version
    ///
    /// Since 1.30.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) if the name is taken, and a 503 if the engine is no
    /// manager of a swarm.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let config = docker.configs().create("web.conf", "port = 80\n").label("team", "a").await?;
    /// # Ok(()) }
    /// ```
    pub fn create(&self, name: impl Into<String>, data: impl AsRef<[u8]>) -> CreateConfig {
        CreateConfig {
            docker: self.docker.clone(),
            body: ConfigSpec {
                name: Some(name.into()),
                data: Some(STANDARD.encode(data)),
                ..Default::default()
            },
        }
    }
}

impl CreateConfig {
    /// A label.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.body.labels.insert(key.into(), value.into());
        self
    }

    /// What makes the file that a container sees of the data, such as `golang`.
    ///
    /// # API version
    ///
    /// Since 1.37.
    pub fn template_driver(mut self, name: impl Into<String>) -> Self {
        self.body.templating = Some(Driver {
            name: Some(name.into()),
            ..Default::default()
        });
        self
    }

    /// Edits what is sent, for all that there is no word for here.
    pub fn body(mut self, edit: impl FnOnce(&mut ConfigSpec)) -> Self {
        edit(&mut self.body);
        self
    }

    async fn send(self) -> Result<Config> {
        let name = self.body.name.as_deref().unwrap_or_default();
        let call = self.docker.call("create config").on(name);
        name::checked("a config", name).map_err(|error| error.during(&call))?;
        self.docker.require(&call, "ConfigCreate")?;
        self.docker.allows_body(&call, &self.body)?;
        let request = self.docker.raw().config_create(&self.body);
        let created = operation::document(&call, request).await?;
        match created.id.filter(|id| !id.is_empty()) {
            Some(id) => Ok(self.docker.config(id)),
            None => Err(Error::decode("the engine gave no id").during(&call)),
        }
    }
}

awaited!(CreateConfig => Config);

impl fmt::Debug for CreateConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateConfig")
            .field("name", &self.body.name)
            .field("labels", &self.body.labels)
            .finish_non_exhaustive()
    }
}
