//! `docker service update`, `scale` and `rollback`.

use std::time::Duration;

use super::file::{File, SwarmFile};
use super::rollout::Rollout;
use super::settings::{Settings, settings};
use super::{EndpointMode, RestartCondition, Service, pin, spec};
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::ServiceUpdateParams;
use crate::raw::types::{ServiceSpec, ServiceUpdateRegistryAuthFrom};
use crate::update::{self, nanoseconds};

/// Changes to a service; await them for what was warned of.
///
/// See [`Service::update`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct UpdateService {
    service: Service,
    settings: Settings,
    rollback: bool,
}

impl Service {
    /// Changes what this service is to be, and does not wait for its tasks:
    /// [`converged`](Service::converged) does. Awaiting gives what was warned of.
    ///
    /// All else stays, what this crate does not know included. A change that someone else makes
    /// at the same time is not lost: the service is read again, and changed again.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such service, and
    /// [`is_conflict`](crate::Error::is_conflict) if someone else was faster time and again.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let web = docker.service("web");
    /// web.update().image("nginx:1.29").env("LEVEL", "debug").await?;
    /// web.converged().await?;
    /// # Ok(()) }
    /// ```
    pub fn update(&self) -> UpdateService {
        UpdateService {
            service: self.clone(),
            settings: Settings::new(self.docker.clone()),
            rollback: false,
        }
    }

    /// Changes how many tasks are wanted: of a job, how many are to end well.
    ///
    /// # Errors
    ///
    /// As for [`update`](Service::update), and
    /// [`is_invalid_input`](crate::Error::is_invalid_input) if the service runs on every node.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.service("web").scale(5).await?;
    /// # Ok(()) }
    /// ```
    pub fn scale(&self, replicas: u32) -> UpdateService {
        let update = self.update();
        update.try_change(move |spec| spec::scale(spec, replicas))
    }

    /// Takes the last update of this service back.
    ///
    /// # API version
    ///
    /// Since 1.28.
    ///
    /// # Errors
    ///
    /// As for [`update`](Service::update), and if the service has not been updated.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.service("web").rollback().await?;
    /// # Ok(()) }
    /// ```
    pub fn rollback(&self) -> UpdateService {
        let mut update = self.update();
        update.rollback = true;
        update
    }
}

settings!(UpdateService);

impl UpdateService {
    /// The image that tasks run.
    pub fn image(self, image: impl Into<String>) -> Self {
        let image = image.into();
        self.spec(move |spec| spec::container(spec).image = Some(image.clone()))
    }

    /// Replaces the tasks even if nothing else changes.
    pub fn force(self) -> Self {
        self.spec(|spec| {
            let count = spec::task(spec).force_update.get_or_insert_default();
            *count = count.wrapping_add(1);
        })
    }

    /// Takes a label of the service away.
    pub fn remove_label(self, key: impl Into<String>) -> Self {
        let key = key.into();
        self.spec(move |spec| {
            spec.labels.remove(&key);
        })
    }

    /// Takes a variable of the environment away.
    pub fn remove_env(self, key: impl Into<String>) -> Self {
        let key = key.into();
        self.spec(move |spec| spec::remove_env(spec, &key))
    }

    /// Takes a secret away from containers, by its name.
    pub fn remove_secret(self, name: impl Into<String>) -> Self {
        let name = Some(name.into());
        self.spec(move |spec| {
            spec::container(spec)
                .secrets
                .retain(|s| s.secret_name != name)
        })
    }

    /// Takes a config away from containers, by its name.
    pub fn remove_config(self, name: impl Into<String>) -> Self {
        let name = Some(name.into());
        self.spec(move |spec| {
            spec::container(spec)
                .configs
                .retain(|c| c.config_name != name)
        })
    }

    /// Lets tasks run where a constraint, as it was written, does not hold.
    pub fn remove_constraint(self, constraint: impl Into<String>) -> Self {
        let constraint = constraint.into();
        self.spec(move |spec| {
            spec::placement(spec)
                .constraints
                .retain(|c| *c != constraint)
        })
    }

    /// Makes a port of the service, or of its containers, unreachable from outside.
    pub fn unpublish(self, target: u16) -> Self {
        self.spec(move |spec| spec::unpublish(spec, target))
    }

    /// Makes any other change, in the order of all that was said before. It is made again, to
    /// what was read again, if someone else changes the service meanwhile.
    pub fn spec(self, change: impl Fn(&mut ServiceSpec) + Send + Sync + 'static) -> Self {
        self.change(change)
    }

    async fn send(mut self) -> Result<Vec<String>> {
        self.settings.find_files().await?;
        update::retried(|| self.attempt()).await
    }

    async fn attempt(&self) -> Result<Vec<String>> {
        let (call, name) = self.service.call("update service")?;
        let settings = &self.settings;
        let docker = &settings.docker;
        if self.rollback {
            docker.require(&call, "ServiceUpdate?rollback")?;
        }
        let service = self.service.inspect().await?;
        let known = update::versioned(service.spec, service.version);
        let (mut spec, version) = known.map_err(|error| error.during(&call))?;
        let read = spec.clone();
        let changed = settings.changes.apply(&mut spec);
        changed.map_err(|error| error.during(&call))?;
        spec::allowed_mode(docker, &call, &spec)?;
        docker.allows_changes(&call, &read, &spec)?;
        let mut warnings = Vec::new();
        let credentials = settings.proof(&call, &spec).await?;
        let credentials = credentials.as_ref();
        if settings.resolve && spec::image(&spec) != spec::image(&read) {
            warnings.extend(pin::pin(docker, &mut spec, credentials).await);
        }
        let params = ServiceUpdateParams {
            version,
            x_registry_auth: credentials.map(|credentials| credentials.to_header()),
            rollback: self.rollback.then(|| "previous".to_owned()),
            // The spec that it goes back to keeps its own.
            registry_auth_from: (self.rollback && credentials.is_none())
                .then_some(ServiceUpdateRegistryAuthFrom::PreviousSpec),
        };
        let request = docker.raw().service_update(name, &params, &spec);
        let updated = operation::document(&call, request).await?;
        warnings.extend(updated.warnings);
        Ok(warnings)
    }
}

awaited!(UpdateService => Vec<String>);
