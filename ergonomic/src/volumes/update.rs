//! `docker volume update`.

use std::fmt;
use std::sync::Arc;

use super::Volume;
use crate::answer::{Result, awaited};
use crate::error::Error;
use crate::operation;
use crate::raw::VolumeUpdateParams;
use crate::raw::types::{ClusterVolumeSpec, ClusterVolumeSpecAvailability, VolumeUpdateBody};

type Edit = Arc<dyn Fn(&mut ClusterVolumeSpec) + Send + Sync>;

/// An update of a volume of a swarm; await it.
#[derive(Clone)]
#[must_use = "nothing is sent until this is awaited"]
pub struct UpdateVolume {
    volume: Volume,
    edits: Vec<Edit>,
}

impl Volume {
    /// Changes what a volume of a swarm is to be. What is not changed stays as it is.
    ///
    /// # API version
    ///
    /// Since 1.42.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such volume,
    /// [`is_invalid_input`](Error::is_invalid_input) if it is no volume of a swarm; and if someone
    /// else changes it between our reading and writing, an error with the status that the engine
    /// chose.
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
            edits: Vec::new(),
        }
    }
}

impl UpdateVolume {
    /// Whether tasks can use the volume, keep it only as long as they have it, or must let go.
    pub fn availability(self, availability: ClusterVolumeSpecAvailability) -> Self {
        self.spec(move |spec| spec.availability = Some(availability.clone()))
    }

    /// Edits what the volume is to be, as the engine has it now.
    pub fn spec(mut self, edit: impl Fn(&mut ClusterVolumeSpec) + Send + Sync + 'static) -> Self {
        self.edits.push(Arc::new(edit));
        self
    }

    async fn send(self) -> Result<()> {
        let (call, name) = self.volume.call("update volume")?;
        let docker = &self.volume.docker;
        docker.require(&call, "VolumeUpdate")?;
        let inspected = docker.raw().volume_inspect(name);
        let inspected = operation::document(docker, &call, inspected).await?;
        let Some(volume) = inspected.cluster_volume else {
            let error = Error::invalid("only a volume of a swarm can be updated, and this is none");
            return Err(error.during(&call));
        };
        let version = volume.version.and_then(|version| version.index);
        let Some(version) = version else {
            return Err(Error::decode("the engine gave no version of it").during(&call));
        };
        let mut spec = volume.spec.unwrap_or_default();
        for edit in &self.edits {
            edit(&mut spec);
        }
        let body = VolumeUpdateBody {
            spec: Some(spec),
            ..Default::default()
        };
        let params = VolumeUpdateParams { version };
        let request = docker.raw().volume_update(name, &params, &body);
        operation::answered(docker, &call, request).await.map(drop)
    }
}

awaited!(UpdateVolume => ());

impl fmt::Debug for UpdateVolume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateVolume")
            .field("volume", &self.volume)
            .field("edits", &self.edits.len())
            .finish()
    }
}
