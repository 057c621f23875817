//! `docker volume create`.

use std::fmt;

use super::{Volume, Volumes};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::error::Error;
use crate::operation;
use crate::raw::types::{ClusterVolumeSpec, VolumeCreateRequest};

/// A volume to create; await it for the volume. Options for the driver may be secret, and do not
/// show in `Debug`.
///
/// See [`Volumes::create`] for an example.
#[derive(Clone)]
#[must_use = "nothing is sent until this is awaited"]
pub struct CreateVolume {
    docker: Docker,
    body: VolumeCreateRequest,
}

impl Volumes {
    /// Creates a volume. The engine chooses its name, and keeps it on its own disk, if nothing else
    /// is asked for.
    ///
    /// If there is a volume of that name and driver already, that is given, as it is.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such driver (Podman answers 500),
    /// [`is_conflict`](Error::is_conflict) if a volume of another driver has the name.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let data = docker.volumes().create().name("data").label("team", "a").await?;
    /// println!("{:?}", data.inspect().await?.mountpoint);
    /// # Ok(()) }
    /// ```
    pub fn create(&self) -> CreateVolume {
        CreateVolume {
            docker: self.docker.clone(),
            body: Default::default(),
        }
    }
}

impl CreateVolume {
    /// The name of the volume.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.body.name = Some(name.into());
        self
    }

    /// The driver that keeps the volume; `local`, if not set.
    pub fn driver(mut self, driver: impl Into<String>) -> Self {
        self.body.driver = Some(driver.into());
        self
    }

    /// An option for the driver, such as `type` or `device`.
    pub fn option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.body.driver_opts.insert(key.into(), value.into());
        self
    }

    /// A label of the volume.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.body.labels.insert(key.into(), value.into());
        self
    }

    /// Makes it a volume of the swarm, which a driver of the Container Storage Interface keeps.
    ///
    /// # API version
    ///
    /// Since 1.42.
    pub fn cluster(mut self, spec: ClusterVolumeSpec) -> Self {
        self.body.cluster_volume_spec = Some(spec);
        self
    }

    /// Edits what is sent, for what there is no word for here.
    pub fn body(mut self, edit: impl FnOnce(&mut VolumeCreateRequest)) -> Self {
        edit(&mut self.body);
        self
    }

    async fn send(self) -> Result<Volume> {
        let call = self.docker.call("create volume");
        let call = match &self.body.name {
            Some(name) => call.on(name),
            None => call,
        };
        self.docker.allows_body(&call, &self.body)?;
        let request = self.docker.raw().volume_create(&self.body);
        let created = operation::document(&call, request).await?;
        match created.name.filter(|name| !name.is_empty()) {
            Some(name) => Ok(self.docker.volume(name)),
            None => Err(Error::decode("the engine gave no name").during(&call)),
        }
    }
}

awaited!(CreateVolume => Volume);

impl fmt::Debug for CreateVolume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateVolume")
            .field("name", &self.body.name)
            .field("driver", &self.body.driver)
            .field("labels", &self.body.labels)
            .finish_non_exhaustive()
    }
}
