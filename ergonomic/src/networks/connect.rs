//! `docker network connect` and `docker network disconnect`.

use super::Network;
use crate::answer::{Result, awaited};
use crate::containers::checked_name;
use crate::error::Error;
use crate::operation;
use crate::raw::types::{
    EndpointIpamConfig, EndpointSettings, NetworkConnectRequest, NetworkDisconnectRequest,
};
use crate::version::ApiVersion;

/// Docker ignores the address before.
const MAC_ADDRESS: ApiVersion = ApiVersion::new(1, 54);

impl Network {
    /// Connects a container to this network, whether it runs or not.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such network or container. What else
    /// stands against it is an error with the status that the engine chose.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.network("back").connect("web").alias("app").ip("10.20.0.7").await?;
    /// # Ok(()) }
    /// ```
    pub fn connect(&self, container: impl Into<String>) -> ConnectNetwork {
        ConnectNetwork {
            network: self.clone(),
            container: container.into(),
            endpoint: Default::default(),
        }
    }

    /// Disconnects a container from this network.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such network or container. A container
    /// that is not connected is an error with the status that the engine chose.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.network("back").disconnect("web").await?;
    /// # Ok(()) }
    /// ```
    pub fn disconnect(&self, container: impl Into<String>) -> DisconnectNetwork {
        DisconnectNetwork {
            network: self.clone(),
            container: container.into(),
            force: None,
        }
    }
}

/// A container to connect to a network; await it.
///
/// See [`Network::connect`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ConnectNetwork {
    network: Network,
    container: String,
    endpoint: EndpointSettings,
}

impl ConnectNetwork {
    /// Another name by which the network knows the container.
    pub fn alias(mut self, name: impl Into<String>) -> Self {
        self.endpoint.aliases.push(name.into());
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
        self.endpoint.ipam_config.get_or_insert_default()
    }

    /// Lets the container find `other` by the name `alias`, on this network.
    pub fn link(mut self, other: impl AsRef<str>, alias: impl AsRef<str>) -> Self {
        let link = format!("{}:{}", other.as_ref(), alias.as_ref());
        self.endpoint.links.push(link);
        self
    }

    /// The hardware address of the container on this network, such as `02:42:ac:11:00:02`.
    ///
    /// # API version
    ///
    /// Since 1.54.
    pub fn mac_address(mut self, address: impl Into<String>) -> Self {
        self.endpoint.mac_address = Some(address.into());
        self
    }

    /// An option for the network's driver.
    ///
    /// # API version
    ///
    /// Since 1.32.
    pub fn driver_option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.endpoint.driver_opts.insert(key.into(), value.into());
        self
    }

    /// Which of a container's networks is its way out: the one where this is highest.
    ///
    /// # API version
    ///
    /// Since 1.48.
    pub fn gateway_priority(mut self, priority: i64) -> Self {
        self.endpoint.gw_priority = Some(priority);
        self
    }

    /// Edits what is sent, for what there is no word for here.
    pub fn body(mut self, edit: impl FnOnce(&mut EndpointSettings)) -> Self {
        edit(&mut self.endpoint);
        self
    }

    async fn send(self) -> Result<()> {
        let docker = &self.network.docker;
        let (call, name) = self.network.call("connect to network")?;
        let container = checked_name(&self.container).map_err(|error| error.during(&call))?;
        let have = docker.api_version();
        if self.endpoint.mac_address.is_some() && have < MAC_ADDRESS {
            let feature = "a hardware address for a connection";
            return Err(Error::unsupported(feature, MAC_ADDRESS, have).during(&call));
        }
        let body = NetworkConnectRequest {
            container: Some(container.to_owned()),
            endpoint_config: Some(self.endpoint),
            ..Default::default()
        };
        docker.allows_body(&call, &body)?;
        let request = docker.raw().network_connect(name, &body);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(ConnectNetwork => ());

/// A container to disconnect from a network; await it.
///
/// See [`Network::disconnect`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct DisconnectNetwork {
    network: Network,
    container: String,
    force: Option<bool>,
}

impl DisconnectNetwork {
    /// Whether to disconnect a container that the engine does not reach, or that is gone.
    pub fn force(mut self, force: bool) -> Self {
        self.force = Some(force);
        self
    }

    async fn send(self) -> Result<()> {
        let docker = &self.network.docker;
        let (call, name) = self.network.call("disconnect from network")?;
        let container = checked_name(&self.container).map_err(|error| error.during(&call))?;
        let body = NetworkDisconnectRequest {
            container: Some(container.to_owned()),
            force: self.force,
            ..Default::default()
        };
        let request = docker.raw().network_disconnect(name, &body);
        operation::answered(&call, request).await.map(drop)
    }
}

awaited!(DisconnectNetwork => ());
