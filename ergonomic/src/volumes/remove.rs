//! `docker volume rm`.

use super::Volume;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::VolumeDeleteParams;

/// A removal of a volume; await it.
///
/// See [`Volume::remove`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct RemoveVolume {
    volume: Volume,
    params: VolumeDeleteParams,
}

impl Volume {
    /// Removes this volume, and what is in it.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such volume, and
    /// [`is_conflict`](crate::Error::is_conflict) if a container uses it.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.volume("data").remove().await?;
    /// # Ok(()) }
    /// ```
    pub fn remove(&self) -> RemoveVolume {
        RemoveVolume {
            volume: self.clone(),
            params: Default::default(),
        }
    }
}

impl RemoveVolume {
    /// Whether to remove it even if its driver cannot be asked, or does not know it. A volume that
    /// is not there counts as removed then.
    pub fn force(mut self, force: bool) -> Self {
        self.params.force = Some(force);
        self
    }

    async fn send(self) -> Result<()> {
        let docker = &self.volume.docker;
        let (call, name) = self.volume.call("remove volume")?;
        let request = docker.raw().volume_delete(name, &self.params);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(RemoveVolume => ());
