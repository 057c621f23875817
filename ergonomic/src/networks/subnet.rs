//! The ranges of addresses that a network is made of.

use crate::raw::types::IpamConfig;

/// A range of addresses for a [network to create](crate::CreateNetwork::subnet).
///
/// ```
/// use dockwright::Subnet;
///
/// let subnet = Subnet::new("10.20.0.0/16")
///     .ip_range("10.20.1.0/24")
///     .gateway("10.20.0.1")
///     .aux_address("router", "10.20.1.1");
/// ```
#[derive(Clone, Debug)]
pub struct Subnet {
    config: IpamConfig,
}

impl Subnet {
    /// The range `addresses`, such as `10.20.0.0/16` or `fd00:20::/64`.
    pub fn new(addresses: impl Into<String>) -> Self {
        Self {
            config: IpamConfig {
                subnet: Some(addresses.into()),
                ..Default::default()
            },
        }
    }

    /// The part of the range that containers get their addresses from; all of it, if not set.
    pub fn ip_range(mut self, addresses: impl Into<String>) -> Self {
        self.config.ip_range = Some(addresses.into());
        self
    }

    /// The address of the network's gateway; the engine chooses one, if not set.
    pub fn gateway(mut self, address: impl Into<String>) -> Self {
        self.config.gateway = Some(address.into());
        self
    }

    /// An address that no container gets, since `host` has it.
    pub fn aux_address(mut self, host: impl Into<String>, address: impl Into<String>) -> Self {
        let addresses = &mut self.config.auxiliary_addresses;
        addresses.insert(host.into(), address.into());
        self
    }

    pub(super) fn into_config(self) -> IpamConfig {
        self.config
    }
}

/// The range alone.
impl<A: Into<String>> From<A> for Subnet {
    fn from(addresses: A) -> Self {
        Self::new(addresses)
    }
}
