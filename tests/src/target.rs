//! Where the engines are that live tests run on.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::Deserialize;

use crate::workspace;

const VARIABLE: &str = "DOCKWRIGHT_ENGINES";

/// What the name of an engine by its other host ends with.
const TCP: &str = "-tcp";

/// An engine to test on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub name: String,
    /// As in `DOCKER_HOST`.
    pub host: String,
    /// Whether the same engine is a target by another host already.
    pub again: bool,
}

impl Target {
    /// The name of the engine itself.
    pub fn engine(&self) -> &str {
        match self.again {
            true => self.name.trim_end_matches(TCP),
            false => &self.name,
        }
    }
}

/// An engine that is kept for swarms of several nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwarmNode {
    /// What `cargo xtask engine` knows it by.
    pub name: String,
    /// As in `DOCKER_HOST`.
    pub host: String,
    /// Where the other nodes reach it.
    pub address: String,
}

/// An engine that is kept for ways to reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// What `cargo xtask engine` knows it by, and which way that is: `tls`, `tlsverify` or `ssh`.
    pub name: String,
    /// Its socket on this machine.
    pub socket: String,
    /// Where it is to be reached.
    pub host: String,
    /// The folder with the certificates or keys that it takes.
    pub keys: PathBuf,
}

/// The engines to test on, and why others are not among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    pub found: Vec<Target>,
    /// The address of the registry that all of them reach.
    pub registry: Option<String>,
    /// The engines that are no targets by themselves, but nodes of a swarm.
    pub nodes: Vec<SwarmNode>,
    /// The engines that are no targets by themselves, but reached by TLS or ssh.
    pub remotes: Vec<Remote>,
    /// One line for each reason.
    pub skipped: Vec<String>,
}

impl Targets {
    /// What `DOCKWRIGHT_ENGINES` names (`docker28=unix:///…,other=tcp://…`); or else the engines
    /// that `cargo xtask engine up` has started.
    ///
    /// # Errors
    ///
    /// If the variable is malformed: a test that was asked for is not to be skipped.
    pub fn find() -> Result<Self, String> {
        match env::var(VARIABLE) {
            Ok(list) => named(&list),
            Err(env::VarError::NotPresent) => Ok(started()),
            Err(error) => Err(format!("{VARIABLE}: {error}")),
        }
    }
}

fn named(list: &str) -> Result<Targets, String> {
    let entries = list.split(',').map(str::trim).filter(|e| !e.is_empty());
    let mut targets = Targets::default();
    for entry in entries {
        match entry.split_once('=') {
            Some((name, host)) if !name.is_empty() && !host.is_empty() => {
                targets.found.push(Target {
                    name: name.to_owned(),
                    host: host.to_owned(),
                    again: false,
                });
            }
            _ => return Err(format!("{VARIABLE}: `{entry}` is not `name=host`")),
        }
    }
    if targets.found.is_empty() {
        targets.skipped.push(format!("{VARIABLE} names no engine"));
    }
    Ok(targets)
}

#[derive(Deserialize)]
struct Row {
    name: String,
    kind: String,
    state: String,
    docker_host: Option<String>,
    tcp_host: Option<String>,
    keys: Option<PathBuf>,
}

/// What the project's own task says, if it is built: it knows what it has started.
fn started() -> Targets {
    let Some(xtask) = xtask() else {
        return Targets {
            skipped: vec![format!(
                "{VARIABLE} is not set, and xtask, which starts engines, is not built"
            )],
            ..Targets::default()
        };
    };
    match list(&xtask) {
        Ok(rows) => targets(rows),
        Err(reason) => Targets {
            skipped: vec![reason],
            ..Targets::default()
        },
    }
}

/// The task of the build that this test is of, or of the usual one.
pub(crate) fn xtask() -> Option<PathBuf> {
    let test = env::current_exe().ok();
    let build = test
        .as_deref()
        .and_then(Path::parent)
        .and_then(Path::parent);
    let usual = workspace().join("target/debug");
    let name = format!("xtask{}", env::consts::EXE_SUFFIX);
    let folders = build.into_iter().chain([usual.as_path()]);
    folders
        .map(|folder| folder.join(&name))
        .find(|path| path.is_file())
}

/// What `xtask engine` with these arguments said, on the engines in this folder or the usual one.
pub(crate) fn xtask_engine(
    xtask: &Path,
    arguments: &[&str],
    folder: Option<&Path>,
) -> Result<Output, String> {
    let mut command = Command::new(xtask);
    command.arg("engine").args(arguments);
    if let Some(folder) = folder {
        command.env("DOCKWRIGHT_ENGINES_DIR", folder);
    }
    let output = command.output();
    let output = output.map_err(|error| format!("{}: {error}", xtask.display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let arguments = arguments.join(" ");
        return Err(format!("`xtask engine {arguments}`: {}", said.trim()));
    }
    Ok(output)
}

fn list(xtask: &Path) -> Result<Vec<Row>, String> {
    let output = xtask_engine(xtask, &["list", "--json"], None)?;
    serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("`xtask engine list --json`: {error}"))
}

