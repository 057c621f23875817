//! Starting an engine in namespaces of its own, and stopping it.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::api::Api;
use super::home::EngineDir;
use super::keys::{self, SSH_PORT};
use super::machine::PATH;
use super::net::Subnet;
use super::process::Process;
use super::root::{self, REGISTRY_PORTS};
use crate::engine::catalog::{Engine, Kind};

/// Where an engine listens for requests besides its socket.
pub const TCP_PORT: u16 = 2375;
/// The same, in TLS.
const TLS_PORT: u16 = 2376;

const READY_WITHIN: Duration = Duration::from_secs(60);
const STOPPED_WITHIN: Duration = Duration::from_secs(20);

/// Starts `engine`, whose namespace is there, and waits until it answers.
pub fn start(engine: Engine, dir: &EngineDir, subnet: Subnet) -> Result<()> {
    root::prepare(engine, &dir.root(), subnet)?;
    // Whatever an engine that was killed left there.
    if dir.run().exists() {
        fs::remove_dir_all(dir.run())?;
    }
    fs::create_dir_all(dir.run())?;
    keys::make(engine, &dir.keys(), subnet)?;

    let log = File::create(dir.log())?;
    let mut child = Command::new("setsid")
        .args(namespaces(engine, subnet))
        .args(["sh", "-c", include_str!("enter.sh"), "enter"])
        .arg(dir.root())
        .arg(dir.run())
        .arg(engine.name())
        // Reaps what the engine orphans; and when it ends, the kernel ends all that the engine started.
        .args(["/usr/bin/catatonit", "--"])
        .args(command(engine, subnet))
        .env_clear()
        .envs([("PATH", PATH), ("HOME", "/root")])
        .env("PODMAN_IGNORE_CGROUPSV1_WARNING", "1")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .context("cannot run setsid")?;
    wait_until_ready(engine, dir, subnet, Some(&mut child))
}

/// Tells how an engine ended that nobody has stopped: its folder is as it was when it ran.
pub fn tell_own_end(engine: Engine, dir: &EngineDir) {
    if dir.stat().exists() {
        let log = fs::read(dir.log()).unwrap_or_default();
        eprintln!(
            "{}: had ended by itself; from the end of {}:\n{}",
            engine.name(),
            dir.log().display(),
            last_words(&String::from_utf8_lossy(&log))
        );
    }
}

/// Waits until an engine that was started answers; an error has the last lines of its log.
pub fn wait_until_ready(
    engine: Engine,
    dir: &EngineDir,
    subnet: Subnet,
    mut child: Option<&mut Child>,
) -> Result<()> {
    let deadline = Instant::now() + READY_WITHIN;
    let why = loop {
        if is_ready(engine, dir, subnet) {
            return Ok(());
        }
        let ended = match &mut child {
            Some(child) => child.try_wait()?.is_some(),
            None => Process::recorded(&dir.stat())?.is_none(),
        };
        if ended {
            break "it ended".to_owned();
        }
        if Instant::now() > deadline {
            break format!("it does not answer within {} s", READY_WITHIN.as_secs());
        }
        thread::sleep(Duration::from_millis(20));
    };
    let log = fs::read(dir.log()).unwrap_or_default();
    bail!(
        "{why}; the end of {}:\n{}",
        dir.log().display(),
        last_lines(&String::from_utf8_lossy(&log), 10)
    )
}

pub fn is_ready(engine: Engine, dir: &EngineDir, subnet: Subnet) -> bool {
    match engine.kind() {
        Kind::Docker | Kind::Podman | Kind::Swarm | Kind::Remote => {
            let socket = dir.socket();
            Api { socket: &socket }.version().is_ok()
        }
        Kind::Registry => REGISTRY_PORTS.into_iter().all(|port| {
            let address = SocketAddr::from((subnet.address(engine.host_number()), port));
            TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok()
        }),
    }
}

/// Stops the engine that `process` is, and everything in it.
pub fn stop(engine: Engine, process: Process) -> Result<()> {
    if process.stop(STOPPED_WITHIN)? {
        eprintln!(
            "{}: did not stop when asked to and was ended",
            engine.name()
        );
    }
    Ok(())
}

