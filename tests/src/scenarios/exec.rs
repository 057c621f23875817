//! Commands in containers that run: by pipes, in a terminal, and left alone.

use dockwright::{Chunk, Container, TerminalSize};
use futures_util::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{assert_output, lines_of_10_mib, read_to};
use crate::engine::{Engine, IDLE};

const SIZE: TerminalSize = TerminalSize {
    rows: 33,
    columns: 77,
};

/// A container to run commands in.
async fn idle(engine: &Engine) -> Container {
    engine.run(IDLE).await.unwrap()
}

pub async fn exec_output(engine: Engine) {
    let container = idle(&engine).await;
    let out = container.exec(["sh", "-c", "echo out; echo err >&2; exit 3"]);
    let out = out.await.unwrap();
    assert_output(&out.stdout, "out\n");
    assert_output(&out.stderr, "err\n");
    assert_eq!(out.status.code(), 3);
}

pub async fn exec_settings(engine: Engine) {
    let container = idle(&engine).await;
    let script = "id -u; pwd; echo \"$GREETING\"; cat";
    let exec = container.exec(["sh", "-c", script]).user("7:7");
    let exec = exec.workdir("/tmp").env("GREETING", "good day");
    let out = exec.stdin("typed\n").output().await.unwrap();
    assert_output(&out.stdout, "7\n/tmp\ngood day\ntyped\n");
    assert!(out.status.success());
}

pub async fn exec_detached(engine: Engine) {
    let container = idle(&engine).await;
    let script = "read -r line < /tmp/pipe; exit 4";
    let made = container.exec(["mkfifo", "/tmp/pipe"]).await.unwrap();
    assert!(made.status.success());
    let exec = container.exec(["sh", "-c", script]).detach().await.unwrap();
    let about = exec.inspect().await.unwrap();
    assert_eq!(about.running, Some(true));
    assert_eq!(about.id.as_deref(), Some(exec.id()));
    let go = container.exec(["sh", "-c", "echo go > /tmp/pipe"]);
    assert!(go.await.unwrap().status.success());
    assert_eq!(exec.wait().await.unwrap().code(), 4);
    // The same by its id alone.
    let known = engine.docker.exec_instance(exec.id());
    assert_eq!(known, exec);
    assert_eq!(known.wait().await.unwrap().code(), 4);
}

/// What cannot be started is told where there is someone to read it, and is an error else.
pub async fn exec_missing_binary(engine: Engine) {
    let container = idle(&engine).await;
    let out = container.exec(["/no/such/binary"]).await.unwrap();
    assert!(matches!(out.status.code(), 126 | 127), "{}", out.status);
    let said = match engine.is_podman() {
        true => out.stderr_text(),
        false => out.stdout_text(),
    };
    assert!(said.contains("/no/such/binary"), "{said}");
    let exec = container.exec(["/no/such/binary"]).detach();
    let error = exec.await.unwrap_err();
    assert!(error.to_string().contains("/no/such/binary"), "{error}");
    assert_eq!(error.object(), Some(container.name_or_id()));
}

pub async fn exec_unknown_user(engine: Engine) {
    let container = idle(&engine).await;
    let version = engine.docker.version().await.unwrap().version;
    let newer = version.as_deref() >= Some("28");
    match container.exec(["id"]).user("nobody-here").await {
        Ok(out) => {
            assert!(!engine.is_podman() && !newer, "{out:?}");
            assert_eq!(out.status.code(), 126);
            assert!(out.stdout_text().contains("nobody-here"), "{out:?}");
        }
        Err(error) => {
            assert_eq!(error.is_invalid_input(), !engine.is_podman(), "{error}");
            assert!(error.to_string().contains("nobody-here"), "{error}");
        }
    }
}

