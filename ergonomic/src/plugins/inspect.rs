//! `docker plugin inspect`.

use super::Plugin;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::types;

/// A question for all that is known of a plugin; await it for the answer.
///
/// See [`Plugin::inspect`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InspectPlugin {
    plugin: Plugin,
}

impl Plugin {
    /// All that the engine knows of this plugin.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such plugin.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// println!("{:?}", docker.plugin("team/volumes:1.0").inspect().await?.enabled);
    /// # Ok(()) }
    /// ```
    pub fn inspect(&self) -> InspectPlugin {
        InspectPlugin {
            plugin: self.clone(),
        }
    }
}

impl InspectPlugin {
    async fn send(self) -> Result<types::Plugin> {
        let (call, name) = self.plugin.call("inspect plugin")?;
        let docker = &self.plugin.docker;
        docker.require(&call, "PluginInspect")?;
        let request = docker.raw().plugin_inspect(name);
        operation::document(&call, request).await
    }
}

awaited!(InspectPlugin => types::Plugin);
