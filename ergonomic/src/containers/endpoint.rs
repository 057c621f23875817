//! What a container is in a network.

use std::fmt;

use crate::raw::types::{EndpointIpamConfig, EndpointSettings};

/// A network to join, and what the container is to be in it, for [`network`](crate::Run::network).
/// A bare name is the network of that name.
///
/// ```
/// use dockwright::NetworkEndpoint;
///
/// let database = NetworkEndpoint::new("backend").alias("db").ip("10.1.0.5");
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "a network is joined by giving this to a container"]
pub struct NetworkEndpoint {
    pub(crate) network: String,
    pub(crate) settings: EndpointSettings,
}

impl NetworkEndpoint {
    /// The network with this name or id.
    pub fn new(network: impl Into<String>) -> Self {
        Self {
            network: network.into(),
            settings: Default::default(),
        }
    }

    /// Another name for the container in this network.
    pub fn alias(mut self, alias: impl Into<String>) -> Self {
        self.settings.aliases.push(alias.into());
        self
    }

    /// The container's address of IPv4. The network has to have been created with its subnet.
    pub fn ip(mut self, address: impl Into<String>) -> Self {
        self.ipam().ipv4_address = Some(address.into());
        self
    }

    /// The container's address of IPv6. The network has to have been created with its subnet.
    pub fn ip6(mut self, address: impl Into<String>) -> Self {
        self.ipam().ipv6_address = Some(address.into());
        self
    }

    /// A link-local address of the container.
    pub fn link_local_ip(mut self, address: impl Into<String>) -> Self {
        self.ipam().link_local_ips.push(address.into());
        self
    }

    fn ipam(&mut self) -> &mut EndpointIpamConfig {
        self.settings.ipam_config.get_or_insert_default()
    }

    /// The hardware address of the container on this network, such as `02:42:ac:11:00:02`.
    ///
    /// # API version
    ///
    /// Since 1.44 each network can have its own; before that, one can be set if the container
    /// joins one network.
    pub fn mac_address(mut self, address: impl Into<String>) -> Self {
        self.settings.mac_address = Some(address.into());
        self
    }

    /// An option for the network's driver.
    ///
    /// # API version
    ///
    /// Since 1.32.
    pub fn driver_option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let options = &mut self.settings.driver_opts;
        options.insert(key.into(), value.into());
        self
    }

    /// Which of the container's networks is its way out: the one where this is highest.
    ///
    /// # API version
    ///
    /// Since 1.48.
    pub fn gateway_priority(mut self, priority: i64) -> Self {
        self.settings.gw_priority = Some(priority);
        self
    }

    /// Changes whatever else there is to an endpoint, in the terms of the API.
    pub fn body(mut self, change: impl FnOnce(&mut EndpointSettings)) -> Self {
        change(&mut self.settings);
        self
    }
}

impl From<&str> for NetworkEndpoint {
    fn from(network: &str) -> Self {
        Self::new(network)
    }
}

impl From<String> for NetworkEndpoint {
    fn from(network: String) -> Self {
        Self::new(network)
    }
}

/// Options for a driver may be secret.
impl fmt::Debug for NetworkEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkEndpoint")
            .field("network", &self.network)
            .field("aliases", &self.settings.aliases)
            .finish_non_exhaustive()
    }
}
