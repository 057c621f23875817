//! One network namespace an engine, joined by a switch that is a namespace itself.
//!
//! In one namespace, the second engine would take the first one's `docker0` away; and in the machine's own, its
//! firewall would see what passes the switch. There is no default route: whatever asks for a public registry fails
//! at once instead of after minutes.

use std::fs::{self, File};
use std::net::{Ipv4Addr, UdpSocket};
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use serde::Deserialize;
use xshell::{Shell, cmd};

use super::home::{self, Home};
use crate::engine::catalog::Engine;

/// The first two numbers of every address; the third tells the engines of one folder from another's.
const NETWORK: (u8, u8) = (10, 201);

/// Names of namespaces and links start with this and the subnet's number.
const PREFIX: &str = "dw";

/// Namespaces belong to the machine and not to one folder, so their lock does too.
const LOCK: &str = "/run/dockwright-engines.lock";

/// The network of one folder of engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subnet(u8);

impl Subnet {
    /// The one that `home` has, if any of its engines is up.
    pub fn of(home: &Home) -> Result<Option<Subnet>> {
        let owned = owned(&links()?)?;
        Ok(owned
            .into_iter()
            .find(|(_, owner)| owner.as_deref() == Some(home.path()))
            .map(|(subnet, _)| subnet))
    }

    /// The one that `home` has, or a new one with nothing but its switch.
    pub fn join(home: &Home) -> Result<Subnet> {
        let _lock = lock()?;
        let mut taken = Vec::new();
        for (subnet, owner) in owned(&links()?)? {
            match owner {
                Some(owner) if owner == home.path() => return Ok(subnet),
                Some(owner) if owner.exists() => taken.push(subnet),
                // Whoever made it was killed on the way, or deleted the folder since.
                _ if subnet.is_deserted()? => subnet.delete()?,
                _ => taken.push(subnet),
            }
        }
        let free = (0..=u8::MAX)
            .map(Subnet)
            .find(|subnet| !taken.contains(subnet) && !subnet.is_used_otherwise());
        let Some(subnet) = free else {
            anyhow::bail!(
                "all 256 networks for engines are taken; stop some (`ip link`: {PREFIX}0 …)"
            )
        };
        subnet.delete()?; // what is left of it, if anything
        subnet.create(home)?;
        Ok(subnet)
    }

    fn create(self, home: &Home) -> Result<()> {
        let sh = Shell::new()?;
        let (switch, link) = (self.namespace("switch"), self.link());
        let address = format!("{}/24", self.address(1));
        cmd!(sh, "ip netns add {switch}").quiet().run()?;
        cmd!(sh, "ip -n {switch} link add br0 type bridge")
            .quiet()
            .run()?;
        cmd!(sh, "ip -n {switch} link set br0 up").quiet().run()?;
        cmd!(
            sh,
            "ip link add {link} type veth peer name host netns {switch}"
        )
        .quiet()
        .run()?;
        cmd!(sh, "ip -n {switch} link set host master br0 up")
            .quiet()
            .run()?;
        cmd!(sh, "ip addr add {address} dev {link}").quiet().run()?;
        cmd!(sh, "ip link set {link} up").quiet().run()?;
        // Last, so that a switch with an owner is always whole.
        let owner = home.path();
        cmd!(sh, "ip link set {link} alias {owner}").quiet().run()?;
        Ok(())
    }

    /// Gives `engine` a fresh namespace with its address.
    pub fn plug(self, engine: Engine) -> Result<()> {
        let _lock = lock()?;
        let name = engine.name();
        let (switch, namespace) = (self.namespace("switch"), self.namespace(name));
        let pids = pids(&namespace)?;
        ensure!(
            pids.is_empty(),
            "processes that no file tells of run in its network namespace {namespace}; end them: {pids}"
        );
        self.delete_plug(engine)?;
        let sh = Shell::new()?;
        let address = format!("{}/24", self.address(engine.host_number()));
        cmd!(sh, "ip netns add {namespace}").quiet().run()?;
        cmd!(sh, "ip -n {namespace} link set lo up").quiet().run()?;
        cmd!(
            sh,
            "ip -n {namespace} link add eth0 type veth peer name {name} netns {switch}"
        )
        .quiet()
        .run()?;
        cmd!(sh, "ip -n {switch} link set {name} master br0 up")
            .quiet()
            .run()?;
        cmd!(sh, "ip -n {namespace} addr add {address} dev eth0")
            .quiet()
            .run()?;
        cmd!(sh, "ip -n {namespace} link set eth0 up")
            .quiet()
            .run()?;
        Ok(())
    }

    /// Takes the namespace of `engine` away.
    pub fn unplug(self, engine: Engine) -> Result<()> {
        let _lock = lock()?;
        self.delete_plug(engine)
    }

