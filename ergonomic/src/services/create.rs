//! `docker service create`.

use std::time::Duration;

use super::file::{File, SwarmFile};
use super::rollout::Rollout;
use super::settings::{Settings, settings};
use super::{EndpointMode, RestartCondition, Service, Services, pin, spec};
use crate::answer::{Result, awaited};
use crate::error::Error;
use crate::images::{Reference, is_id};
use crate::name;
use crate::operation;
use crate::raw::ServiceCreateParams;
use crate::raw::types::ServiceSpec;
use crate::update::nanoseconds;

/// A service to create; await it for the service.
///
/// See [`Services::create`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct CreateService {
    image: String,
    settings: Settings,
}

impl Services {
    /// Creates a service of this image, and does not wait for its tasks:
    /// [`converged`](Service::converged) does.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) if the name is taken, [`is_not_found`](Error::is_not_found)
    /// if a secret, config or network is not there, and a 503 if the engine is no manager of a
    /// swarm. An image that is nowhere to be found is no error: its tasks fail.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use dockwright::{Order, Rollout};
    ///
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let create = docker.services().create("nginx:1.27").name("web").replicas(3);
    /// let create = create.publish(8080, 80).secret("tls-key").constraint("node.role==worker");
    /// let web = create.update_config(Rollout::new().order(Order::StartFirst)).await?;
    /// web.converged().await?;
    /// # Ok(()) }
    /// ```
    pub fn create(&self, image: impl Into<String>) -> CreateService {
        CreateService {
            image: image.into(),
            settings: Settings::new(self.docker.clone()),
        }
    }
}

settings!(CreateService);

impl CreateService {
    /// Makes any other change to what is sent, in the order of all that was said before.
    pub fn body(self, change: impl Fn(&mut ServiceSpec) + Send + Sync + 'static) -> Self {
        self.change(change)
    }

    async fn send(mut self) -> Result<Service> {
        let mut spec = ServiceSpec::default();
        spec::container(&mut spec).image = Some(self.image);
        let docker = &self.settings.docker;
        let call = docker.call("create service");
        let applied = self.settings.changes.apply(&mut spec);
        let call = call.on(spec
            .name
            .as_deref()
            .or(spec::image(&spec))
            .unwrap_or_default());
        let refuse = |error: Error| error.during(&call);
        applied.map_err(refuse)?;
        if let Some(name) = &spec.name {
            name::checked("a service", name).map_err(refuse)?;
        }
        if let Some(image) = spec::image(&spec).filter(|image| !is_id(image)) {
            Reference::parse(image).map_err(refuse)?;
        }
        // Nothing is looked for in vain.
        spec::allowed(docker, &call, &spec)?;
        for file in std::mem::take(&mut self.settings.files) {
            let found = file.find(docker).await?;
            found.place(spec::container(&mut spec));
        }
        // Files are said in words that not all versions have which know secrets and configs.
        spec::allowed(docker, &call, &spec)?;
        let mut warnings = Vec::new();
        let credentials = self.settings.proof(&call, &spec).await?;
        if self.settings.resolve {
            warnings.extend(pin::pin(docker, &mut spec, credentials.as_ref()).await);
        }
        let params = ServiceCreateParams {
            x_registry_auth: credentials.map(|credentials| credentials.to_header()),
        };
        let request = docker.raw().service_create(&params, &spec);
        let created = operation::document(&call, request).await?;
        let Some(id) = created.id.filter(|id| !id.is_empty()) else {
            return Err(Error::decode("the engine gave no id").during(&call));
        };
        warnings.extend(created.warnings);
        Ok(Service {
            warnings: warnings.into(),
            ..docker.service(id)
        })
    }
}

awaited!(CreateService => Service);