/// Whether an engine that was found up has ended. Of what `DOCKWRIGHT_ENGINES` names, nobody knows.
pub(crate) fn has_ended(target: &Target) -> bool {
    if env::var_os(VARIABLE).is_some() {
        return false;
    }
    let rows = xtask().and_then(|xtask| list(&xtask).ok());
    let mut rows = rows.into_iter().flatten();
    rows.any(|row| row.name == target.engine() && row.state == "down")
}

fn targets(rows: Vec<Row>) -> Targets {
    let mut targets = Targets::default();
    for row in rows {
        if row.state != "up" {
            let Row { name, state, .. } = row;
            targets.skipped.push(format!("{name} is {state}"));
            continue;
        }
        if row.kind == "registry" {
            let address = row.tcp_host.as_deref().filter(|_| row.state == "up");
            let address = address.and_then(|host| host.strip_prefix("tcp://"));
            targets.registry = address.map(str::to_owned);
            continue;
        }
        if row.kind == "swarm" {
            targets.nodes.extend(node(row));
            continue;
        }
        if row.kind == "remote" {
            targets.remotes.extend(remote(row));
            continue;
        }
        let tcp = row.tcp_host.map(|host| Target {
            name: format!("{}{TCP}", row.name),
            host,
            again: true,
        });
        let unix = row.docker_host.map(|host| Target {
            name: row.name,
            host,
            again: false,
        });
        targets.found.extend(unix.into_iter().chain(tcp));
    }
    targets
}

fn node(row: Row) -> Option<SwarmNode> {
    let tcp = row.tcp_host?;
    let (address, _) = tcp.strip_prefix("tcp://")?.rsplit_once(':')?;
    Some(SwarmNode {
        name: row.name,
        host: row.docker_host?,
        address: address.to_owned(),
    })
}

fn remote(row: Row) -> Option<Remote> {
    Some(Remote {
        name: row.name,
        socket: row.docker_host?,
        host: row.tcp_host?,
        keys: row.keys?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(name: &str, host: &str, again: bool) -> Target {
        Target {
            name: name.to_owned(),
            host: host.to_owned(),
            again,
        }
    }

    #[test]
    fn engines_are_named_with_their_hosts() {
        let targets = named("a=unix:///a.sock, b=tcp://h:1?x=y,").unwrap();
        assert_eq!(
            targets.found,
            [
                target("a", "unix:///a.sock", false),
                target("b", "tcp://h:1?x=y", false),
            ]
        );
        assert!(targets.skipped.is_empty());
    }

    #[test]
    fn no_name_is_a_reason_and_half_a_name_an_error() {
        assert_eq!(named("").unwrap().skipped.len(), 1);
        for bad in ["unix:///a.sock", "a=", "=unix:///a.sock"] {
            assert!(named(bad).unwrap_err().contains(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_up_is_found_by_each_of_its_hosts() {
        let rows = r#"[
            {"name":"d1","kind":"docker","state":"up","docker_host":"unix:///1","tcp_host":"tcp://1"},
            {"name":"p1","kind":"podman","state":"up","docker_host":"unix:///2","tcp_host":null},
            {"name":"d2","kind":"docker","state":"not-fetched","docker_host":null,"tcp_host":null},
            {"name":"s1","kind":"swarm","state":"up","docker_host":"unix:///4","tcp_host":"tcp://4.0.0.1:2375"},
            {"name":"tls","kind":"remote","state":"up","docker_host":"unix:///5","tcp_host":"tcp://5","keys":"/k"},
            {"name":"registry","kind":"registry","state":"up","docker_host":null,"tcp_host":"tcp://3:5000"}
        ]"#;
        let targets = targets(serde_json::from_str(rows).unwrap());
        assert_eq!(
            targets.found,
            [
                target("d1", "unix:///1", false),
                target("d1-tcp", "tcp://1", true),
                target("p1", "unix:///2", false),
            ]
        );
        assert_eq!(targets.registry.as_deref(), Some("3:5000"));
        let node = SwarmNode {
            name: "s1".to_owned(),
            host: "unix:///4".to_owned(),
            address: "4.0.0.1".to_owned(),
        };
        assert_eq!(targets.nodes, [node]);
        let remote = Remote {
            name: "tls".to_owned(),
            socket: "unix:///5".to_owned(),
            host: "tcp://5".to_owned(),
            keys: "/k".into(),
        };
        assert_eq!(targets.remotes, [remote]);
        assert_eq!(targets.skipped, ["d2 is not-fetched"]);
    }
}
