//! `docker swarm init`.

use super::Swarm;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::error::Error;
use crate::nodes::Node;
use crate::operation;
use crate::raw::types::SwarmInitBody;

/// Where swarms listen if nothing else is said: on all addresses, at the usual port.
pub(super) const LISTEN_ADDR: &str = "0.0.0.0:2377";

/// A swarm to make; await it for its first node. Keys in it do not show in `Debug`.
///
/// See [`Swarm::init`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InitSwarm {
    docker: Docker,
    body: SwarmInitBody,
}

impl Swarm {
    /// Makes a swarm with this engine as its first manager, and gives that node.
    ///
    /// # Errors
    ///
    /// If the engine is in a swarm already (503), and
    /// [`is_invalid_input`](Error::is_invalid_input) if it has several addresses and none is
    /// named to [`advertise`](InitSwarm::advertise).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let node = docker.swarm().init().advertise("192.168.0.10").await?;
    /// println!("{}", node.name_or_id());
    /// # Ok(()) }
    /// ```
    pub fn init(&self) -> InitSwarm {
        InitSwarm {
            docker: self.docker.clone(),
            body: SwarmInitBody {
                listen_addr: Some(LISTEN_ADDR.to_owned()),
                ..Default::default()
            },
        }
    }
}

impl InitSwarm {
    /// Where the other nodes reach this one: an address or a network interface, with a port or
    /// without. The engine finds it by itself only if it has but one.
    pub fn advertise(mut self, address: impl Into<String>) -> Self {
        self.body.advertise_addr = Some(address.into());
        self
    }

    /// Where this node listens for the others; `0.0.0.0:2377` if not set.
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        self.body.listen_addr = Some(address.into());
        self
    }

    /// Where the traffic of containers is to go, if not to the advertised address.
    ///
    /// # API version
    ///
    /// Since 1.30.
    pub fn data_path(mut self, address: impl Into<String>) -> Self {
        self.body.data_path_addr = Some(address.into());
        self
    }

    /// The UDP port for the traffic of containers, on all nodes; 4789 if not set.
    ///
    /// # API version
    ///
    /// Since 1.40.
    pub fn data_path_port(mut self, port: u16) -> Self {
        self.body.data_path_port = Some(port.into());
        self
    }

    /// Networks of the swarm take their addresses from here, such as `10.20.0.0/16`. Can be
    /// called again for more.
    ///
    /// # API version
    ///
    /// Since 1.39.
    pub fn address_pool(mut self, subnet: impl Into<String>) -> Self {
        self.body.default_addr_pool.push(subnet.into());
        self
    }

    /// How many bits of an address name a network out of a [pool](InitSwarm::address_pool); 24 if
    /// not set.
    ///
    /// # API version
    ///
    /// Since 1.39.
    pub fn subnet_size(mut self, bits: u8) -> Self {
        self.body.subnet_size = Some(bits.into());
        self
    }

    /// Locks managers when they restart, until they are [unlocked](Swarm::unlock) with the
    /// [key](Swarm::unlock_key).
    pub fn autolock(mut self) -> Self {
        let spec = self.body.spec.get_or_insert_default();
        let encryption = spec.encryption_config.get_or_insert_default();
        encryption.auto_lock_managers = Some(true);
        self
    }

    /// Makes a new swarm of what this manager knows of an old one that has lost its majority.
    pub fn force_new_cluster(mut self) -> Self {
        self.body.force_new_cluster = Some(true);
        self
    }

    /// Edits what is sent, for all that there is no word for here.
    pub fn body(mut self, edit: impl FnOnce(&mut SwarmInitBody)) -> Self {
        edit(&mut self.body);
        self
    }

    async fn send(self) -> Result<Node> {
        let call = self.docker.call("init swarm");
        self.docker.allows_body(&call, &self.body)?;
        let request = self.docker.raw().swarm_init(&self.body);
        let id = operation::document(&call, request).await?;
        match id.is_empty() {
            true => Err(Error::decode("the engine gave no id").during(&call)),
            false => Ok(self.docker.node(id)),
        }
    }
}

awaited!(InitSwarm => Node);
