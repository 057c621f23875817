//! Nodes of a swarm: all of them by [`Docker::nodes`], one of them by [`Docker::node`].

mod inspect;
mod list;
mod remove;
mod update;

pub use inspect::InspectNode;
pub use list::ListNodes;
pub use remove::RemoveNode;
pub use update::UpdateNode;

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Call;
use crate::name::{self, compared_by_name};

/// Whether a node takes tasks.
pub use crate::raw::types::NodeSpecAvailability as Availability;

impl Docker {
    /// The nodes of the swarm that this engine manages.
    pub fn nodes(&self) -> Nodes {
        Nodes {
            docker: self.clone(),
        }
    }

    /// The node with this id, unambiguous beginning of an id, or host name.
    ///
    /// Nothing is asked of the engine until something is done with the node.
    pub fn node(&self, name_or_id: impl Into<String>) -> Node {
        Node {
            docker: self.clone(),
            name: name_or_id.into(),
        }
    }
}

/// The nodes of a swarm: list what there is.
///
/// See [`Nodes::list`] for an example.
#[derive(Clone, Debug)]
pub struct Nodes {
    docker: Docker,
}

/// One node. Two of these are equal if their names or ids are.
///
/// See [`Node::update`] for an example.
///
/// # Dropping
///
/// This is a name and not the node itself: dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Node {
    docker: Docker,
    name: String,
}

compared_by_name!(Node);

impl Node {
    /// The name or id that stands for the node.
    pub fn name_or_id(&self) -> &str {
        &self.name
    }

    pub(crate) fn docker(&self) -> &Docker {
        &self.docker
    }

    /// The name to put into a path, and what is attempted on it.
    fn call(&self, operation: &'static str) -> Result<(Call, &str)> {
        let call = self.docker.call(operation).on(&self.name);
        match name::checked("a node", &self.name) {
            Ok(name) => Ok((call, name)),
            Err(error) => Err(error.during(&call)),
        }
    }
}
