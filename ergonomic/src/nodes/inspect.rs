//! `docker node inspect`.

use super::Node;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::types;

/// A question for all that is known of a node; await it for the answer.
///
/// See [`Node::inspect`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InspectNode {
    node: Node,
}

impl Node {
    /// All that the managers know of this node.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such node.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let node = docker.node("worker-2").inspect().await?;
    /// println!("{:?}", node.status);
    /// # Ok(()) }
    /// ```
    pub fn inspect(&self) -> InspectNode {
        InspectNode { node: self.clone() }
    }
}

impl InspectNode {
    async fn send(self) -> Result<types::Node> {
        let (call, name) = self.node.call("inspect node")?;
        let docker = &self.node.docker;
        let request = docker.raw().node_inspect(name);
        operation::document(&call, request).await
    }
}

awaited!(InspectNode => types::Node);
