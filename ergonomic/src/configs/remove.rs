//! `docker config rm`.

use super::Config;
use crate::answer::{Result, awaited};
use crate::operation;

/// A removal of a config; await it.
///
/// See [`Config::remove`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct RemoveConfig {
    config: Config,
}

impl Config {
    /// Removes this config, which no service may use.
    ///
    /// # API version
    ///
    /// Since 1.30.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such config, and
    /// [`is_invalid_input`](crate::Error::is_invalid_input) if a service uses it.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.config("web.conf").remove().await?;
    /// # Ok(()) }
    /// ```
    pub fn remove(&self) -> RemoveConfig {
        RemoveConfig {
            config: self.clone(),
        }
    }
}

impl RemoveConfig {
    async fn send(self) -> Result<()> {
        let (call, name) = self.config.call("remove config")?;
        let docker = &self.config.docker;
        docker.require(&call, "ConfigDelete")?;
        let request = docker.raw().config_delete(name);
        operation::answered(&call, request).await?;
        Ok(())
    }
}

awaited!(RemoveConfig => ());
