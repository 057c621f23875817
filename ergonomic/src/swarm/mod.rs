//! The swarm that an engine is in, or is to be in.

mod init;
mod inspect;
mod join;
mod leave;
mod lock;
mod token;
mod update;

pub use init::InitSwarm;
pub use inspect::InspectSwarm;
pub use join::JoinSwarm;
pub use leave::LeaveSwarm;
pub use lock::{UnlockKey, UnlockSwarm};
pub use token::JoinToken;
pub use update::UpdateSwarm;

use crate::docker::Docker;

/// What a node is in a swarm.
pub use crate::raw::types::NodeSpecRole as NodeRole;

impl Docker {
    /// The swarm that this engine is in, or is to be in.
    pub fn swarm(&self) -> Swarm {
        Swarm {
            docker: self.clone(),
        }
    }
}

/// The swarm of an engine: make one, join one, change it, leave it.
///
/// Most of it can be asked of managers only; other engines answer 503. Podman, which has no
/// swarms, answers 503 or 404.
///
/// See [`Swarm::init`] for an example.
#[derive(Clone, Debug)]
pub struct Swarm {
    docker: Docker,
}