    fn delete_plug(self, engine: Engine) -> Result<()> {
        let sh = Shell::new()?;
        let name = engine.name();
        let (switch, namespace) = (self.namespace("switch"), self.namespace(name));
        // A deleted namespace is cleared some time later; the link, whose name is wanted again, goes at once.
        cmd!(sh, "ip -n {switch} link del {name}")
            .quiet()
            .ignore_status()
            .ignore_stderr()
            .run()?;
        if namespace_path(&namespace).exists() {
            cmd!(sh, "ip netns del {namespace}").quiet().run()?;
        }
        Ok(())
    }

    /// Takes all of it away.
    pub fn leave(self) -> Result<()> {
        let _lock = lock()?;
        self.delete()
    }

    fn delete(self) -> Result<()> {
        let sh = Shell::new()?;
        let link = self.link();
        cmd!(sh, "ip link del {link}")
            .quiet()
            .ignore_status()
            .ignore_stderr()
            .run()?;
        for namespace in self.namespaces() {
            cmd!(sh, "ip netns del {namespace}").quiet().run()?;
        }
        Ok(())
    }

    /// Whether the machine has our address on it by someone else's doing.
    fn is_used_otherwise(self) -> bool {
        !Path::new("/sys/class/net").join(self.link()).exists()
            && UdpSocket::bind((self.address(1), 0)).is_ok()
    }

    fn is_deserted(self) -> Result<bool> {
        for namespace in self.namespaces() {
            if !pids(&namespace)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn namespaces(self) -> Vec<String> {
        let prefix = self.namespace("");
        let Ok(entries) = fs::read_dir(namespace_path("")) else {
            return Vec::new(); // the folder comes with the first namespace
        };
        entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with(&prefix))
            .collect()
    }

    pub fn address(self, host: u8) -> Ipv4Addr {
        Ipv4Addr::new(NETWORK.0, NETWORK.1, self.0, host)
    }

    /// All addresses of it, as `10.201.0.0/24`.
    pub fn cidr(self) -> String {
        format!("{}/24", self.address(0))
    }

    pub fn namespace_of(self, engine: Engine) -> PathBuf {
        namespace_path(&self.namespace(engine.name()))
    }

    fn namespace(self, name: &str) -> String {
        format!("{PREFIX}{}-{name}", self.0)
    }

    fn link(self) -> String {
        format!("{PREFIX}{}", self.0)
    }
}

fn lock() -> Result<File> {
    home::lock(Path::new(LOCK), || ())
}

fn namespace_path(name: &str) -> PathBuf {
    Path::new("/run/netns").join(name)
}

fn pids(namespace: &str) -> Result<String> {
    if !namespace_path(namespace).exists() {
        return Ok(String::new());
    }
    let sh = Shell::new()?;
    let pids = cmd!(sh, "ip netns pids {namespace}").quiet().read()?;
    Ok(pids.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn links() -> Result<String> {
    let sh = Shell::new()?;
    Ok(cmd!(sh, "ip -json link show").quiet().read()?)
}

/// The subnets that exist and the folders that they belong to, from the links of this machine.
fn owned(links: &str) -> Result<Vec<(Subnet, Option<PathBuf>)>> {
    #[derive(Deserialize)]
    struct Link {
        ifname: String,
        ifalias: Option<PathBuf>,
    }
    let links: Vec<Link> = serde_json::from_str(links)?;
    Ok(links
        .into_iter()
        .filter_map(|link| {
            let number = link.ifname.strip_prefix(PREFIX)?.parse().ok()?;
            Some((Subnet(number), link.ifalias))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_is_known_by_its_link_and_the_link_s_alias() {
        let links = r#"[
            {"ifindex": 1, "ifname": "lo", "flags": ["UP"]},
            {"ifindex": 7, "link_index": 2, "ifname": "dw0", "ifalias": "/a/.engines"},
            {"ifindex": 9, "ifname": "dw12"},
            {"ifindex": 11, "ifname": "dwarf", "ifalias": "/b"},
            {"ifindex": 12, "ifname": "dw300", "ifalias": "/c"}
        ]"#;
        assert_eq!(
            owned(links).unwrap(),
            [
                (Subnet(0), Some(PathBuf::from("/a/.engines"))),
                (Subnet(12), None)
            ]
        );
    }

    #[test]
    fn addresses_and_names_carry_the_number() {
        let subnet = Subnet(3);
        assert_eq!(subnet.cidr(), "10.201.3.0/24");
        assert_eq!(subnet.address(28).to_string(), "10.201.3.28");
        assert_eq!(
            subnet.namespace_of(Engine::Docker28),
            Path::new("/run/netns/dw3-docker28")
        );
    }

    #[test]
    fn the_longest_name_fits_a_link() {
        assert!(Subnet(255).link().len() <= 15);
    }
}
