//! Volumes: all of them by [`Docker::volumes`], one of them by [`Docker::volume`].

mod create;
mod inspect;
mod list;
mod prune;
mod remove;
mod update;

pub use create::CreateVolume;
pub use inspect::InspectVolume;
pub use list::ListVolumes;
pub use prune::{PruneVolumes, PrunedVolumes};
pub use remove::RemoveVolume;
pub use update::UpdateVolume;

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Call;
use crate::name::{self, compared_by_name};

impl Docker {
    /// The volumes of this engine.
    pub fn volumes(&self) -> Volumes {
        Volumes {
            docker: self.clone(),
        }
    }

    /// The volume with this name.
    ///
    /// Nothing is asked of the engine until something is done with the volume.
    pub fn volume(&self, name: impl Into<String>) -> Volume {
        Volume {
            docker: self.clone(),
            name: name.into(),
        }
    }
}

/// The volumes of an engine: create new ones, list and prune what there is.
///
/// See [`Volumes::create`] for an example.
#[derive(Clone, Debug)]
pub struct Volumes {
    docker: Docker,
}

/// One volume. Two of these are equal if their names are.
///
/// See [`Volume::inspect`] for an example.
///
/// # Dropping
///
/// This is a name and not the volume itself: dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Volume {
    docker: Docker,
    name: String,
}

compared_by_name!(Volume);

impl Volume {
    /// The name of the volume.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name to put into a path, and what is attempted on it.
    fn call(&self, operation: &'static str) -> Result<(Call, &str)> {
        let call = self.docker.call(operation).on(&self.name);
        // Drivers let volumes have names of their own kinds.
        match name::checked_loosely("a volume", &self.name) {
            Ok(name) => Ok((call, name)),
            Err(error) => Err(error.during(&call)),
        }
    }
}
