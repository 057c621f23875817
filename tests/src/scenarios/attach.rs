//! Being connected to a container: to its pipes, and to its terminal.

use dockwright::{Chunk, Terminal, TerminalSize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{assert_output, read_to};
use crate::engine::Engine;

const SIZE: TerminalSize = TerminalSize {
    rows: 33,
    columns: 77,
};

pub async fn attach_to_a_running_one(engine: Engine) {
    let create = engine.create([
        "sh",
        "-c",
        "echo before; while read -r line; do echo \"got $line\"; done",
    ]);
    let container = create.open_stdin().await.unwrap();
    container.start().await.unwrap();
    let mut logs = container.logs().follow(true).await.unwrap();
    assert_eq!(read_to("\n", &mut logs).await, "before\n");
    // One that comes later may have what was written before.
    let mut attached = container.attach().logs(true).await.unwrap();
    assert_eq!(read_to("\n", &mut attached).await, "before\n");
    let mut stdin = attached.take_stdin().unwrap();
    stdin.write_all(b"it\n").await.unwrap();
    assert_eq!(read_to("\n", &mut attached).await, "got it\n");
    stdin.close().await.unwrap();
    assert!(attached.wait().await.unwrap().success());
}

/// What a terminal shows, up to where it ends with `end`.
async fn shown_to(end: &str, terminal: &mut Terminal) -> String {
    let mut shown = String::new();
    while !shown.ends_with(end) {
        let mut bytes = [0; 1024];
        let length = terminal.read(&mut bytes).await.unwrap();
        assert!(length > 0, "it ended after {shown:?}, without {end:?}");
        shown.push_str(&String::from_utf8_lossy(&bytes[..length]));
    }
    shown
}

pub async fn run_in_a_terminal(engine: Engine) {
    // The first line waits until the size is there, where it is there only after the start.
    let script = "read -r _; stty size; read -r _; stty size; exit 9";
    let run = engine.run(["sh", "-c", script]).auto_remove();
    let mut terminal = run.tty(SIZE).await.unwrap();
    terminal.write_all(b"\n").await.unwrap();
    assert_eq!(shown_to("77\r\n", &mut terminal).await, "\r\n33 77\r\n");
    let size = TerminalSize {
        rows: 50,
        columns: 132,
    };
    terminal.resize(size).await.unwrap();
    terminal.write_all(b"\n").await.unwrap();
    let rest = terminal.output().await.unwrap();
    assert_output(rest.stdout, "\r\n50 132\r\n");
    assert_eq!(rest.status.code(), 9);
}

/// Attached to twice: by its pipes it shows the same as by its terminal.
pub async fn attach_to_a_terminal(engine: Engine) {
    let create = engine.create(["sh", "-c", "read -r _; stty size; exit 3"]);
    let container = create.open_stdin().tty().await.unwrap();
    let mut watcher = container.attach().stdin(false).await.unwrap();
    assert!(watcher.take_stdin().is_none());
    container.start().await.unwrap();
    let mut terminal = container.attach().tty(SIZE).await.unwrap();
    terminal.write_all(b"\n").await.unwrap();
    let out = terminal.output().await.unwrap();
    assert_output(out.stdout, "\r\n33 77\r\n");
    assert_eq!(out.status.code(), 3);
    let mut watched = Vec::new();
    while let Some(chunk) = watcher.try_next().await.unwrap() {
        assert!(matches!(chunk, Chunk::Terminal(_)), "{chunk:?}");
        watched.extend(chunk.into_bytes());
    }
    assert_output(watched, "\r\n33 77\r\n");

    let plain = engine.create(["true"]).await.unwrap();
    let error = plain.attach().tty(SIZE).await.unwrap_err();
    assert!(
        error.is_invalid_input() && error.status().is_none(),
        "{error}"
    );
}

/// The keys end the connection, and the container goes on.
pub async fn attach_detach_keys(engine: Engine) {
    let run = engine.run(["sh", "-c", "echo up; read -r line; echo got $line"]);
    let run = run.name(engine.name("shell")).detach_keys("ctrl-x");
    let mut terminal = run.tty(SIZE).await.unwrap();
    assert_eq!(shown_to("\n", &mut terminal).await, "up\r\n");
    terminal.write_all(b"\x18").await.unwrap();
    let error = terminal.wait().await.unwrap_err();
    assert!(error.is_detached(), "{error}");
    let container = engine.docker.container(engine.name("shell"));
    let state = container.inspect().await.unwrap().state.unwrap();
    assert_eq!(state.running, Some(true));

    // Podman knows several keys only where each comes alone, as when they are typed.
    let (keys, typed): (_, &[u8]) = match engine.is_podman() {
        true => ("ctrl-a", b"\x01"),
        false => ("ctrl-a,ctrl-b", b"\x01\x02"),
    };
    let attach = container.attach().detach_keys(keys);
    let mut terminal = attach.tty(SIZE).await.unwrap();
    terminal.write_all(typed).await.unwrap();
    assert!(terminal.wait().await.unwrap_err().is_detached());

    let mut terminal = container.attach().tty(SIZE).await.unwrap();
    terminal.write_all(b"it\n").await.unwrap();
    let out = terminal.output().await.unwrap();
    assert!(out.stdout_text().ends_with("got it\r\n"), "{out:?}");
    assert!(out.status.success());
}

/// By a WebSocket the outputs are one stream, and the input ends by itself.
pub async fn attach_websocket(engine: Engine) {
    let create = engine.create(["sh", "-c", "echo up; cat; echo end; exit 4"]);
    let container = create.open_stdin().await.unwrap();
    container.start().await.unwrap();
    let attach = || container.attach().logs(true);
    if engine.is_podman() {
        let error = attach().websocket().await.unwrap_err();
        assert!(error.is_not_found(), "{error}");
        return;
    }
    if engine.docker.api_version() < dockwright::ApiVersion::new(1, 42) {
        let error = attach().stderr(false).websocket().await.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
    }
    let mut socket = attach().websocket().await.unwrap();
    socket.write_all(b"typed\n").await.unwrap();
    socket.shutdown().await.unwrap();
    let out = socket.output().await.unwrap();
    assert_output(out.stdout, "up\ntyped\nend\n");
    assert_eq!(out.status.code(), 4);
}
