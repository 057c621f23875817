//! `docker container prune`.

use super::Containers;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::moment::Moment;
use crate::operation;
use crate::raw::ContainerPruneParams;

/// A removal of all containers that do not run; await it for what was removed.
///
/// See [`Containers::prune`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct PruneContainers {
    docker: Docker,
    filters: Filters,
}

/// What a [prune](Containers::prune) removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrunedContainers {
    /// The ids of the containers.
    pub containers: Vec<String>,
    /// How many bytes are free now that were not.
    pub reclaimed: u64,
}

impl Containers {
    /// Removes all containers that do not run.
    ///
    /// # API version
    ///
    /// Since 1.25.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](crate::Error::is_conflict) while another prune is going on.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let day = std::time::Duration::from_secs(24 * 60 * 60);
    /// let pruned = docker.containers().prune().until(day).await?;
    /// println!("{} bytes", pruned.reclaimed);
    /// # Ok(()) }
    /// ```
    pub fn prune(&self) -> PruneContainers {
        PruneContainers {
            docker: self.docker.clone(),
            filters: Default::default(),
        }
    }
}

impl PruneContainers {
    /// Only those that were created before this time.
    pub fn until(self, moment: impl Into<Moment>) -> Self {
        self.filter("until", moment.into().to_filter())
    }

    /// Only those with this label, as `key` or as `key=value`.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only those without this label, as `key` or as `key=value`.
    pub fn without_label(self, label: impl Into<String>) -> Self {
        self.filter("label!", label)
    }

    /// Only those for which this holds, such as `label=team=a`.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(self) -> Result<PrunedContainers> {
        let call = self.docker.call("prune containers");
        let params = ContainerPruneParams {
            filters: self.filters.to_param(),
        };
        self.docker.allows(&call, &params)?;
        let request = self.docker.raw().container_prune(&params);
        let pruned = operation::document(&call, request).await?;
        let reclaimed = pruned.space_reclaimed.unwrap_or_default();
        Ok(PrunedContainers {
            containers: pruned.containers_deleted,
            reclaimed: reclaimed.try_into().unwrap_or_default(),
        })
    }
}

awaited!(PruneContainers => PrunedContainers);
