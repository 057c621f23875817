//! `docker network create`.

use super::{Network, Networks, Subnet};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::error::Error;
use crate::operation;
use crate::raw::types::{ConfigReference, Ipam, NetworkCreateBody};

/// A network to create; await it for the network.
///
/// See [`Networks::create`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct CreateNetwork {
    docker: Docker,
    name: String,
    body: NetworkCreateBody,
}

impl Networks {
    /// Creates a network. Its driver is `bridge`, and its addresses are chosen by the engine, if
    /// nothing else is asked for.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) if the name is taken, on every version of the API;
    /// [`is_invalid_input`](Error::is_invalid_input) or another refusal of the engine if the
    /// addresses do not fit together.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use dockwright::Subnet;
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let back = docker.networks().create("back").await?;
    /// back.connect("web").alias("app").await?;
    ///
    /// let subnet = Subnet::new("10.20.0.0/16").gateway("10.20.0.1");
    /// let lab = docker.networks().create("lab").subnet(subnet).internal(true).await?;
    /// # Ok(()) }
    /// ```
    pub fn create(&self, name: impl Into<String>) -> CreateNetwork {
        let name = name.into();
        let body = NetworkCreateBody {
            name: Some(name.clone()),
            ..Default::default()
        };
        CreateNetwork {
            docker: self.docker.clone(),
            name,
            body,
        }
    }
}

impl CreateNetwork {
    /// The driver that makes the network, such as `bridge`, `overlay` or `macvlan`.
    pub fn driver(mut self, driver: impl Into<String>) -> Self {
        self.body.driver = Some(driver.into());
        self
    }

    /// An option for the driver, such as `com.docker.network.bridge.name`.
    pub fn option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.body.options.insert(key.into(), value.into());
        self
    }

    /// A label of the network.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.body.labels.insert(key.into(), value.into());
        self
    }

    /// A range of addresses, such as `10.20.0.0/16` or a [`Subnet`] that says more. A network can
    /// have several.
    pub fn subnet(mut self, subnet: impl Into<Subnet>) -> Self {
        let config = subnet.into().into_config();
        self.ipam().config.push(config);
        self
    }

    /// The driver that gives out addresses; the engine's own, if not set.
    pub fn ipam_driver(mut self, driver: impl Into<String>) -> Self {
        self.ipam().driver = Some(driver.into());
        self
    }

    /// An option for the driver that gives out addresses.
    pub fn ipam_option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.ipam().options.insert(key.into(), value.into());
        self
    }

    fn ipam(&mut self) -> &mut Ipam {
        self.body.ipam.get_or_insert_default()
    }

    /// Whether containers have no way out of the network.
    pub fn internal(mut self, internal: bool) -> Self {
        self.body.internal = Some(internal);
        self
    }

    /// Whether containers that are no part of a service can be connected to a network of a swarm.
    ///
    /// # API version
    ///
    /// Since 1.27.
    pub fn attachable(mut self, attachable: bool) -> Self {
        self.body.attachable = Some(attachable);
        self
    }

    /// Whether this is the network that routes what comes to published ports of a swarm's services.
    ///
    /// # API version
    ///
    /// Since 1.29.
    pub fn ingress(mut self, ingress: bool) -> Self {
        self.body.ingress = Some(ingress);
        self
    }

    /// Whether containers get addresses of IPv4; they do, if not set.
    ///
    /// # API version
    ///
    /// Since 1.48.
    pub fn ipv4(mut self, ipv4: bool) -> Self {
        self.body.enable_ipv4 = Some(ipv4);
        self
    }

    /// Whether containers get addresses of IPv6; they do not, if not set.
    pub fn ipv6(mut self, ipv6: bool) -> Self {
        self.body.enable_ipv6 = Some(ipv6);
        self
    }

    /// Where the network is: `local` on one engine, `swarm` in all of a swarm.
    ///
    /// # API version
    ///
    /// Since 1.30.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.body.scope = Some(scope.into());
        self
    }

    /// Whether this is no network but settings for [others](CreateNetwork::config_from).
    ///
    /// # API version
    ///
    /// Since 1.30.
    pub fn config_only(mut self, config_only: bool) -> Self {
        self.body.config_only = Some(config_only);
        self
    }

    /// Takes the settings of the network `name`, which has nothing but these.
    ///
    /// # API version
    ///
    /// Since 1.30.
    pub fn config_from(mut self, name: impl Into<String>) -> Self {
        self.body.config_from = Some(ConfigReference {
            network: Some(name.into()),
            ..Default::default()
        });
        self
    }

    /// Edits what is sent, for what there is no word for here.
    pub fn body(mut self, edit: impl FnOnce(&mut NetworkCreateBody)) -> Self {
        edit(&mut self.body);
        self
    }

    async fn send(mut self) -> Result<Network> {
        let call = self.docker.call("create network").on(&self.name);
        if self.name.trim().is_empty() {
            return Err(Error::invalid("a network needs a name").during(&call));
        }
        self.docker.allows_body(&call, &self.body)?;
        if self.body.enable_ipv4 == Some(false) {
            // Here it is not the same as nothing.
            self.docker.require(&call, "NetworkCreateBody.EnableIPv4")?;
        }
        if self.docker.has("NetworkCreateBody.CheckDuplicate") {
            let extra = &mut self.body.extra;
            extra.insert("CheckDuplicate".to_owned(), true.into());
        }
        let request = self.docker.raw().network_create(&self.body);
        let created = operation::document(&call, request).await?;
        let Some(id) = created.id.filter(|id| !id.is_empty()) else {
            return Err(Error::decode("the engine gave no id").during(&call));
        };
        let warning = created.warning.filter(|warning| !warning.is_empty());
        let mut network = self.docker.network(id);
        network.warnings = warning.into_iter().collect();
        Ok(network)
    }
}

awaited!(CreateNetwork => Network);
