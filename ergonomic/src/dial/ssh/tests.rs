//! Sessions with programs that stand in for `ssh`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Ssh;
use crate::error::Error;

/// Answers one ping, and gives back what comes after it until it ends; then says so.
const ENGINE: &str = r"
while IFS= read -r line && [ ${#line} -gt 1 ]; do :; done
printf 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
cat
printf 'the end'
";

/// A login by a shell script.
fn ssh(folder: &Path, script: &str) -> Ssh {
    let program = folder.join("ssh");
    fs::write(&program, format!("#!/bin/sh\n{script}")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    by(program)
}

fn by(program: PathBuf) -> Ssh {
    let destination = super::Destination::parse("me@host").unwrap();
    Ssh::new(destination, Duration::from_secs(10)).with_program(program)
}

async fn error_of(ssh: &Ssh) -> Error {
    let Err(error) = ssh.connect().await else {
        panic!("it gave a connection");
    };
    error
}

#[tokio::test]
async fn the_end_of_input_is_not_that_of_output() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = ssh(folder.path(), ENGINE).connect().await.unwrap();
    session.write_all(b"to and fro, ").await.unwrap();
    session.shutdown().await.unwrap();
    let mut read = String::new();
    session.read_to_string(&mut read).await.unwrap();
    assert_eq!(read, "to and fro, the end");
    let error = session.write_all(b"more").await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
}

#[tokio::test]
async fn what_ssh_says_is_told_with_its_meaning() {
    let folder = tempfile::tempdir().unwrap();
    for (script, words) in [
        (
            "echo 'Host key verification failed.' >&2; exit 255",
            "that host's key is not known; ssh says: `Host key verification failed.`",
        ),
        (
            "echo 'me@host: Permission denied (publickey).' >&2; exit 255",
            "it does not let this user in",
        ),
        (
            "echo 'sh: 1: docker: not found' >&2; exit 127",
            "no `docker` CLI",
        ),
        (
            "exit 1",
            "the login ended before the engine answered; ssh says: `nothing`",
        ),
        (
            "echo Welcome; cat >/dev/null",
            "what comes is not HTTP: `Welcome`",
        ),
        ("printf 'HTTP/1.1 200 OK\r\n'", "the login ended before"),
    ] {
        let error = error_of(&ssh(folder.path(), script)).await;
        let line = error.to_string();
        assert!(error.is_connect(), "{line}");
        assert!(
            line.contains(&words.replace("`nothing`", "nothing")),
            "{line:?} has no {words:?}"
        );
    }
}

#[tokio::test]
async fn the_end_of_a_flood_of_words_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let flood = "head -c 1000000 /dev/zero | tr '\\0' x >&2; echo ' the reason' >&2; exit 255";
    let line = error_of(&ssh(folder.path(), flood)).await.to_string();
    assert!(
        line.contains("xx the reason`") && line.len() < 2000,
        "{}",
        line.len()
    );
}

#[tokio::test]
async fn no_ssh_is_told() {
    let line = error_of(&by("/nowhere/ssh".into())).await.to_string();
    assert!(line.contains("there is no program `ssh`"), "{line}");
}

#[tokio::test]
async fn dropping_a_session_ends_its_processes_and_leaves_no_zombie() {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pids");
    // It ignores the end of its input, and has a child, as a login through another host has.
    let script = format!(
        "sleep 600 & echo $$ $! >'{}'\n{ENGINE}\nwait",
        pids.display()
    );
    let session = ssh(folder.path(), &script).connect().await.unwrap();
    let pids = fs::read_to_string(pids).unwrap();
    let pids: Vec<&str> = pids.split_whitespace().collect();
    assert!(pids.iter().all(|pid| is_there(pid)), "{pids:?}");
    assert_ne!(
        session_of(pids[0]),
        session_of("self"),
        "a terminal's keys reach it"
    );
    drop(session);
    // A thread ends them meanwhile.
    while pids.iter().any(|pid| is_there(pid)) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Whether a process runs, or is a zombie; one that was orphaned is someone else's to reap.
fn is_there(pid: &str) -> bool {
    match stat(pid) {
        Some(stat) => stat[0] != "Z" || stat[1] == std::process::id().to_string(),
        None => false,
    }
}

fn session_of(pid: &str) -> String {
    stat(pid).unwrap()[3].clone()
}

/// State, parent, group, session and what follows.
fn stat(pid: &str) -> Option<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    Some(fields.split(' ').map(str::to_owned).collect())
}
