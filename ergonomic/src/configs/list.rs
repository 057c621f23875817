//! `docker config ls`.

use super::Configs;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::operation;
use crate::raw::{ConfigListParams, types};

/// A list of configs to ask for; await it.
///
/// See [`Configs::list`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ListConfigs {
    docker: Docker,
    filters: Filters,
}

impl Configs {
    /// The configs of the swarm, with their data in base64.
    ///
    /// # API version
    ///
    /// Since 1.30.
    ///
    /// # Errors
    ///
    /// If the engine is no manager of a swarm (503).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for config in docker.configs().list().label("team=a").await? {
    ///     println!("{:?}", config.id);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> ListConfigs {
        ListConfigs {
            docker: self.docker.clone(),
            filters: Default::default(),
        }
    }
}

impl ListConfigs {
    /// Only configs whose names begin with this.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.filter("name", name)
    }

    /// Only configs with this label, as `key` or `key=value`.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only those for which this holds, such as `id=…`. Of several values for one key, one must
    /// hold; of several keys, all.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(self) -> Result<Vec<types::Config>> {
        let call = self.docker.call("list configs");
        let params = ConfigListParams {
            filters: self.filters.to_param(),
        };
        self.docker.allows(&call, &params)?;
        let request = self.docker.raw().config_list(&params);
        operation::document(&call, request).await
    }
}

awaited!(ListConfigs => Vec<types::Config>);
