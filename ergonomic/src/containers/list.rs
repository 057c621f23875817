//! `docker ps`.

use super::{Containers, Port};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::operation;
use crate::raw::ContainerListParams;
use crate::raw::types::{ContainerSummary, ContainerSummaryState, HealthStatus};

/// A list of containers to ask for; await it.
///
/// See [`Containers::list`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ListContainers {
    docker: Docker,
    params: ContainerListParams,
    filters: Filters,
}

impl Containers {
    /// The containers that run.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for container in docker.containers().list().all(true).label("team=a").await? {
    ///     println!("{:?} {:?}", container.names, container.status);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> ListContainers {
        ListContainers {
            docker: self.docker.clone(),
            params: Default::default(),
            filters: Default::default(),
        }
    }
}

impl ListContainers {
    /// Whether to list containers that do not run, too.
    pub fn all(mut self, all: bool) -> Self {
        self.params.all = Some(all);
        self
    }

    /// Only the `count` containers that were created last, whether they run or not.
    pub fn limit(mut self, count: u32) -> Self {
        self.params.limit = Some(count.into());
        self
    }

    /// Whether to have the sizes of their file systems, which take the engine a while.
    pub fn size(mut self, size: bool) -> Self {
        self.params.size = Some(size);
        self
    }

    /// Only those in this state, such as `exited` or `paused`, whether they run or not.
    pub fn status(self, status: impl Into<ContainerSummaryState>) -> Self {
        self.filter("status", status.into().as_str())
    }

    /// Only those with this in their names.
    pub fn name(self, part: impl Into<String>) -> Self {
        self.filter("name", part)
    }

    /// Only those with this id, or whose ids begin with it.
    pub fn id(self, id: impl Into<String>) -> Self {
        self.filter("id", id)
    }

    /// Only those with this label, as `key` or as `key=value`.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only those that are made of this image, or of one that is built upon it.
    pub fn ancestor(self, image: impl Into<String>) -> Self {
        self.filter("ancestor", image)
    }

    /// Only those in this network.
    pub fn network(self, network: impl Into<String>) -> Self {
        self.filter("network", network)
    }

    /// Only those that mount this volume, or something at this path.
    pub fn volume(self, volume: impl Into<String>) -> Self {
        self.filter("volume", volume)
    }

    /// Only those whose health check says this: `starting`, `healthy`, `unhealthy` or `none`.
    pub fn health(self, health: impl Into<HealthStatus>) -> Self {
        self.filter("health", health.into().as_str())
    }

    /// Only those that ended with this exit code; they do not run, so [`all`](ListContainers::all) must be
    /// listed.
    pub fn exited(self, code: i64) -> Self {
        self.filter("exited", code.to_string())
    }

    /// Only those that were created before this one.
    pub fn before(self, container: impl Into<String>) -> Self {
        self.filter("before", container)
    }

    /// Only those that were created after this one.
    pub fn since(self, container: impl Into<String>) -> Self {
        self.filter("since", container)
    }

    /// Only those that publish something at this port of the engine's host.
    ///
    /// Podman does not know this filter.
    pub fn publish(self, port: impl Into<Port>) -> Self {
        self.filter("publish", port.into().to_string())
    }

    /// Only those that listen at this port, by what they say.
    ///
    /// Podman does not know this filter.
    pub fn expose(self, port: impl Into<Port>) -> Self {
        self.filter("expose", port.into().to_string())
    }

    /// Only those for which this holds, such as `status=exited` or `label=team=a`. Of several
    /// values for one key, one must hold; of several keys, all.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(mut self) -> Result<Vec<ContainerSummary>> {
        let call = self.docker.call("list containers");
        self.params.filters = self.filters.to_param();
        let request = self.docker.raw().container_list(&self.params);
        operation::document(&call, request).await
    }
}

awaited!(ListContainers => Vec<ContainerSummary>);
