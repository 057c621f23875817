//! `docker config inspect`.

use super::Config;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::types;

/// A question for all that is known of a config; await it for the answer.
///
/// See [`Config::inspect`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InspectConfig {
    config: Config,
}

impl Config {
    /// All that the engine knows of this config, with its data in base64.
    ///
    /// # API version
    ///
    /// Since 1.30.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such config.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let config = docker.config("web.conf").inspect().await?;
    /// println!("{:?}", config.created_at);
    /// # Ok(()) }
    /// ```
    pub fn inspect(&self) -> InspectConfig {
        InspectConfig {
            config: self.clone(),
        }
    }
}

impl InspectConfig {
    async fn send(self) -> Result<types::Config> {
        let (call, name) = self.config.call("inspect config")?;
        let docker = &self.config.docker;
        docker.require(&call, "ConfigInspect")?;
        let request = docker.raw().config_inspect(name);
        operation::document(&call, request).await
    }
}

awaited!(InspectConfig => types::Config);
