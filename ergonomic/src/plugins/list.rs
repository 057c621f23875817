//! `docker plugin ls`.

use super::Plugins;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::operation;
use crate::raw::PluginListParams;
use crate::raw::types;

/// A list of plugins to ask for; await it.
///
/// See [`Plugins::list`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ListPlugins {
    docker: Docker,
    filters: Filters,
}

impl Plugins {
    /// The plugins of this engine, whether they are enabled or not.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for plugin in docker.plugins().list().enabled(true).await? {
    ///     println!("{:?}", plugin.name);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> ListPlugins {
        ListPlugins {
            docker: self.docker.clone(),
            filters: Default::default(),
        }
    }
}

impl ListPlugins {
    /// Only those that are enabled (`true`), or that are not (`false`).
    ///
    /// # API version
    ///
    /// Since 1.28, as every filter.
    pub fn enabled(self, enabled: bool) -> Self {
        self.filter("enabled", enabled.to_string())
    }

    /// Only those that can do this, such as `volumedriver`.
    pub fn capability(self, capability: impl Into<String>) -> Self {
        self.filter("capability", capability)
    }

    /// Only those for which this holds, such as `capability=logdriver`. Of several values for one
    /// key, one must hold; of several keys, all.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(self) -> Result<Vec<types::Plugin>> {
        let call = self.docker.call("list plugins");
        let params = PluginListParams {
            filters: self.filters.to_param(),
        };
        self.docker.allows(&call, &params)?;
        let request = self.docker.raw().plugin_list(&params);
        operation::document(&call, request).await
    }
}

awaited!(ListPlugins => Vec<types::Plugin>);
