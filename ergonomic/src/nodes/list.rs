//! `docker node ls`.

use super::Nodes;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::operation;
use crate::raw::{NodeListParams, types};
use crate::swarm::NodeRole;

/// A list of nodes to ask for; await it.
///
/// See [`Nodes::list`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ListNodes {
    docker: Docker,
    filters: Filters,
}

impl Nodes {
    /// The nodes of the swarm, with what the managers last knew of each.
    ///
    /// # Errors
    ///
    /// If the engine is no manager of a swarm (503).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for node in docker.nodes().list().await? {
    ///     println!("{:?} {:?}", node.id, node.status);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> ListNodes {
        ListNodes {
            docker: self.docker.clone(),
            filters: Default::default(),
        }
    }
}

impl ListNodes {
    /// Only workers, or only managers.
    pub fn role(self, role: NodeRole) -> Self {
        self.filter("role", role.as_str())
    }

    /// Only nodes whose host names begin with this.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.filter("name", name)
    }

    /// Only nodes whose engines have this label, as `key` or `key=value`. For a label of the node
    /// itself, [filter](Self::filter) by `node.label`.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only those for which this holds, such as `membership=accepted`. Of several values for one
    /// key, one must hold; of several keys, all.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(self) -> Result<Vec<types::Node>> {
        let call = self.docker.call("list nodes");
        let params = NodeListParams {
            filters: self.filters.to_param(),
        };
        let request = self.docker.raw().node_list(&params);
        operation::document(&call, request).await
    }
}

awaited!(ListNodes => Vec<types::Node>);
