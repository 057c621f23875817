//! Configs of a swarm: all of them by [`Docker::configs`], one of them by [`Docker::config`].

mod create;
mod inspect;
mod list;
mod remove;
mod update;

pub use create::CreateConfig;
pub use inspect::InspectConfig;
pub use list::ListConfigs;
pub use remove::RemoveConfig;
pub use update::UpdateConfig;

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Call;
use crate::name::{self, compared_by_name};

impl Docker {
    /// The configs of the swarm that this engine manages.
    pub fn configs(&self) -> Configs {
        Configs {
            docker: self.clone(),
        }
    }

    /// The config with this name, id, or unambiguous beginning of an id.
    ///
    /// Nothing is asked of the engine until something is done with the config.
    pub fn config(&self, name_or_id: impl Into<String>) -> Config {
        Config {
            docker: self.clone(),
            name: name_or_id.into(),
        }
    }
}

/// The configs of a swarm: create new ones, list what there is.
///
/// See [`Configs::create`] for an example.
#[derive(Clone, Debug)]
pub struct Configs {
    docker: Docker,
}

/// One config. Two of these are equal if their names or ids are.
///
/// See [`Config::update`] for an example.
///
/// # Dropping
///
/// This is a name and not the config itself: dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Config {
    docker: Docker,
    name: String,
}

compared_by_name!(Config);

impl Config {
    /// The name or id that stands for the config: its id if this crate created it.
    pub fn name_or_id(&self) -> &str {
        &self.name
    }

    /// The name to put into a path, and what is attempted on it.
    fn call(&self, operation: &'static str) -> Result<(Call, &str)> {
        let call = self.docker.call(operation).on(&self.name);
        match name::checked("a config", &self.name) {
            Ok(name) => Ok((call, name)),
            Err(error) => Err(error.during(&call)),
        }
    }
}
