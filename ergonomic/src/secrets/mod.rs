//! Secrets of a swarm: all of them by [`Docker::secrets`], one of them by [`Docker::secret`].

mod create;
mod inspect;
mod list;
mod remove;
mod update;

pub use create::CreateSecret;
pub use inspect::InspectSecret;
pub use list::ListSecrets;
pub use remove::RemoveSecret;
pub use update::UpdateSecret;

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Call;
use crate::name::{self, compared_by_name};

impl Docker {
    /// The secrets of the swarm that this engine manages.
    pub fn secrets(&self) -> Secrets {
        Secrets {
            docker: self.clone(),
        }
    }

    /// The secret with this name, id, or unambiguous beginning of an id.
    ///
    /// Nothing is asked of the engine until something is done with the secret.
    pub fn secret(&self, name_or_id: impl Into<String>) -> Secret {
        Secret {
            docker: self.clone(),
            name: name_or_id.into(),
        }
    }
}

/// The secrets of a swarm: create new ones, list what there is.
///
/// See [`Secrets::create`] for an example.
#[derive(Clone, Debug)]
pub struct Secrets {
    docker: Docker,
}

/// One secret. Two of these are equal if their names or ids are.
///
/// See [`Secret::update`] for an example.
///
/// # Dropping
///
/// This is a name and not the secret itself: dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Secret {
    docker: Docker,
    name: String,
}

compared_by_name!(Secret);

impl Secret {
    /// The name or id that stands for the secret: its id if this crate created it.
    pub fn name_or_id(&self) -> &str {
        &self.name
    }

    /// The name to put into a path, and what is attempted on it.
    fn call(&self, operation: &'static str) -> Result<(Call, &str)> {
        let call = self.docker.call(operation).on(&self.name);
        match name::checked("a secret", &self.name) {
            Ok(name) => Ok((call, name)),
            Err(error) => Err(error.during(&call)),
        }
    }
}
