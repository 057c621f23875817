//! The same engine work by every way to reach an engine, and what each way says when it fails.

use std::env;
use std::fs;
use std::future::IntoFuture;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use dockwright::{Connect, Docker, Tls};
use libtest_mimic::Trial;
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::time::timeout;

use crate::engine::Engine;
use crate::scenario::trial;
use crate::target::{Remote, Target};

/// Far more than any of this takes; what hangs fails.
const LIMIT: Duration = Duration::from_secs(240);
const GIB: u64 = 1 << 30;
/// What a copy may add to the memory of this process, in which other tests run.
const ROOM: u64 = 256 << 20;
/// Names the folder with the `ssh` that knows the keys of the engine for tests.
const SSH: &str = "DOCKWRIGHT_TEST_SSH";

/// A way to reach an engine.
struct Way {
    name: &'static str,
    connect: Connect,
}

/// A test of each way that the engines which are up allow, and of how each fails.
pub fn ways(found: &[Target], remotes: &[Remote], mark: impl Fn() -> String) -> Vec<Trial> {
    let mut trials = Vec::new();
    for way in working(found, remotes) {
        let mark = mark();
        trials.push(trial(format!("ways::{}", way.name), async move || {
            let docker = way.connect.await.map_err(|error| error.to_string())?;
            let engine = Engine::of(docker, mark).await.map_err(|e| e.to_string())?;
            let worked = timeout(LIMIT, works(engine.clone())).await;
            engine.clean_up().await.map_err(|error| error.to_string())?;
            worked.map_err(|_| format!("it hangs: not over after {LIMIT:?}"))?;
            Ok::<_, String>(())
        }));
    }
    for remote in remotes {
        let name = format!("ways::{}_says_what_is_wrong", remote.name);
        let remote = remote.clone();
        trials.push(trial(name, async move || {
            for (connect, reason) in failing(&remote).await {
                let failed = timeout(LIMIT, connect.into_future()).await;
                let error = failed.map_err(|_| format!("no answer for: {reason}"))?;
                let line = error.unwrap_err().to_string();
                assert!(line.contains(reason), "{line:?} has no {reason:?}");
            }
            Ok::<_, String>(())
        }));
    }
    trials
}

fn working(found: &[Target], remotes: &[Remote]) -> Vec<Way> {
    let mut ways = Vec::new();
    let mut add = |name, connect: Connect| ways.push(Way { name, connect });
    for target in found {
        match target.name.as_str() {
            "docker28" => {
                add("unix", Docker::connect_to(&target.host));
                let socket = target.host.trim_start_matches("unix://").to_owned();
                let dial = move || UnixStream::connect(socket.clone());
                add("dialer", Docker::connect().isolated().dialer(dial));
            }
            "docker28-tcp" => add("tcp", Docker::connect_to(&target.host)),
            _ => {}
        }
    }
    for remote in remotes {
        let connect = Docker::connect_to(&remote.host);
        match remote.name.as_str() {
            "tls" => add("tls", connect.tls(trusting(remote))),
            "tlsverify" => add("mutual_tls", connect.tls(introduced(remote))),
            "ssh" => add("ssh", connect.connect_timeout(Duration::from_secs(30))),
            _ => {}
        }
    }
    ways
}

fn trusting(remote: &Remote) -> Tls {
    Tls::new().ca_file(remote.keys.join("ca.pem"))
}

fn introduced(remote: &Remote) -> Tls {
    let key = |name| remote.keys.join(name);
    trusting(remote).client_certificate_files(key("cert.pem"), key("key.pem"))
}

/// With a certificate that has expired.
fn late(remote: &Remote) -> Tls {
    let key = |name| remote.keys.join(name);
    trusting(remote).client_certificate_files(key("expired-cert.pem"), key("expired-key.pem"))
}

