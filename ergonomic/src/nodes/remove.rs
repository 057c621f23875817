//! `docker node rm`.

use super::Node;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::NodeDeleteParams;

/// A removal of a node; await it.
///
/// See [`Node::remove`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct RemoveNode {
    node: Node,
    params: NodeDeleteParams,
}

impl Node {
    /// Strikes this node off the list of the swarm's nodes, after it has left.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such node. A node that is not
    /// down is not removed unless [`force`](RemoveNode::force) is set, and a manager is to be
    /// [demoted](Node::demote) first (400 in both cases).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.node("worker-2").remove().await?;
    /// # Ok(()) }
    /// ```
    pub fn remove(&self) -> RemoveNode {
        RemoveNode {
            node: self.clone(),
            params: Default::default(),
        }
    }
}

impl RemoveNode {
    /// Whether to remove the node even if it is not down.
    pub fn force(mut self, force: bool) -> Self {
        self.params.force = Some(force);
        self
    }

    async fn send(self) -> Result<()> {
        let (call, name) = self.node.call("remove node")?;
        let docker = &self.node.docker;
        let request = docker.raw().node_delete(name, &self.params);
        operation::answered(&call, request).await?;
        Ok(())
    }
}

awaited!(RemoveNode => ());
