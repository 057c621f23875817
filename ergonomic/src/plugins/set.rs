//! `docker plugin set`.

use std::fmt;

use super::Plugin;
use crate::answer::{Result, awaited};
use crate::operation;

/// Settings for a plugin; await them. They may be secret, and do not show in `Debug`.
///
/// See [`Plugin::set`] for an example.
#[derive(Clone)]
#[must_use = "nothing is sent until this is awaited"]
pub struct SetPlugin {
    plugin: Plugin,
    settings: Vec<String>,
}

impl Plugin {
    /// Changes settings of this plugin, which must be disabled: `NAME=value` for a variable,
    /// `name.source=/path` for a mount, `name.path=/dev/x` for a device.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such plugin. A setting that it
    /// does not have is a failure of the engine (500).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.plugin("team/volumes:1.0").set(["DEBUG=1", "data.source=/srv"]).await?;
    /// # Ok(()) }
    /// ```
    pub fn set<S: Into<String>>(&self, settings: impl IntoIterator<Item = S>) -> SetPlugin {
        SetPlugin {
            plugin: self.clone(),
            settings: settings.into_iter().map(Into::into).collect(),
        }
    }
}

impl SetPlugin {
    async fn send(self) -> Result<()> {
        let (call, name) = self.plugin.call("set up plugin")?;
        let docker = &self.plugin.docker;
        docker.require(&call, "PluginSet")?;
        let request = docker.raw().plugin_set(name, &self.settings);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(SetPlugin => ());

impl fmt::Debug for SetPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetPlugin")
            .field("plugin", &self.plugin)
            .finish_non_exhaustive()
    }
}
