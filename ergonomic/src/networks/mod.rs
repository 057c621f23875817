//! Networks: all of them by [`Docker::networks`], one of them by [`Docker::network`].

mod connect;
mod create;
mod inspect;
mod list;
mod prune;
mod remove;
mod subnet;

use std::sync::Arc;

pub use connect::{ConnectNetwork, DisconnectNetwork};
pub use create::CreateNetwork;
pub use inspect::InspectNetwork;
pub use list::ListNetworks;
pub use prune::{PruneNetworks, PrunedNetworks};
pub use remove::RemoveNetwork;
pub use subnet::Subnet;

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Call;
use crate::name::{self, compared_by_name};

impl Docker {
    /// The networks of this engine.
    pub fn networks(&self) -> Networks {
        Networks {
            docker: self.clone(),
        }
    }

    /// The network with this name, id, or unambiguous beginning of an id.
    ///
    /// Nothing is asked of the engine until something is done with the network.
    pub fn network(&self, name_or_id: impl Into<String>) -> Network {
        Network {
            docker: self.clone(),
            name: name_or_id.into(),
            warnings: Arc::default(),
        }
    }
}

/// The networks of an engine: create new ones, list and prune what there is.
///
/// See [`Networks::create`] for an example.
#[derive(Clone, Debug)]
pub struct Networks {
    docker: Docker,
}

/// One network. Two of these are equal if their names or ids are.
///
/// See [`Network::connect`] for an example.
///
/// # Dropping
///
/// This is a name and not the network itself: dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Network {
    docker: Docker,
    name: String,
    warnings: Arc<[String]>,
}

compared_by_name!(Network);

impl Network {
    /// The name or id that stands for the network: its id if this crate created it.
    pub fn name_or_id(&self) -> &str {
        &self.name
    }

    /// What the engine warned of when this network was created, if this crate created it.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The name to put into a path, and what is attempted on it.
    fn call(&self, operation: &'static str) -> Result<(Call, &str)> {
        let call = self.docker.call(operation).on(&self.name);
        // Docker lets networks have any names.
        match name::checked_loosely("a network", &self.name) {
            Ok(name) => Ok((call, name)),
            Err(error) => Err(error.during(&call)),
        }
    }
}
