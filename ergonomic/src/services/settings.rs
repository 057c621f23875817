//! What a service is to be: the options that `create` and `update` share.

use std::fmt;

use super::file::File;
use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Call;
use crate::raw::types::ServiceSpec;
use crate::registry::{Auth, Credentials, Registry};
use crate::update::Changes;

/// What is to be said of a service. It may be secret, and does not show in `Debug`.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) docker: Docker,
    pub(super) changes: Changes<ServiceSpec>,
    pub(super) files: Vec<File>,
    pub(super) credentials: Option<Credentials>,
    /// Whether nodes get the configured credentials.
    pub(super) registry_auth: bool,
    /// Whether the registry is asked for the digest of the image.
    pub(super) resolve: bool,
}

impl Settings {
    pub(super) fn new(docker: Docker) -> Self {
        Self {
            docker,
            changes: Default::default(),
            files: Vec::new(),
            credentials: None,
            registry_auth: false,
            resolve: true,
        }
    }

    /// What nodes are to prove to the registry of the image with.
    pub(super) async fn proof(
        &self,
        call: &Call,
        spec: &ServiceSpec,
    ) -> Result<Option<Credentials>> {
        match (&self.credentials, super::spec::image(spec)) {
            (None, Some(image)) if self.registry_auth => {
                let registry = Registry::of_name(image);
                let auth = Auth::new(&self.docker, call, registry, None);
                auth.credentials().await.map(Some)
            }
            (given, _) => Ok(given.clone()),
        }
    }