pub async fn exec_where_nothing_runs(engine: Engine) {
    let container = engine.create(IDLE).await.unwrap();
    let error = container.exec(["true"]).await.unwrap_err();
    assert_eq!(error.is_conflict(), !engine.is_podman(), "{error}");
    assert_eq!(error.operation(), Some("exec in container"));
    container.start().await.unwrap();
    let made = container.exec(["true"]).create().await.unwrap();
    pause(&engine, &container).await;
    for error in [
        container.exec(["true"]).await.unwrap_err(),
        container.exec(["sh"]).tty(SIZE).await.unwrap_err(),
        made.start().await.unwrap_err(),
    ] {
        assert!(error.is_conflict(), "{error}");
        assert!(error.to_string().contains("paused"), "{error}");
    }
    let missing = engine.docker.container(engine.name("missing"));
    let error = missing.exec(["true"]).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let missing = engine.docker.exec_instance("0123abc");
    assert!(missing.inspect().await.unwrap_err().is_not_found());
    assert!(missing.resize(SIZE).await.unwrap_err().is_not_found());
}

async fn pause(engine: &Engine, container: &Container) {
    let name = container.name_or_id();
    engine.docker.raw().container_pause(name).await.unwrap();
}

/// Both directions at once, and both outputs: nothing is lost, and nothing blocks.
pub async fn exec_10_mib(engine: Engine) {
    let container = idle(&engine).await;
    let sent = lines_of_10_mib();
    let tee = container.exec(["tee", "/dev/stderr"]).spawn();
    let mut tee = tee.await.unwrap();
    let mut stdin = tee.take_stdin().unwrap();
    let input = sent.clone();
    let feed = tokio::spawn(async move {
        stdin.write_all(&input).await?;
        stdin.close().await
    });
    let (stdout, stderr) = tee.take_outputs().unwrap();
    assert!(tee.take_outputs().is_none());
    let read = |stream: dockwright::OutputStream| {
        stream.fold(Vec::new(), async |mut all, bytes| {
            all.extend_from_slice(&bytes.unwrap());
            all
        })
    };
    let (out, err) = tokio::join!(read(stdout), read(stderr));
    feed.await.unwrap().unwrap();
    assert_output(out, &sent);
    assert_output(err, &sent);
    assert!(tee.wait().await.unwrap().success());

    // The same, given beforehand.
    let out = container.exec(["cat"]).stdin(sent.clone());
    assert_output(out.output().await.unwrap().stdout, &sent);
    let error = container.exec(["cat"]).stdin(sent).max_output(1 << 20);
    let error = error.await.unwrap_err();
    assert_eq!(error.kind(), &dockwright::ErrorKind::TooLarge, "{error}");
}

/// A command may end before it has read what it was given.
pub async fn exec_early_exit(engine: Engine) {
    let container = idle(&engine).await;
    for _ in 0..10 {
        let head = container.exec(["head", "-n", "1"]).stdin(lines_of_10_mib());
        let out = head.await.unwrap();
        // About once in ten times, Podman's own connection to the command is reset by the input
        // that is left, and what it says of that comes in place of the output.
        if engine.is_podman() && out.stderr_text().contains("read unixpacket") {
            continue;
        }
        assert_output(&out.stdout, "000000000000000\n");
        assert!(out.status.success());
        return;
    }
    panic!("Podman lost the output each time");
}

/// The command goes on only after its first line was seen here.
pub async fn exec_is_seen_live(engine: Engine) {
    let container = idle(&engine).await;
    let script = "echo first; read -r line; echo \"$line\" >&2; exit 5";
    let mut running = container.exec(["sh", "-c", script]).spawn().await.unwrap();
    let mut stdin = running.take_stdin().unwrap();
    assert_eq!(read_to("\n", &mut running).await, "first\n");
    stdin.write_all(b"second\n").await.unwrap();
    let second = running.try_next().await.unwrap();
    assert_eq!(second, Some(Chunk::Stderr("second\n".into())));
    assert_eq!(running.wait().await.unwrap().code(), 5);
}

