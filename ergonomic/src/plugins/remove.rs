//! `docker plugin rm`.

use super::Plugin;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::PluginDeleteParams;

/// A removal of a plugin; await it.
///
/// See [`Plugin::remove`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct RemovePlugin {
    plugin: Plugin,
    params: PluginDeleteParams,
}

impl Plugin {
    /// Removes this plugin.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such plugin, and
    /// [`is_conflict`](crate::Error::is_conflict) if it is enabled and
    /// [`force`](RemovePlugin::force) is not set.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.plugin("team/volumes:1.0").remove().await?;
    /// # Ok(()) }
    /// ```
    pub fn remove(&self) -> RemovePlugin {
        RemovePlugin {
            plugin: self.clone(),
            params: Default::default(),
        }
    }
}

impl RemovePlugin {
    /// Whether to remove it even if it is enabled.
    pub fn force(mut self, force: bool) -> Self {
        self.params.force = Some(force);
        self
    }

    async fn send(self) -> Result<()> {
        let (call, name) = self.plugin.call("remove plugin")?;
        let docker = &self.plugin.docker;
        docker.allows(&call, &self.params)?;
        let request = docker.raw().plugin_delete(name, &self.params);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(RemovePlugin => ());
