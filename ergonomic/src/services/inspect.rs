//! `docker service inspect`.

use super::Service;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::{ServiceInspectParams, types};

/// A question for all that is known of a service; await it for the answer.
///
/// See [`Service::inspect`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InspectService {
    service: Service,
    params: ServiceInspectParams,
}

impl Service {
    /// All that the engine knows of this service.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such service.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let web = docker.service("web").inspect().await?;
    /// println!("{:?}", web.update_status);
    /// # Ok(()) }
    /// ```
    pub fn inspect(&self) -> InspectService {
        InspectService {
            service: self.clone(),
            params: Default::default(),
        }
    }
}

impl InspectService {
    /// Whether to have what the swarm does where nothing is said, too.
    ///
    /// # API version
    ///
    /// Since 1.29.
    pub fn insert_defaults(mut self, insert: bool) -> Self {
        self.params.insert_defaults = Some(insert);
        self
    }

    async fn send(self) -> Result<types::Service> {
        let (call, name) = self.service.call("inspect service")?;
        let docker = &self.service.docker;
        docker.allows(&call, &self.params)?;
        let request = docker.raw().service_inspect(name, &self.params);
        operation::document(&call, request).await
    }
}

awaited!(InspectService => types::Service);
