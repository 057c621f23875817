//! `docker network ls`.

use super::Networks;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::operation;
use crate::raw::NetworkListParams;
use crate::raw::types::NetworkSummary;

/// A list of networks to ask for; await it.
///
/// See [`Networks::list`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ListNetworks {
    docker: Docker,
    filters: Filters,
}

impl Networks {
    /// The networks of this engine, and of its swarm.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for network in docker.networks().list().driver("bridge").await? {
    ///     println!("{:?} {:?}", network.id, network.name);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> ListNetworks {
        ListNetworks {
            docker: self.docker.clone(),
            filters: Default::default(),
        }
    }
}

impl ListNetworks {
    /// Only those whose name has this in it.
    pub fn name(self, part: impl Into<String>) -> Self {
        self.filter("name", part)
    }

    /// Only those with this label, written `key` or `key=value`.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only those of this driver.
    pub fn driver(self, driver: impl Into<String>) -> Self {
        self.filter("driver", driver)
    }

    /// Only those that nothing uses (`true`), or that something uses (`false`).
    pub fn dangling(self, dangling: bool) -> Self {
        self.filter("dangling", dangling.to_string())
    }

    /// Only those for which this holds, such as `scope=swarm` or `type=custom`. Of several values
    /// for one key, one must hold; of several keys, all.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(self) -> Result<Vec<NetworkSummary>> {
        let call = self.docker.call("list networks");
        let params = NetworkListParams {
            filters: self.filters.to_param(),
        };
        let request = self.docker.raw().network_list(&params);
        operation::document(&call, request).await
    }
}

awaited!(ListNetworks => Vec<NetworkSummary>);
