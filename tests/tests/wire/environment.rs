//! What a user is told whose environment is wrong, by a process of its own.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

use dockwright_replay::ReplayEngine;
use tokio::net::UnixListener;

const NOBODY: u32 = 65534;

fn probe() -> Command {
    let mut probe = Command::new(env!("CARGO_BIN_EXE_probe"));
    probe
        .env_remove("DOCKER_HOST")
        .env_remove("DOCKER_API_VERSION");
    probe
}

/// The line that a process failed with.
fn line(output: Output) -> String {
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    line
}

fn told(host: impl AsRef<OsStr>) -> String {
    line(probe().env("DOCKER_HOST", host).output().unwrap())
}

#[test]
fn a_malformed_host_is_named_with_its_variable_and_a_way_out() {
    for (host, advice) in [
        ("nonsense", "tcp://host:2375"),
        ("/var/run/docker.sock", "unix:///var/run/docker.sock"),
        ("unix://", "unix:///var/run/docker.sock"),
        ("ftp://build-host", "unix:///path/to.sock"),
        ("tcp://build-host:port", "tcp://host:2375"),
    ] {
        let line = told(host);
        assert!(line.starts_with("DOCKER_HOST: "), "{line}");
        assert!(line.contains(host) && line.contains(advice), "{line}");
    }
    let line = told(OsStr::from_bytes(b"unix:///\xff"));
    assert!(
        line.contains("DOCKER_HOST") && line.contains("UTF-8"),
        "{line}"
    );
}

#[test]
fn a_malformed_version_is_named_with_its_variable() {
    for (version, advice) in [("newest", "1.44"), ("1.23", "1.24 to"), ("9.9", "1.24 to")] {
        let line = line(probe().env("DOCKER_API_VERSION", version).output().unwrap());
        assert!(line.starts_with("DOCKER_API_VERSION: "), "{line}");
        assert!(line.contains(version) && line.contains(advice), "{line}");
    }
}

#[test]
fn a_missing_socket_is_told_what_to_do() {
    let line = told("unix:///nowhere/docker.sock");
    assert!(line.contains("unix:///nowhere/docker.sock"), "{line}");
    assert!(
        line.contains("does not exist") && line.contains("start the engine"),
        "{line}"
    );
}

/// A user who may not use the socket. Only root can become one here.
#[tokio::test]
async fn a_socket_without_permission_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("docker.sock");
    let _listener = UnixListener::bind(&socket).unwrap();
    let open = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    open(folder.path(), 0o755);
    open(&socket, 0o600);
    // The program where others may run it.
    let program = folder.path().join("probe");
    fs::copy(env!("CARGO_BIN_EXE_probe"), &program).unwrap();
    open(&program, 0o755);
    let host = format!("unix://{}", socket.display());
    let mut probe = Command::new(program);
    let output = probe
        .uid(NOBODY)
        .gid(NOBODY)
        .env("DOCKER_HOST", &host)
        .output();
    let output = match output {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            eprintln!("not run: only root can become another user ({error})");
            return;
        }
        output => output.unwrap(),
    };
    let line = line(output);
    assert!(
        line.contains(&host) && line.contains("permission denied"),
        "{line}"
    );
    assert!(line.contains("group"), "{line}");
}

#[tokio::test]
async fn host_and_version_are_taken_from_the_environment() {
    for (pin, spoken) in [("", "1.41"), ("1.30", "1.30")] {
        let engine = ReplayEngine::script().ping("1.41").start().await.unwrap();
        let host = engine.docker_host();
        let mut probe = probe();
        probe
            .env("DOCKER_HOST", &host)
            .env("DOCKER_API_VERSION", pin);
        let output = probe.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said, format!("API {spoken} at {host}\n"));
        engine.finish().await.unwrap();
    }
}
