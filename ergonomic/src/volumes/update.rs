//! `docker volume update`.

use super::Volume;
use crate::answer::{Result, awaited};
use crate::error::Error;
use crate::operation;
use crate::raw::VolumeUpdateParams;
use crate::raw::types::{ClusterVolumeSpec, ClusterVolumeSpecAvailability, VolumeUpdateBody};
use crate::update::{self, Changes};

/// An update of a volume of a swarm; await it.
///
/// See [`Volume::update`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct UpdateVolume {
    volume: Volume,
    changes: Changes<ClusterVolumeSpec>,
}

impl Volume {
    /// Changes what a volume of a swarm is to be. All else stays; a change that someone else makes
    /// at the same time is not lost.
    ///
    /// # API version
    ///
    /// Since 1.42.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such volume,
    /// [`is_invalid_input`](Error::is_invalid_input) if it is no volume of a swarm, and
    /// [`is_conflict`](Error::is_conflict) if someone else was faster time and again.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use dockwright::raw::types::ClusterVolumeSpecAvailability;
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let drain = ClusterVolumeSpecAvailability::Drain;
    /// docker.volume("shared").update().availability(drain).await?;
    /// # Ok(()) }
    /// ```
    pub fn update(&self) -> UpdateVolume {
        UpdateVolume {
            volume: self.clone(),
            changes: Default::default(),
        }
    }
}

impl UpdateVolume {
    /// Whether tasks can use the volume, keep it only as long as they have it, or must let go.
    pub fn availability(self, availability: ClusterVolumeSpecAvailability) -> Self {
        self.spec(move |spec| spec.availability = Some(availability.clone()))
    }

    /// Makes any other change. It is made again, to what was read again, if someone else changes
    /// the volume meanwhile.
    pub fn spec(mut self, change: impl Fn(&mut ClusterVolumeSpec) + Send + Sync + 'static) -> Self {
        self.changes.add(change);
        self
    }

    async fn send(self) -> Result<()> {
        update::retried(|| self.attempt()).await
    }

    async fn attempt(&self) -> Result<()> {
        let (call, name) = self.volume.call("update volume")?;
        let docker = &self.volume.docker;
        docker.require(&call, "VolumeUpdate")?;
        let inspected = docker.raw().volume_inspect(name);
        let inspected = operation::document(&call, inspected).await?;
        let Some(volume) = inspected.cluster_volume else {
            let error = Error::invalid("only a volume of a swarm can be updated, and this is none");
            return Err(error.during(&call));
        };
        let spec = volume.spec.unwrap_or_default();
        let known = update::versioned(Some(spec), volume.version);
        let (mut spec, version) = known.map_err(|error| error.during(&call))?;
        let read = body(spec.clone());
        self.changes.apply(&mut spec)?;
        let body = body(spec);
        docker.allows_changes(&call, &read, &body)?;
        let params = VolumeUpdateParams { version };
        let request = docker.raw().volume_update(name, &params, &body);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(UpdateVolume => ());

fn body(spec: ClusterVolumeSpec) -> VolumeUpdateBody {
    VolumeUpdateBody {
        spec: Some(spec),
        ..Default::default()
    }
}
