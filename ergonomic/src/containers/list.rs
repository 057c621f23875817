//! `docker ps`.

use super::Containers;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::operation;
use crate::raw::ContainerListParams;
use crate::raw::types::ContainerSummary;

/// A list of containers to ask for; await it.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct List {
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
    /// for container in docker.containers().list().all(true).filter("label", "team=a").await? {
    ///     println!("{:?} {:?}", container.names, container.status);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> List {
        List {
            docker: self.docker.clone(),
            params: Default::default(),
            filters: Default::default(),
        }
    }
}

impl List {
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
        operation::document(&self.docker, &call, request).await
    }
}

awaited!(List => Vec<ContainerSummary>);
