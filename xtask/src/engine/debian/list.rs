//! What `engine list` prints. Tests read it, so its columns and its names are kept.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::api::Api;
use super::home::Home;
use super::launch;
use super::net::Subnet;
use super::process::Process;
use super::root::REGISTRY_PORTS;
use crate::engine::catalog::{Engine, Kind};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    NotFetched,
    Down,
    /// It runs but does not answer.
    Starting,
    Up,
}

/// One engine. What is not known, or does not apply, is `-` in a line and `null` in JSON.
#[derive(Debug, Serialize)]
pub struct Row {
    pub name: &'static str,
    pub kind: Kind,
    pub state: State,
    pub version: Option<String>,
    pub api_version: Option<String>,
    pub min_api_version: Option<String>,
    /// Where its Unix socket is, whether it is up or not.
    pub docker_host: Option<String>,
    /// Where it listens besides, while it is up.
    pub tcp_host: Option<String>,
    /// The folder with the keys that it takes there, while it is up.
    pub keys: Option<PathBuf>,
}

impl Row {
    pub fn of(engine: Engine, home: &Home, subnet: Option<Subnet>) -> anyhow::Result<Row> {
        let dir = home.engine(engine);
        let socket = dir.socket();
        let running = Process::recorded(&dir.stat())?.is_some();
        let mut row = Row {
            name: engine.name(),
            kind: engine.kind(),
            state: match (running, dir.is_fetched()) {
                (true, _) => State::Starting,
                (false, true) => State::Down,
                (false, false) => State::NotFetched,
            },
            version: None,
            api_version: None,
            min_api_version: None,
            docker_host: (engine.kind() != Kind::Registry).then(|| docker_host(&socket)),
            tcp_host: None,
            keys: None,
        };
        let Some(subnet) = subnet.filter(|_| running) else {
            return Ok(row);
        };
        row.tcp_host = match engine.kind() {
            Kind::Docker | Kind::Swarm | Kind::Remote => Some(launch::other_host(engine, subnet)),
            Kind::Podman => None,
            Kind::Registry => {
                let address = subnet.address(engine.host_number());
                Some(format!("tcp://{address}:{}", REGISTRY_PORTS[0]))
            }
        };
        row.keys = (engine.kind() == Kind::Remote).then(|| dir.keys());
        if engine.kind() == Kind::Registry {
            if launch::is_ready(engine, &dir, subnet) {
                row.state = State::Up;
            }
        } else if let Ok(version) = (Api { socket: &socket }).version() {
            row.state = State::Up;
            row.version = Some(version.version);
            row.api_version = Some(version.api_version);
            row.min_api_version = Some(version.min_api_version);
        }
        Ok(row)
    }

    pub fn line(&self) -> String {
        let state = match self.state {
            State::NotFetched => "not-fetched",
            State::Down => "down",
            State::Starting => "starting",
            State::Up => "up",
        };
        let or_dash = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        [
            self.name.to_owned(),
            state.to_owned(),
            or_dash(&self.version),
            or_dash(&self.api_version),
            or_dash(&self.docker_host),
            or_dash(&self.tcp_host),
        ]
        .join("\t")
    }
}

fn docker_host(socket: &Path) -> String {
    format!("unix://{}", socket.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up() -> Row {
        Row {
            name: "docker28",
            kind: Kind::Docker,
            state: State::Up,
            version: Some("28.5.2".to_owned()),
            api_version: Some("1.51".to_owned()),
            min_api_version: Some("1.24".to_owned()),
            docker_host: Some("unix:///a/docker.sock".to_owned()),
            tcp_host: Some("tcp://10.201.0.28:2375".to_owned()),
            keys: None,
        }
    }

    #[test]
    fn a_line_has_six_columns() {
        assert_eq!(
            up().line(),
            "docker28\tup\t28.5.2\t1.51\tunix:///a/docker.sock\ttcp://10.201.0.28:2375"
        );
        let down = Row {
            state: State::NotFetched,
            version: None,
            api_version: None,
            min_api_version: None,
            tcp_host: None,
            ..up()
        };
        assert_eq!(
            down.line(),
            "docker28\tnot-fetched\t-\t-\tunix:///a/docker.sock\t-"
        );
    }

    #[test]
    fn json_has_the_same_names_for_states() {
        let json = serde_json::to_value(Row {
            state: State::NotFetched,
            tcp_host: None,
            ..up()
        })
        .unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "name": "docker28",
                "kind": "docker",
                "state": "not-fetched",
                "version": "28.5.2",
                "api_version": "1.51",
                "min_api_version": "1.24",
                "docker_host": "unix:///a/docker.sock",
                "tcp_host": null,
                "keys": null,
            })
        );
    }
}