/// What comes between `setsid` and the command: network, mount, UTS and PID namespaces.
fn namespaces(engine: Engine, subnet: Subnet) -> Vec<String> {
    // `ip netns exec` would hide the control groups.
    let net = format!("--net={}", subnet.namespace_of(engine).display());
    let unshare = ["unshare", "--mount", "--uts", "--pid", "--kill-child"];
    ["nsenter", &net]
        .into_iter()
        .chain(unshare)
        .map(str::to_owned)
        .collect()
}

/// The engine's own command line, as seen in its root.
fn command(engine: Engine, subnet: Subnet) -> Vec<String> {
    let socket = "unix:///run/engine/docker.sock";
    match engine.kind() {
        Kind::Docker | Kind::Swarm | Kind::Remote => docker(engine, socket, subnet),
        Kind::Podman => ["/usr/bin/podman", "system", "service", "--time=0", socket]
            .map(str::to_owned)
            .to_vec(),
        Kind::Registry => {
            let [open, auth] = REGISTRY_PORTS
                .map(|port| format!("/usr/bin/docker-registry serve /etc/registry/{port}.yml"));
            shell(&format!("{open} & exec {auth}"))
        }
    }
}

fn docker(engine: Engine, socket: &str, subnet: Subnet) -> Vec<String> {
    let mut dockerd = vec![
        "/usr/sbin/dockerd".to_owned(),
        format!("--host={socket}"),
        "--group=root".to_owned(),
        format!("--insecure-registry={}", subnet.cidr()),
    ];
    let keys = "/run/engine/keys";
    match engine {
        Engine::Tls | Engine::Tlsverify => {
            // With TLS, it demands client certificates unless it is told not to.
            dockerd.push(format!("--tlsverify={}", engine == Engine::Tlsverify));
            dockerd.push(format!("--tlscacert={keys}/ca.pem"));
            dockerd.push(format!("--tlscert={keys}/server.pem"));
            dockerd.push(format!("--tlskey={keys}/server-key.pem"));
            dockerd.push(format!("--host={}", other_host(engine, subnet)));
        }
        Engine::Ssh => {
            // Where the CLI looks for it.
            dockerd.push("--host=unix:///var/run/docker.sock".to_owned());
            let sshd = format!("busybox mkdir /run/sshd && /usr/sbin/sshd -f {keys}/sshd_config");
            return shell(&format!("{sshd} && exec {}", dockerd.join(" ")));
        }
        _ => {
            dockerd.push("--tls=false".to_owned());
            dockerd.push(format!("--host={}", other_host(engine, subnet)));
        }
    }
    dockerd
}

fn shell(line: &str) -> Vec<String> {
    ["/bin/sh", "-c", line].map(str::to_owned).to_vec()
}

/// Where Docker listens besides its socket; Podman's service listens in one place only.
pub fn other_host(engine: Engine, subnet: Subnet) -> String {
    let address = subnet.address(engine.host_number());
    match engine {
        Engine::Tls | Engine::Tlsverify => format!("tcp://{address}:{TLS_PORT}"),
        Engine::Ssh => format!("ssh://root@{address}:{SSH_PORT}"),
        _ => format!("tcp://{address}:{TCP_PORT}"),
    }
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// What a program in Go says when it crashes, as far as it tells where; or else the last lines.
fn last_words(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    let starts = ["panic: ", "fatal error: ", "SIG"];
    let crash = lines
        .iter()
        .rposition(|line| starts.iter().any(|start| line.starts_with(start)));
    match crash {
        Some(at) => lines[at..]
            .iter()
            .take(30)
            .copied()
            .collect::<Vec<_>>()
            .join("\n"),
        None => last_lines(log, 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_log_is_its_last_lines() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a\n", 2), "a");
        assert_eq!(last_lines("", 2), "");
    }

    #[test]
    fn a_crash_is_told_from_its_first_line_on() {
        let trace = "panic: close of closed channel\n\ngoroutine 1 [running]:\n";
        let log = format!("a\npanic: earlier\nb\n{trace}{}", "\tx.go:1\n".repeat(99));
        let told = last_words(&log);
        assert!(told.starts_with(trace), "{told}");
        assert_eq!(told.lines().count(), 30);
        assert_eq!(last_words("a\nno panic: here\n"), "a\nno panic: here");
    }
}
