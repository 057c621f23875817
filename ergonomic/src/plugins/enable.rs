//! `docker plugin enable` and `docker plugin disable`.

use std::time::Duration;

use super::Plugin;
use crate::answer::{Result, awaited};
use crate::containers::whole_seconds;
use crate::operation;
use crate::raw::{PluginDisableParams, PluginEnableParams};

/// How long the CLI lets a plugin take.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Plugin {
    /// Enables this plugin: starts it, and waits until it listens.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such plugin, and
    /// [`is_conflict`](crate::Error::is_conflict) if it is enabled already. One that does not come
    /// up is a failure of the engine (500), and stays disabled.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.plugin("team/volumes:1.0").enable().await?;
    /// # Ok(()) }
    /// ```
    pub fn enable(&self) -> EnablePlugin {
        EnablePlugin {
            plugin: self.clone(),
            timeout: TIMEOUT,
        }
    }

    /// Disables this plugin: stops it.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such plugin, and
    /// [`is_conflict`](crate::Error::is_conflict) if it is disabled already, or in use and
    /// [`force`](DisablePlugin::force) is not set.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.plugin("team/volumes:1.0").disable().await?;
    /// # Ok(()) }
    /// ```
    pub fn disable(&self) -> DisablePlugin {
        DisablePlugin {
            plugin: self.clone(),
            params: Default::default(),
        }
    }
}

/// A plugin to enable; await it.
///
/// See [`Plugin::enable`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct EnablePlugin {
    plugin: Plugin,
    timeout: Duration,
}

impl EnablePlugin {
    /// How long the engine waits for an answer of the plugin, to the second; 30 s if not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn send(self) -> Result<()> {
        let (call, name) = self.plugin.call("enable plugin")?;
        let docker = &self.plugin.docker;
        let params = PluginEnableParams {
            timeout: Some(whole_seconds(self.timeout)),
        };
        docker.allows(&call, &params)?;
        let request = docker.raw().plugin_enable(name, &params);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(EnablePlugin => ());

/// A plugin to disable; await it.
///
/// See [`Plugin::disable`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct DisablePlugin {
    plugin: Plugin,
    params: PluginDisableParams,
}

impl DisablePlugin {
    /// Whether to disable it even if it is in use.
    ///
    /// # API version
    ///
    /// Since 1.28.
    pub fn force(mut self, force: bool) -> Self {
        self.params.force = Some(force);
        self
    }

    async fn send(self) -> Result<()> {
        let (call, name) = self.plugin.call("disable plugin")?;
        let docker = &self.plugin.docker;
        docker.allows(&call, &self.params)?;
        let request = docker.raw().plugin_disable(name, &self.params);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(DisablePlugin => ());
