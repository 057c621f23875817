//! Ports: those of a container, and where they can be reached at the engine's host.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use crate::raw::types::PortBinding;

/// A port of a container: a number and a protocol. A bare number is a TCP port.
///
/// ```
/// use dockwright::Port;
///
/// assert_eq!(Port::from(80).to_string(), "80/tcp");
/// assert_eq!(Port::udp(53).to_string(), "53/udp");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port {
    number: u16,
    protocol: &'static str,
}

impl Port {
    /// A port of TCP.
    pub fn tcp(number: u16) -> Self {
        Self {
            number,
            protocol: "tcp",
        }
    }

    /// A port of UDP.
    pub fn udp(number: u16) -> Self {
        Self {
            number,
            protocol: "udp",
        }
    }

    /// A port of SCTP.
    pub fn sctp(number: u16) -> Self {
        Self {
            number,
            protocol: "sctp",
        }
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Its protocol: `tcp`, `udp` or `sctp`.
    pub fn protocol(&self) -> &'static str {
        self.protocol
    }
}

impl From<u16> for Port {
    fn from(number: u16) -> Self {
        Self::tcp(number)
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.protocol)
    }
}

/// Where a published port is reached: a port of the engine's host, or one of a range, at all of
/// its addresses or at one. 0 is a port of the engine's choice.
///
/// ```
/// use std::net::{IpAddr, Ipv4Addr};
/// use dockwright::HostPort;
///
/// let any = HostPort::from(0);
/// let one_of = HostPort::from(8000..=8010);
/// let local = HostPort::from((IpAddr::from(Ipv4Addr::LOCALHOST), 8080));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostPort {
    ip: Option<IpAddr>,
    ports: RangeInclusive<u16>,
}

impl HostPort {
    /// At this address only.
    pub fn ip(mut self, ip: IpAddr) -> Self {
        self.ip = Some(ip);
        self
    }

    pub(crate) fn binding(&self) -> PortBinding {
        let (first, last) = (self.ports.start(), self.ports.end());
        PortBinding {
            host_ip: self.ip.map(|ip| ip.to_string()),
            host_port: Some(match first == last {
                true => first.to_string(),
                false => format!("{first}-{last}"),
            }),
            ..Default::default()
        }
    }
}

impl From<u16> for HostPort {
    fn from(port: u16) -> Self {
        Self {
            ip: None,
            ports: port..=port,
        }
    }
}

/// The engine takes one that is free. Podman knows no ranges.
impl From<RangeInclusive<u16>> for HostPort {
    fn from(ports: RangeInclusive<u16>) -> Self {
        Self { ip: None, ports }
    }
}

impl From<(IpAddr, u16)> for HostPort {
    fn from((ip, port): (IpAddr, u16)) -> Self {
        Self::from(port).ip(ip)
    }
}

impl From<SocketAddr> for HostPort {
    fn from(address: SocketAddr) -> Self {
        Self::from((address.ip(), address.port()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(port: impl Into<HostPort>) -> (Option<String>, Option<String>) {
        let binding = port.into().binding();
        (binding.host_ip, binding.host_port)
    }

    #[test]
    fn a_place_at_the_host_is_an_address_and_ports() {
        assert_eq!(bound(8080), (None, Some("8080".into())));
        assert_eq!(bound(0), (None, Some("0".into())));
        assert_eq!(bound(8000..=8010), (None, Some("8000-8010".into())));
        let local: SocketAddr = "[::1]:53".parse().unwrap();
        assert_eq!(bound(local), (Some("::1".into()), Some("53".into())));
        let range = HostPort::from(1..=2).ip([127, 0, 0, 1].into());
        assert_eq!(bound(range), (Some("127.0.0.1".into()), Some("1-2".into())));
    }
}