async fn works(engine: Engine) {
    let out = engine.run(["echo", "hello"]).auto_remove().output().await;
    assert_eq!(out.unwrap().stdout_text(), "hello\n");
    attach_closes_input(&engine).await;
    logs_are_followed(&engine).await;
    gibibyte_out(&engine).await;
    quarter_gibibyte_in(&engine).await;
    at_once(&engine).await;
}

/// The end of the input reaches the container, and what it writes after that comes back.
async fn attach_closes_input(engine: &Engine) {
    let run = engine.run(["sh", "-c", "cat; echo ended; exit 3"]);
    let mut attached = run.auto_remove().attach().await.unwrap();
    let mut stdin = attached.take_stdin().unwrap();
    stdin.write_all(b"input\n").await.unwrap();
    stdin.close().await.unwrap();
    let out = attached.output().await.unwrap();
    assert_eq!(out.stdout_text(), "input\nended\n");
    assert_eq!(out.status.code(), 3);
}

async fn logs_are_followed(engine: &Engine) {
    let create = engine.create(["sh", "-c", "echo one; read -r _; echo two"]);
    let container = create.open_stdin().await.unwrap();
    container.start().await.unwrap();
    let mut logs = container.logs().follow(true).await.unwrap();
    let first = logs.try_next().await.unwrap().unwrap();
    assert_eq!(&first.into_bytes()[..], b"one\n");
    let mut attached = container.attach().await.unwrap();
    let mut stdin = attached.take_stdin().unwrap();
    stdin.write_all(b"\n").await.unwrap();
    let second = logs.try_next().await.unwrap().unwrap();
    assert_eq!(&second.into_bytes()[..], b"two\n");
    assert!(logs.try_next().await.unwrap().is_none());
}

async fn gibibyte_out(engine: &Engine) {
    let make = engine.run(["truncate", "-s", "1G", "/big"]);
    let container = make.await.unwrap();
    assert!(container.wait().await.unwrap().success());
    let (stat, mut tar) = container.copy_from("/big").tar().await.unwrap();
    assert_eq!(stat.size, GIB);
    let (before, mut most, mut copied) = (memory(), 0, 0);
    while let Some(bytes) = tar.try_next().await.unwrap() {
        copied += bytes.len() as u64;
        most = memory().max(most);
    }
    assert!(copied >= GIB, "{copied}");
    assert!(most < before + ROOM, "{most} after {before}");
}

async fn quarter_gibibyte_in(engine: &Engine) {
    let run = engine.run(["wc", "-c"]).auto_remove();
    let mut attached = run.attach().await.unwrap();
    let mut stdin = attached.take_stdin().unwrap();
    let (before, mut most) = (memory(), 0);
    let block = vec![b'x'; 1 << 20];
    for _ in 0..256 {
        stdin.write_all(&block).await.unwrap();
        most = memory().max(most);
    }
    stdin.close().await.unwrap();
    assert!(most < before + ROOM, "{most} after {before}");
    let out = attached.output().await.unwrap();
    assert_eq!(out.stdout_text().trim(), "268435456");
}

/// Many connections at once each reach the end that they belong to.
async fn at_once(engine: &Engine) {
    let runs = (0..8).map(|i| {
        let said = format!("it is {i}");
        let run = engine.run(["cat"]).auto_remove().stdin(said.clone());
        async move {
            (
                run.output().await.map(|out| out.stdout_text().into_owned()),
                said,
            )
        }
    });
    for (out, said) in futures_util::future::join_all(runs).await {
        assert_eq!(out.unwrap(), said);
    }
}

/// What this process has in memory, in bytes.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_ascii_whitespace().nth(1));
    kib.unwrap().parse::<u64>().unwrap() * 1024
}

