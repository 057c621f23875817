//! `docker service ls`.

use super::Services;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::operation;
use crate::raw::{ServiceListParams, types};

/// A list of services to ask for; await it.
///
/// See [`Services::list`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ListServices {
    docker: Docker,
    params: ServiceListParams,
    filters: Filters,
}

impl Services {
    /// The services of the swarm.
    ///
    /// # Errors
    ///
    /// If the engine is no manager of a swarm (503).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for service in docker.services().list().status(true).await? {
    ///     println!("{:?} {:?}", service.id, service.service_status);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> ListServices {
        ListServices {
            docker: self.docker.clone(),
            params: Default::default(),
            filters: Default::default(),
        }
    }
}

impl ListServices {
    /// Whether to have how many tasks of each run, and are to run.
    ///
    /// # API version
    ///
    /// Since 1.41.
    pub fn status(mut self, status: bool) -> Self {
        self.params.status = Some(status);
        self
    }

    /// Only services whose names begin with this.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.filter("name", name)
    }

    /// Only services with this label, as `key` or `key=value`.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only those for which this holds, such as `mode=global`. Of several values for one key, one
    /// must hold; of several keys, all.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(mut self) -> Result<Vec<types::Service>> {
        let call = self.docker.call("list services");
        self.params.filters = self.filters.to_param();
        self.docker.allows(&call, &self.params)?;
        let request = self.docker.raw().service_list(&self.params);
        operation::document(&call, request).await
    }
}

awaited!(ListServices => Vec<types::Service>);
