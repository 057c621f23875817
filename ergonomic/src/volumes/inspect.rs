//! `docker volume inspect`.

use super::Volume;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::types;

/// A question for all that is known of a volume; await it for the answer.
///
/// See [`Volume::inspect`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InspectVolume {
    volume: Volume,
}

impl Volume {
    /// All that the engine knows of this volume.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such volume.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// println!("{:?}", docker.volume("data").inspect().await?.mountpoint);
    /// # Ok(()) }
    /// ```
    pub fn inspect(&self) -> InspectVolume {
        InspectVolume {
            volume: self.clone(),
        }
    }
}

impl InspectVolume {
    async fn send(self) -> Result<types::Volume> {
        let (call, name) = self.volume.call("inspect volume")?;
        let docker = &self.volume.docker;
        let request = docker.raw().volume_inspect(name);
        operation::document(&call, request).await
    }
}

awaited!(InspectVolume => types::Volume);
