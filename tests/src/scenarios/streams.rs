//! Output and input: what was written arrives, whole, apart, and when it was written.

use dockwright::{Chunk, Container, Logs};
use tokio::io::AsyncWriteExt;

use super::{assert_output, lines_of_10_mib, read_to};
use crate::engine::Engine;

/// Both directions at once, until the input is closed: nothing is lost, and nothing blocks.
pub async fn cat_10_mib(engine: Engine) {
    let sent = lines_of_10_mib();
    let cat = engine.run(["cat"]).auto_remove().attach().await;
    let mut cat = cat.unwrap();
    let mut stdin = cat.take_stdin().unwrap();
    let input = sent.clone();
    let feed = tokio::spawn(async move {
        stdin.write_all(&input).await?;
        stdin.close().await
    });
    let out = cat.output().await.unwrap();
    feed.await.unwrap().unwrap();
    assert_output(&out.stdout, &sent);
    assert!(out.status.success());

    // The same, given beforehand.
    let cat = engine.run(["cat"]).stdin(sent.clone()).auto_remove();
    let out = cat.output().await.unwrap();
    assert_output(&out.stdout, &sent);
}

async fn logs(logs: Logs) -> (String, String) {
    let mut logs = logs.await.unwrap();
    let (mut out, mut err) = (String::new(), String::new());
    while let Some(chunk) = logs.try_next().await.unwrap() {
        match chunk.is_stderr() {
            true => err.push_str(&chunk.to_string()),
            false => out.push_str(&chunk.to_string()),
        }
    }
    (out, err)
}

/// A container that has ended, and so has logged all that it writes.
async fn ended(container: Container) -> Container {
    container.start().await.unwrap();
    container.wait().await.unwrap();
    container
}

pub async fn logs_apart(engine: Engine) {
    // The two pipes are read apart: what comes first by far is read first.
    let script = "echo 1; echo 2; sleep 0.3; echo e >&2; sleep 0.3; echo 3";
    let create = engine.create(["sh", "-c", script]);
    let container = ended(create.await.unwrap()).await;
    let logged = |(out, err): (String, String), wrote_out: &str, wrote_err: &str| {
        assert_output(out, wrote_out);
        assert_output(err, wrote_err);
    };
    logged(logs(container.logs()).await, "1\n2\n3\n", "e\n");
    let follow = container.logs().follow(true);
    logged(logs(follow).await, "1\n2\n3\n", "e\n");
    let only_out = container.logs().stderr(false);
    logged(logs(only_out).await, "1\n2\n3\n", "");
    let only_err = container.logs().stdout(false);
    logged(logs(only_err).await, "", "e\n");
    logged(logs(container.logs().tail(0)).await, "", "");
    logged(logs(container.logs().tail(3)).await, "2\n3\n", "e\n");
    let (stamped, _) = logs(container.logs().stderr(false).timestamps(true)).await;
    for (line, end) in stamped.lines().zip(["1", "2", "3"]) {
        let (time, text) = line.split_once(' ').unwrap();
        assert!(time.starts_with("20") && time.contains('T'), "{line}");
        assert_eq!(text, end);
    }
}

pub async fn logs_of_a_terminal(engine: Engine) {
    let create = engine.create(["sh", "-c", "echo out; echo err >&2"]).tty();
    let container = ended(create.await.unwrap()).await;
    let mut logs = container.logs().await.unwrap();
    let mut text = Vec::new();
    while let Some(chunk) = logs.try_next().await.unwrap() {
        assert!(matches!(chunk, Chunk::Terminal(_)), "{chunk:?}");
        text.extend(chunk.into_bytes());
    }
    assert_output(text, "out\r\nerr\r\n");
}

/// The container goes on only after its first line was seen in its logs.
pub async fn logs_are_seen_live(engine: Engine) {
    let run = engine.run(["sh", "-c", "echo first; read -r line; echo \"$line\""]);
    let mut running = run.attach().await.unwrap();
    let mut stdin = running.take_stdin().unwrap();
    let mut logs = running.container().logs().follow(true).await.unwrap();
    assert_eq!(read_to("\n", &mut logs).await, "first\n");
    stdin.write_all(b"second\n").await.unwrap();
    assert_eq!(read_to("\n", &mut logs).await, "second\n");
    assert!(logs.try_next().await.unwrap().is_none());
    assert!(running.wait().await.unwrap().success());
}
