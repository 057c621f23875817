//! `run` in all its ends.

use tokio::io::AsyncWriteExt;

use super::{assert_output, read_to};
use crate::engine::Engine;

pub async fn run_output(engine: Engine) {
    let run = engine.run(["sh", "-c", "echo out; echo err >&2; exit 3"]);
    let run = run.name(engine.name("fails"));
    let out = run.output().await.unwrap();
    assert_output(&out.stdout, "out\n");
    assert_output(&out.stderr, "err\n");
    assert_eq!(out.status.code(), 3);
    assert_eq!(out.status.error(), None);
    // Without `auto_remove` it stays, as with the CLI. An exit is told before all is tidied up.
    let container = engine.docker.container(engine.name("fails"));
    assert_eq!(container.wait().await.unwrap().code(), 3);
    assert_eq!(engine.containers().await.unwrap().len(), 1);
}

pub async fn run_input(engine: Engine) {
    let sort = engine.run(["sort"]).stdin("b\na\n");
    let out = sort.auto_remove().output().await.unwrap();
    assert_output(&out.stdout, "a\nb\n");
    assert!(out.status.success());
}

pub async fn run_detached(engine: Engine) {
    let script = "trap 'echo bye; exit 7' TERM; echo up; sleep 600 & wait";
    let run = engine.run(["sh", "-c", script]).name(engine.name("job"));
    let container = run.await.unwrap();
    let mut logs = container.logs().follow(true).await.unwrap();
    assert_eq!(read_to("\n", &mut logs).await, "up\n");
    assert!(container.stop().await.unwrap());
    assert_eq!(read_to("\n", &mut logs).await, "bye\n");
    assert!(logs.try_next().await.unwrap().is_none());
    assert_eq!(container.wait().await.unwrap().code(), 7);
    container.remove().await.unwrap();
    assert!(container.inspect().await.unwrap_err().is_not_found());
}

pub async fn run_auto_remove(engine: Engine) {
    let stream = engine.run(["echo", "gone"]).auto_remove().stream();
    let stream = stream.await.unwrap();
    let container = stream.container().clone();
    assert_output(stream.output().await.unwrap().stdout, "gone\n");
    assert!(container.inspect().await.unwrap_err().is_not_found());
    // What removes itself may be removed all the same.
    container.remove().await.unwrap();
}

pub async fn run_terminal(engine: Engine) {
    let script = "test -t 0 && test -t 1 && echo terminal; echo err >&2";
    let run = engine.run(["sh", "-c", script]).auto_remove();
    let terminal = run.tty(Default::default()).await.unwrap();
    let out = terminal.output().await.unwrap();
    assert_output(out.stdout, "terminal\r\nerr\r\n");
    assert!(out.status.success());
}

/// Nothing listens where it would come from, so that the pull is what fails.
pub async fn run_missing_image(engine: Engine) {
    let image = "127.0.0.1:1/dockwright/missing:1";
    let containers = engine.docker.containers();
    let error = containers.create(image).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    for error in [
        containers.run(image).output().await.unwrap_err(),
        containers.run(image).await.unwrap_err(),
    ] {
        assert_eq!(error.operation(), Some("pull image"), "{error}");
        assert_eq!(error.object(), Some(image));
        assert!(error.engine_message().is_some(), "{error}");
    }
}

pub async fn run_failed_start(engine: Engine) {
    let error = engine.run(["/no/such/binary"]).output().await.unwrap_err();
    // Podman prepares a container for its start when someone attaches to it.
    let failed = match engine.is_podman() {
        true => "attach to container",
        false => "start container",
    };
    assert_eq!(error.operation(), Some(failed), "{error}");
    assert!(error.to_string().contains("/no/such/binary"), "{error}");
    let error = engine.run(["/no/such/binary"]).await.unwrap_err();
    assert_eq!(error.operation(), Some("start container"), "{error}");
    assert!(engine.containers().await.unwrap().is_empty());
}

/// The container goes on only after its first line was seen here.
pub async fn run_is_seen_live(engine: Engine) {
    let run = engine.run(["sh", "-c", "echo first; read -r line; echo \"$line\""]);
    let mut running = run.auto_remove().attach().await.unwrap();
    let mut stdin = running.take_stdin().unwrap();
    assert_eq!(read_to("\n", &mut running).await, "first\n");
    stdin.write_all(b"second\n").await.unwrap();
    let rest = running.output().await.unwrap();
    assert_output(&rest.stdout, "second\n");
    assert!(rest.status.success());
}