    /// Finds the secrets and configs, which makes changes of them.
    pub(super) async fn find_files(&mut self) -> Result<()> {
        for file in self.files.drain(..) {
            let found = file.find(&self.docker).await?;
            self.changes
                .add(move |spec| found.place(super::spec::container(spec)));
        }
        Ok(())
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("changes", &self.changes)
            .field("files", &self.files)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

/// The setters that [`CreateService`](super::CreateService) and
/// [`UpdateService`](super::UpdateService) share.
macro_rules! settings {
    ($builder:ty) => {
        impl $builder {
            /// The service's name.
            pub fn name(self, name: impl Into<String>) -> Self {
                let name = name.into();
                self.change(move |spec| spec.name = Some(name.clone()))
            }

            /// Sets a label of the service.
            pub fn label(self, key: impl Into<String>, value: impl Into<String>) -> Self {
                let (key, value) = (key.into(), value.into());
                self.change(move |spec| {
                    spec.labels.insert(key.clone(), value.clone());
                })
            }

            /// Sets a label of the service's containers.
            pub fn container_label(self, key: impl Into<String>, value: impl Into<String>) -> Self {
                let (key, value) = (key.into(), value.into());
                self.change(move |spec| {
                    let labels = &mut spec::container(spec).labels;
                    labels.insert(key.clone(), value.clone());
                })
            }

            /// How many tasks are to run; 1 if no mode is set.
            pub fn replicas(self, count: u32) -> Self {
                self.change(move |spec| spec::replicate(spec, count))
            }

            /// Has one task run on every node.
            pub fn global(self) -> Self {
                self.change(|spec| spec::mode(spec).global = Some(Default::default()))
            }

            /// Has tasks run until so many have ended well.
            ///
            /// # API version
            ///
            /// Since 1.41.
            pub fn job(self, completions: u32) -> Self {
                self.change(move |spec| {
                    let job = spec::mode(spec).replicated_job.get_or_insert_default();
                    job.total_completions = Some(completions.into());
                })
            }

            /// How many tasks of a [`job`](Self::job) run at the same time; all, if not set.
            ///
            /// # API version
            ///
            /// Since 1.41.
            pub fn max_concurrent(self, tasks: u32) -> Self {
                self.change(move |spec| {
                    let mode = spec.mode.get_or_insert_default();
                    let job = mode.replicated_job.get_or_insert_default();
                    job.max_concurrent = Some(tasks.into());
                })
            }

            /// Has one task run on every node until it has ended well.
            ///
            /// # API version
            ///
            /// Since 1.41.
            pub fn global_job(self) -> Self {
                self.change(|spec| spec::mode(spec).global_job = Some(Default::default()))
            }

            /// The command, in place of the image's own.
            pub fn cmd<S: Into<String>>(self, cmd: impl IntoIterator<Item = S>) -> Self {
                let cmd: Vec<String> = cmd.into_iter().map(Into::into).collect();
                self.change(move |spec| spec::container(spec).args = cmd.clone())
            }

            /// What the command is given to, in place of the image's own entry point.
            pub fn entrypoint<S: Into<String>>(
                self,
                entrypoint: impl IntoIterator<Item = S>,
            ) -> Self {
                let entrypoint: Vec<String> = entrypoint.into_iter().map(Into::into).collect();
                self.change(move |spec| spec::container(spec).command = entrypoint.clone())
            }

            /// Sets a variable of the environment.
            pub fn env(self, key: impl Into<String>, value: impl Into<String>) -> Self {
                let (key, value) = (key.into(), value.into());
                self.change(move |spec| spec::set_env(spec, &key, &value))
            }

            /// The user, as `name`, `uid` or `uid:gid`.
            pub fn user(self, user: impl Into<String>) -> Self {
                let user = user.into();
                self.change(move |spec| spec::container(spec).user = Some(user.clone()))
            }

            /// The folder that the command begins in.
            pub fn workdir(self, path: impl Into<String>) -> Self {
                let path = path.into();
                self.change(move |spec| spec::container(spec).dir = Some(path.clone()))
            }

            /// The containers' name for themselves, which may be a template such as
            /// `{{.Node.Hostname}}`.
            pub fn hostname(self, hostname: impl Into<String>) -> Self {
                let hostname = hostname.into();
                self.change(move |spec| spec::container(spec).hostname = Some(hostname.clone()))
            }

            /// How long a container may take to end before it is killed.
            pub fn stop_grace(self, grace: Duration) -> Self {
                let grace = nanoseconds(grace);
                self.change(move |spec| spec::container(spec).stop_grace_period = Some(grace))
            }

            /// Gives containers a secret as a file, in place of one with the same path.
            ///
            /// # API version
            ///
            /// Since 1.25.
            pub fn secret(mut self, secret: impl Into<SwarmFile>) -> Self {
                self.settings.files.push(File::Secret(secret.into()));
                self
            }

            /// Gives containers a config as a file, in place of one with the same path.
            ///
            /// # API version
            ///
            /// Since 1.30.
            pub fn config(mut self, config: impl Into<SwarmFile>) -> Self {
                self.settings.files.push(File::Config(config.into()));
                self
            }

            /// Attaches the service to a network, by its name or id.
            pub fn network(self, name_or_id: impl Into<String>) -> Self {
                let network = name_or_id.into();
                self.change(move |spec| spec::attach(spec, &network))
            }

            /// Makes a TCP port of the service reachable at a port of every node; 0 lets the swarm
            /// choose the nodes' port.
            pub fn publish(self, published: u16, target: u16) -> Self {
                self.change(move |spec| spec::publish(spec, published, target, None))
            }

            /// Makes a TCP port of each container reachable at a port of the node that it is on.
            ///
            /// # API version
            ///
            /// Since 1.34.
            pub fn publish_on_host(self, published: u16, target: u16) -> Self {
                use $crate::raw::types::EndpointPortConfigPublishMode::Host;
                self.change(move |spec| spec::publish(spec, published, target, Some(Host)))
            }

            /// How the name of the service is resolved.
            pub fn endpoint_mode(self, mode: EndpointMode) -> Self {
                self.change(move |spec| {
                    spec.endpoint_spec.get_or_insert_default().mode = Some(mode.clone());
                })
            }

            /// Lets tasks run only on nodes for which this holds, such as `node.role==worker` or
            /// `node.labels.zone==b`.
            pub fn constraint(self, constraint: impl Into<String>) -> Self {
                let constraint = constraint.into();
                self.change(move |spec| spec::constrain(spec, &constraint))
            }

            /// Spreads tasks evenly over the values of this, such as `node.labels.zone`.
            ///
            /// # API version
            ///
            /// Since 1.28.
            pub fn spread(self, over: impl Into<String>) -> Self {
                let over = over.into();
                self.change(move |spec| spec::spread(spec, &over))
            }

            /// How many tasks a node has at most.
            ///
            /// # API version
            ///
            /// Since 1.40.
            pub fn max_replicas_per_node(self, tasks: u32) -> Self {
                self.change(move |spec| spec::placement(spec).max_replicas = Some(tasks.into()))
            }

            /// How many bytes of memory a container has at most.
            pub fn limit_memory(self, bytes: u64) -> Self {
                let bytes = bytes.try_into().unwrap_or(i64::MAX);
                self.change(move |spec| {
                    let limits = spec::resources(spec).limits.get_or_insert_default();
                    limits.memory_bytes = Some(bytes);
                })
            }

            /// How many processors' time a container has at most, such as 1.5.
            pub fn limit_cpu(self, cpus: f64) -> Self {
                self.try_change(move |spec| {
                    let limits = spec::resources(spec).limits.get_or_insert_default();
                    limits.nano_cpus = Some(spec::nano_cpus(cpus)?);
                    Ok(())
                })
            }

            /// How many processes a container has at most.
            ///
            /// # API version
            ///
            /// Since 1.41.
            pub fn limit_pids(self, count: u32) -> Self {
                self.change(move |spec| {
                    let limits = spec::resources(spec).limits.get_or_insert_default();
                    limits.pids = Some(count.into());
                })
            }

            /// How many bytes of memory a node must have left for a container.
            pub fn reserve_memory(self, bytes: u64) -> Self {
                let bytes = bytes.try_into().unwrap_or(i64::MAX);
                self.change(move |spec| {
                    let reserved = spec::resources(spec).reservations.get_or_insert_default();
                    reserved.memory_bytes = Some(bytes);
                })
            }

            /// How many processors' time a node must have left for a container.
            pub fn reserve_cpu(self, cpus: f64) -> Self {
                self.try_change(move |spec| {
                    let reserved = spec::resources(spec).reservations.get_or_insert_default();
                    reserved.nano_cpus = Some(spec::nano_cpus(cpus)?);
                    Ok(())
                })
            }

            /// When a task that has ended is followed by another.
            pub fn restart(self, condition: RestartCondition) -> Self {
                self.change(move |spec| spec::restart(spec).condition = Some(condition.clone()))
            }

            /// How long after its end a task is followed by another.
            pub fn restart_delay(self, delay: Duration) -> Self {
                let delay = nanoseconds(delay);
                self.change(move |spec| spec::restart(spec).delay = Some(delay))
            }

            /// How often a task is followed by another at most.
            pub fn restart_max_attempts(self, attempts: u32) -> Self {
                self.change(move |spec| spec::restart(spec).max_attempts = Some(attempts.into()))
            }

            /// How tasks are replaced when the service is updated.
            pub fn update_config(self, rollout: Rollout) -> Self {
                self.change(move |spec| {
                    rollout.set_update(spec.update_config.get_or_insert_default());
                })
            }

            /// How tasks are replaced when an update is taken back.
            ///
            /// # API version
            ///
            /// Since 1.28.
            pub fn rollback_config(self, rollout: Rollout) -> Self {
                self.change(move |spec| {
                    rollout.set_rollback(spec.rollback_config.get_or_insert_default());
                })
            }

            /// Gives nodes the credentials that are [configured](crate::Docker::login) for the
            /// registry, to pull the image with. Without this, and without
            /// [`credentials`](Self::credentials), they get none.
            pub fn with_registry_auth(mut self) -> Self {
                self.settings.registry_auth = true;
                self
            }

            /// What nodes are to prove to the registry with when they pull the image.
            pub fn credentials(mut self, credentials: $crate::Credentials) -> Self {
                self.settings.credentials = Some(credentials);
                self
            }

            /// Whether to ask the registry for the digest of the image, so that all nodes run the
            /// same one; `true` if not set. If the registry does not tell, that is a warning.
            ///
            /// # API version
            ///
            /// Since 1.30. Older engines are not asked.
            pub fn resolve_image(mut self, resolve: bool) -> Self {
                self.settings.resolve = resolve;
                self
            }

            fn change(mut self, change: impl Fn(&mut ServiceSpec) + Send + Sync + 'static) -> Self {
                self.settings.changes.add(change);
                self
            }

            fn try_change(
                mut self,
                change: impl Fn(&mut ServiceSpec) -> Result<()> + Send + Sync + 'static,
            ) -> Self {
                self.settings.changes.try_to(change);
                self
            }
        }
    };
}
pub(super) use settings;
