//! `docker secret create`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Secret, Secrets};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::error::Error;
use crate::name;
use crate::operation;
use crate::raw::types::{Driver, SecretSpec};

/// A secret to create; await it for the secret. Its data does not show in `Debug`.
///
/// See [`Secrets::create`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct CreateSecret {
    docker: Docker,
    body: SecretSpec,
}

impl Secrets {
    /// Creates a secret of these bytes, for [services](crate::CreateService::secret) to read. An
    /// engine takes up to 500 KiB.
    ///
    /// # API version
    ///
    /// Since 1.25.
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
    /// let password = docker.secrets().create("db-password", "s3cret").label("team", "a").await?;
    /// # Ok(()) }
    /// ```
    pub fn create(&self, name: impl Into<String>, data: impl AsRef<[u8]>) -> CreateSecret {
        CreateSecret {
            docker: self.docker.clone(),
            body: SecretSpec {
                name: Some(name.into()),
                data: Some(STANDARD.encode(data)),
                ..Default::default()
            },
        }
    }
}

impl CreateSecret {
    /// A label.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.body.labels.insert(key.into(), value.into());
        self
    }

    /// The plugin that knows the secret, in place of the data.
    ///
    /// # API version
    ///
    /// Since 1.31.
    pub fn driver(mut self, name: impl Into<String>) -> Self {
        self.body.data = None;
        self.body.driver = Some(driver(name.into()));
        self
    }

    /// What makes the file that a container sees of the data, such as `golang`.
    ///
    /// # API version
    ///
    /// Since 1.37.
    pub fn template_driver(mut self, name: impl Into<String>) -> Self {
        self.body.templating = Some(driver(name.into()));
        self
    }

    /// Edits what is sent, for all that there is no word for here.
    pub fn body(mut self, edit: impl FnOnce(&mut SecretSpec)) -> Self {
        edit(&mut self.body);
        self
    }

    async fn send(self) -> Result<Secret> {
        let name = self.body.name.as_deref().unwrap_or_default();
        let call = self.docker.call("create secret").on(name);
        name::checked("a secret", name).map_err(|error| error.during(&call))?;
        self.docker.require(&call, "SecretCreate")?;
        self.docker.allows_body(&call, &self.body)?;
        let request = self.docker.raw().secret_create(&self.body);
        let created = operation::document(&call, request).await?;
        match created.id.filter(|id| !id.is_empty()) {
            Some(id) => Ok(self.docker.secret(id)),
            None => Err(Error::decode("the engine gave no id").during(&call)),
        }
    }
}

awaited!(CreateSecret => Secret);

fn driver(name: String) -> Driver {
    Driver {
        name: Some(name),
        ..Default::default()
    }
}
