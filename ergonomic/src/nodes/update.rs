//! `docker node update`, `promote` and `demote`.

use super::{Availability, Node};
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::NodeUpdateParams;
use crate::raw::types::NodeSpec;
use crate::swarm::NodeRole;
use crate::update::{self, Changes};

/// Changes to a node; await them.
///
/// See [`Node::update`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct UpdateNode {
    node: Node,
    changes: Changes<NodeSpec>,
}

impl Node {
    /// Changes what is wanted of this node. All else stays; a change that someone else makes at
    /// the same time is not lost.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such node.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use dockwright::Availability;
    ///
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let node = docker.node("worker-2");
    /// node.update().availability(Availability::Drain).label("zone", "b").await?;
    /// # Ok(()) }
    /// ```
    pub fn update(&self) -> UpdateNode {
        UpdateNode {
            node: self.clone(),
            changes: Default::default(),
        }
    }

    /// Makes this node a manager.
    ///
    /// # Errors
    ///
    /// As for [`update`](Node::update).
    pub fn promote(&self) -> UpdateNode {
        self.update().role(NodeRole::Manager)
    }

    /// Makes this node a worker, which takes it a few seconds to become.
    ///
    /// # Errors
    ///
    /// As for [`update`](Node::update), and if it is the last manager.
    pub fn demote(&self) -> UpdateNode {
        self.update().role(NodeRole::Worker)
    }
}

impl UpdateNode {
    /// Whether the node takes tasks, keeps those that it has, or has them moved away.
    pub fn availability(self, availability: Availability) -> Self {
        self.spec(move |spec| spec.availability = Some(availability.clone()))
    }

    /// What the node is in the swarm.
    pub fn role(self, role: NodeRole) -> Self {
        self.spec(move |spec| spec.role = Some(role.clone()))
    }

    /// Sets a label, which constraints of services know as `node.labels.key`.
    pub fn label(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let (key, value) = (key.into(), value.into());
        self.spec(move |spec| {
            spec.labels.insert(key.clone(), value.clone());
        })
    }

    /// Takes a label away.
    pub fn remove_label(self, key: impl Into<String>) -> Self {
        let key = key.into();
        self.spec(move |spec| {
            spec.labels.remove(&key);
        })
    }

    /// Makes any other change. It is made again, to what was read again, if someone else changes
    /// the node meanwhile.
    pub fn spec(mut self, change: impl Fn(&mut NodeSpec) + Send + Sync + 'static) -> Self {
        self.changes.add(change);
        self
    }

    async fn send(self) -> Result<()> {
        update::retried(|| self.attempt()).await
    }

    async fn attempt(&self) -> Result<()> {
        let (call, name) = self.node.call("update node")?;
        let docker = &self.node.docker;
        let node = self.node.inspect().await?;
        let read = update::versioned(node.spec, node.version);
        let (mut spec, version) = read.map_err(|error| error.during(&call))?;
        self.changes.apply(&mut spec)?;
        let params = NodeUpdateParams { version };
        let request = docker.raw().node_update(name, &params, &spec);
        operation::answered(&call, request).await?;
        Ok(())
    }
}

awaited!(UpdateNode => ());
