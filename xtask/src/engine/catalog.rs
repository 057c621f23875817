//! The engines that can be started, and what each is made of.

use clap::ValueEnum;

/// An engine by its name on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
#[value(rename_all = "lower")]
pub enum Engine {
    /// Docker 20.10, API 1.41
    Docker20,
    /// Docker 26, API 1.45
    Docker26,
    /// Docker 28, API 1.51
    Docker28,
    /// Podman 5.4, API 1.41
    Podman54,
    /// Podman 5.8, API 1.44
    Podman58,
    /// An image registry for the engines: port 5000 is open, port 5001 asks for tester / s3cret
    Registry,
    /// Docker 28 once more, to be a node of a swarm
    Swarm1,
    /// The same, for a second node
    Swarm2,
    /// The same, for a third node
    Swarm3,
    /// Docker 28 once more, to be reached by TLS
    Tls,
    /// The same, which demands client certificates
    Tlsverify,
    /// The same, to be reached by ssh
    Ssh,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Docker,
    Podman,
    Registry,
    /// A Docker engine that is kept for swarms: tests of one engine leave it alone.
    Swarm,
    /// A Docker engine that is kept for ways to reach it: tests of one engine leave it alone.
    Remote,
}

impl Engine {
    /// One of each version: what `up` starts when no name is given.
    pub const ENGINES: [Engine; 5] = [
        Engine::Docker20,
        Engine::Docker26,
        Engine::Docker28,
        Engine::Podman54,
        Engine::Podman58,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Engine::Docker20 => "docker20",
            Engine::Docker26 => "docker26",
            Engine::Docker28 => "docker28",
            Engine::Podman54 => "podman54",
            Engine::Podman58 => "podman58",
            Engine::Registry => "registry",
            Engine::Swarm1 => "swarm1",
            Engine::Swarm2 => "swarm2",
            Engine::Swarm3 => "swarm3",
            Engine::Tls => "tls",
            Engine::Tlsverify => "tlsverify",
            Engine::Ssh => "ssh",
        }
    }

    pub fn kind(self) -> Kind {
        match self {
            Engine::Docker20 | Engine::Docker26 | Engine::Docker28 => Kind::Docker,
            Engine::Podman54 | Engine::Podman58 => Kind::Podman,
            Engine::Registry => Kind::Registry,
            Engine::Swarm1 | Engine::Swarm2 | Engine::Swarm3 => Kind::Swarm,
            Engine::Tls | Engine::Tlsverify | Engine::Ssh => Kind::Remote,
        }
    }

    /// The engine whose packages it shares, if it has none of its own.
    pub fn twin(self) -> Option<Engine> {
        match self.kind() {
            Kind::Swarm => Some(Engine::Docker28),
            // That of ssh has a few programs more.
            Kind::Remote if self != Engine::Ssh => Some(Engine::Docker28),
            _ => None,
        }
    }

    /// The Debian release whose packages it is unpacked from.
    pub fn suite(self) -> &'static str {
        if let Some(twin) = self.twin() {
            return twin.suite();
        }
        match self {
            Engine::Docker20 => "bookworm",
            Engine::Docker26 | Engine::Podman54 | Engine::Registry => "trixie",
            _ => "sid",
        }
    }

    /// The last number of its address.
    pub fn host_number(self) -> u8 {
        match self {
            Engine::Docker20 => 20,
            Engine::Docker26 => 26,
            Engine::Docker28 => 28,
            Engine::Podman54 => 54,
            Engine::Podman58 => 58,
            Engine::Registry => 5,
            Engine::Swarm1 => 11,
            Engine::Swarm2 => 12,
            Engine::Swarm3 => 13,
            Engine::Tls => 41,
            Engine::Tlsverify => 42,
            Engine::Ssh => 43,
        }
    }

    /// What to ask apt for; it adds what these depend on.
    pub fn packages(self) -> Vec<&'static str> {
        // The name of the system, a first process, a shell and `umount` to enter the root with, and the
        // image to import.
        let mut packages = vec!["base-files", "catatonit", "dash", "mount", "busybox-static"];
        packages.extend_from_slice(match self.kind() {
            // `ps` answers `docker top`; xz unpacks layers.
            Kind::Docker | Kind::Swarm | Kind::Remote => &["docker.io", "procps", "xz-utils"],
            Kind::Podman => &["podman", "crun", "aardvark-dns", "nftables", "procps"],
            Kind::Registry => &["docker-registry"],
        });
        if self == Engine::Ssh {
            // The CLI is what is run there.
            packages.extend(["openssh-server", "docker-cli"]);
        }
        if matches!(self, Engine::Docker28 | Engine::Ssh) {
            // Its package wants a tool that makes users, and apt would take all of systemd for it.
            packages.push("systemd-standalone-sysusers");
        }
        packages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_knows_each_engine_by_its_name() {
        for engine in Engine::value_variants() {
            let value = engine.to_possible_value().unwrap();
            assert_eq!(value.get_name(), engine.name());
        }
    }

    #[test]
    fn no_two_engines_share_an_address() {
        let mut numbers: Vec<u8> = Engine::value_variants()
            .iter()
            .map(|engine| engine.host_number())
            .collect();
        numbers.push(1); // the machine's own end
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all);
    }
}
