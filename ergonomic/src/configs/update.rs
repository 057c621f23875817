//! Changing the labels of a config.

use super::Config;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::ConfigUpdateParams;
use crate::raw::types::ConfigSpec;
use crate::update::{self, Changes};

/// Changes to the labels of a config; await them.
///
/// See [`Config::update`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct UpdateConfig {
    config: Config,
    changes: Changes<ConfigSpec>,
}

impl Config {
    /// Changes labels of this config: engines let nothing else be changed. All others stay.
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
    /// docker.config("web.conf").update().label("team", "b").await?;
    /// # Ok(()) }
    /// ```
    pub fn update(&self) -> UpdateConfig {
        UpdateConfig {
            config: self.clone(),
            changes: Default::default(),
        }
    }
}

impl UpdateConfig {
    /// Sets a label.
    pub fn label(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let (key, value) = (key.into(), value.into());
        self.spec(move |spec| {
            spec.labels.insert(key.clone(), value.clone());
        })
    }

    /// Takes a label away.
    pub fn remove_label(self, key: impl Into<String>) -> Self {
        let key = key.into();
        self.spec(move |spec| {
            spec.labels.remove(&key);
        })
    }

    /// Makes any other change, which engines may refuse. It is made again, to what was read
    /// again, if someone else changes the config meanwhile.
    pub fn spec(mut self, change: impl Fn(&mut ConfigSpec) + Send + Sync + 'static) -> Self {
        self.changes.add(change);
        self
    }

    async fn send(self) -> Result<()> {
        update::retried(|| self.attempt()).await
    }

    async fn attempt(&self) -> Result<()> {
        let (call, name) = self.config.call("update config")?;
        let docker = &self.config.docker;
        docker.require(&call, "ConfigUpdate")?;
        let config = self.config.inspect().await?;
        let read = update::versioned(config.spec, config.version);
        let (mut spec, version) = read.map_err(|error| error.during(&call))?;
        let read = spec.clone();
        self.changes.apply(&mut spec)?;
        docker.allows_changes(&call, &read, &spec)?;
        let params = ConfigUpdateParams { version };
        let request = docker.raw().config_update(name, &params, &spec);
        operation::answered(&call, request).await?;
        Ok(())
    }
}

awaited!(UpdateConfig => ());