/// Dropped in the middle, the command goes on.
pub async fn exec_dropped(engine: Engine) {
    let container = idle(&engine).await;
    let script = "echo up; read -r line < /tmp/pipe; exit 6";
    let made = container.exec(["mkfifo", "/tmp/pipe"]).await.unwrap();
    assert!(made.status.success());
    let mut running = container.exec(["sh", "-c", script]).spawn().await.unwrap();
    let instance = running.instance().clone();
    assert_eq!(read_to("\n", &mut running).await, "up\n");
    drop(running);
    let go = container.exec(["sh", "-c", "echo go > /tmp/pipe"]);
    assert!(go.await.unwrap().status.success());
    assert_eq!(instance.wait().await.unwrap().code(), 6);
}

pub async fn exec_terminal(engine: Engine) {
    let container = idle(&engine).await;
    let script = "test -t 0 && test -t 1 && test -t 2 && stty size; read -r _; stty size; exit 7";
    let exec = container.exec(["sh", "-c", script]).env("A", "1");
    // Where a terminal has its size only after the start, the first question may be too early.
    let sized_at_start = engine.docker.api_version() >= dockwright::ApiVersion::new(1, 42);
    let mut terminal = exec.tty(SIZE).await.unwrap();
    let mut shown = Vec::new();
    while !shown.ends_with(b"\r\n") {
        assert!(terminal.read_buf(&mut shown).await.unwrap() > 0);
    }
    if sized_at_start && !engine.is_podman() {
        assert_output(&shown, "33 77\r\n");
    }
    let size = TerminalSize {
        rows: 50,
        columns: 132,
    };
    terminal.resizer().resize(size).await.unwrap();
    terminal.write_all(b"\n").await.unwrap();
    let rest = terminal.output().await.unwrap();
    assert_output(&rest.stdout, "\r\n50 132\r\n");
    assert_eq!(rest.status.code(), 7);
}

/// A shell as people use it: commands are typed, and ctrl-d ends it.
pub async fn exec_shell(engine: Engine) {
    let container = idle(&engine).await;
    let mut shell = container.exec(["sh"]).tty(SIZE).await.unwrap();
    let mut stdin = shell.take_stdin().unwrap();
    let typed = shell.write_all(b"too late").await.unwrap_err();
    assert_eq!(typed.kind(), std::io::ErrorKind::BrokenPipe);
    let mut shown = String::new();
    // The first commands of a shell may come before its terminal has its size.
    while !shown.contains("33 77\r\n") {
        shown.clear();
        let command = b"stty size; echo $((40+2))\n";
        stdin.write_all(command).await.unwrap();
        while !shown.contains("\n42\r\n") {
            let mut bytes = [0; 1024];
            let length = shell.read(&mut bytes).await.unwrap();
            assert!(length > 0, "{shown}");
            shown.push_str(&String::from_utf8_lossy(&bytes[..length]));
        }
    }
    // As a word: a ctrl-d that comes before the shell has its prompt is none to it.
    stdin.write_all(b"exit\n").await.unwrap();
    assert!(shell.wait().await.unwrap().success());
}

pub async fn exec_detach_keys(engine: Engine) {
    let container = idle(&engine).await;
    let exec = container.exec(["sh", "-c", "echo up; read -r _; exit 8"]);
    let mut terminal = exec.detach_keys("ctrl-x").tty(SIZE).await.unwrap();
    let mut shown = [0; 4];
    terminal.read_exact(&mut shown).await.unwrap();
    assert_eq!(&shown, b"up\r\n");
    terminal.write_all(b"\x18").await.unwrap();
    match terminal.output().await {
        // Docker takes this for a failure to attach.
        Ok(out) => {
            assert!(!engine.is_podman(), "{out:?}");
            assert_eq!(out.status.code(), 126);
            assert!(out.stdout_text().contains("escape sequence"), "{out:?}");
        }
        Err(error) => {
            assert!(engine.is_podman() && error.is_detached(), "{error}");
        }
    }
}