/// Connections that fail, and what the error has to say.
async fn failing(remote: &Remote) -> Vec<(Connect, &'static str)> {
    let to = |host: &str| Docker::connect_to(host).connect_timeout(Duration::from_secs(30));
    let secured = |tls| to(&remote.host).tls(tls);
    match remote.name.as_str() {
        "tls" => vec![
            (secured(Tls::new()), "an authority that is not trusted here"),
            (to(&remote.host), "TLS"),
            (
                to(&elsewhere(&remote.host).await).tls(trusting(remote)),
                "its certificate is not for `127.0.0.1` but for",
            ),
        ],
        "tlsverify" => vec![
            (secured(trusting(remote)), "demands a client certificate"),
            (
                secured(late(remote)),
                "it does not accept the client certificate, which has expired",
            ),
            (
                secured(Tls::new().ca_file(remote.keys.join("cert.pem"))),
                "an authority that is not trusted here",
            ),
        ],
        "ssh" => {
            let (_, place) = remote.host.split_once('@').unwrap_or_default();
            let (_, port) = place.split_once(':').unwrap_or_default();
            vec![
                (
                    to(&format!("ssh://bare@{place}")),
                    "there is no `docker` CLI",
                ),
                (
                    to(&format!("ssh://root@stranger:{port}")),
                    "key is not known",
                ),
                (
                    to(&format!("ssh://root@locked:{port}")),
                    "Permission denied",
                ),
                (to("ssh://root@nowhere.invalid"), "there is no such host"),
                (
                    to(&format!("ssh://root@{place}/nowhere.sock")),
                    "no engine listens at that socket",
                ),
            ]
        }
        _ => Vec::new(),
    }
}

/// Another address of the engine at `host`, which its certificate does not name.
async fn elsewhere(host: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let engine = host.trim_start_matches("tcp://").to_owned();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut far = TcpStream::connect(&engine).await.unwrap();
            // The client hangs up as soon as it has seen the certificate.
            let _ = copy_bidirectional(&mut near, &mut far).await;
        }
    });
    format!("tcp://{address}")
}

/// Runs the test once more, with an `ssh` first on its PATH that knows the keys of the engine and
/// none of this user's; gives its exit status, or `None` where it is that run already.
///
/// # Errors
///
/// If the folder for it cannot be made, or the test not be started.
pub fn with_ssh(remotes: &[Remote], folder: &Path) -> io::Result<Option<ExitCode>> {
    let Some(remote) = remotes.iter().find(|remote| remote.name == "ssh") else {
        return Ok(None);
    };
    if env::var_os(SSH).is_some() {
        return Ok(None);
    }
    let ssh = env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join("ssh"))
        .find(|path| path.is_file())
        .unwrap_or_else(|| PathBuf::from("/usr/bin/ssh"));
    fs::create_dir_all(folder)?;
    fs::write(folder.join("config"), config(remote))?;
    let script = format!(
        "#!/bin/sh\nexec '{}' -F '{}' \"$@\"\n",
        ssh.display(),
        folder.join("config").display()
    );
    fs::write(folder.join("ssh"), script)?;
    fs::set_permissions(folder.join("ssh"), fs::Permissions::from_mode(0o755))?;
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(std::iter::once(folder.to_owned()).chain(env::split_paths(&path)));
    let status = Command::new(env::current_exe()?)
        .args(env::args_os().skip(1))
        .env("PATH", path.map_err(io::Error::other)?)
        .env(SSH, folder)
        .status()?;
    Ok(Some(match status.success() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }))
}

/// The host itself, and again with a key that is not known, and with none to show.
fn config(remote: &Remote) -> String {
    let (_, place) = remote.host.split_once('@').unwrap_or_default();
    let (address, port) = place.split_once(':').unwrap_or_default();
    let keys = remote.keys.display();
    format!(
        "Host stranger\n  HostName {address}\n  UserKnownHostsFile /dev/null\n\
         Host locked\n  HostName {address}\n  PubkeyAuthentication no\n  HostKeyAlias [{address}]:{port}\n\
         Host *\n  IdentityFile {keys}/id\n  IdentitiesOnly yes\n  UserKnownHostsFile {keys}/known_hosts\n  \
         GlobalKnownHostsFile /dev/null\n"
    )
}
