//! `docker network prune`.

use super::Networks;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::operation;
use crate::raw::NetworkPruneParams;

/// A removal of all networks that nothing uses; await it for what was removed.
///
/// See [`Networks::prune`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct PruneNetworks {
    docker: Docker,
    filters: Filters,
}

/// What a [prune](Networks::prune) removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrunedNetworks {
    /// The names of the networks. They take up no space.
    pub networks: Vec<String>,
}

impl Networks {
    /// Removes the networks that no container uses, but for those that every engine has.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let pruned = docker.networks().prune().label("team=a").until("24h").await?;
    /// println!("{:?}", pruned.networks);
    /// # Ok(()) }
    /// ```
    pub fn prune(&self) -> PruneNetworks {
        PruneNetworks {
            docker: self.docker.clone(),
            filters: Default::default(),
        }
    }
}

impl PruneNetworks {
    /// Only those with this label, as `key` or as `key=value`.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only those without this label, as `key` or as `key=value`.
    pub fn without_label(self, label: impl Into<String>) -> Self {
        self.filter("label!", label)
    }

    /// Only those created before this: a time, or a duration such as `24h` to now.
    pub fn until(self, time: impl Into<String>) -> Self {
        self.filter("until", time)
    }

    /// Only those for which this holds, such as `label=team=a`. Of several values for one key, one
    /// must hold; of several keys, all.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(self) -> Result<PrunedNetworks> {
        let call = self.docker.call("prune networks");
        let params = NetworkPruneParams {
            filters: self.filters.to_param(),
        };
        self.docker.allows(&call, &params)?;
        let request = self.docker.raw().network_prune(&params);
        let pruned = operation::document(&call, request).await?;
        Ok(PrunedNetworks {
            networks: pruned.networks_deleted,
        })
    }
}

awaited!(PruneNetworks => PrunedNetworks);
