//! Logs line by line, and each output by itself.

use std::time::{Duration, SystemTime};

use dockwright::{Container, LogLine, LogSource, Logs};

use super::assert_output;
use crate::engine::Engine;

/// A container that has ended, and so has logged all that it writes.
async fn ended(create: dockwright::CreateContainer) -> Container {
    let container = create.await.unwrap();
    container.start().await.unwrap();
    container.wait().await.unwrap();
    container
}

async fn lines(logs: Logs) -> Vec<LogLine> {
    let mut lines = logs.await.unwrap().lines();
    let mut came = Vec::new();
    while let Some(line) = lines.try_next().await.unwrap() {
        came.push(line);
    }
    came
}

fn texts(lines: &[LogLine], source: LogSource) -> String {
    let lines = lines.iter().filter(|line| line.source == source);
    lines.map(|line| format!("{line}\n")).collect()
}

pub async fn log_lines(engine: Engine) {
    // The two pipes are read apart: what comes first by far is read first.
    let script = "echo 1; sleep 0.3; echo e >&2; sleep 0.3; echo; printf 'x \\303\\274'";
    let container = ended(engine.create(["sh", "-c", script])).await;
    let before = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let stamped = container.logs().timestamps(true);
    for logs in [container.logs(), stamped, container.logs().details(true)] {
        let lines = lines(logs.clone()).await;
        assert_output(texts(&lines, LogSource::Stdout), "1\n\nx ü\n");
        assert_output(texts(&lines, LogSource::Stderr), "e\n");
        let timed = format!("{logs:?}").contains("timestamps: Some(true)");
        assert!(lines.iter().all(|line| line.time.is_some() == timed));
        assert!(
            lines
                .iter()
                .all(|line| line.time.is_none_or(|time| time > before))
        );
        assert!(
            lines
                .iter()
                .all(|line| line.details.is_empty() && !line.continues)
        );
    }
    let (mut out, mut err) = container.logs().await.unwrap().split();
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    while let Some(bytes) = out.try_next().await.unwrap() {
        stdout.extend(bytes);
    }
    while let Some(bytes) = err.try_next().await.unwrap() {
        stderr.extend(bytes);
    }
    assert_output(stdout, "1\n\nx ü");
    assert_output(stderr, "e\n");
}

pub async fn log_lines_of_a_terminal(engine: Engine) {
    // A terminal that makes two bytes of a line feed may give them apart from what is before them, and Podman
    // then keeps the line in two records, with a stamp within it.
    let script = "stty -opost; printf 'out\\r\\n'; printf 'err\\r\\n' >&2; printf 'login: '";
    let container = ended(engine.create(["sh", "-c", script]).tty()).await;
    let lines = lines(container.logs().timestamps(true)).await;
    assert_output(texts(&lines, LogSource::Terminal), "out\nerr\nlogin: \n");
    assert!(lines.iter().all(|line| line.time.is_some()));
}

/// A line that an engine keeps in many records is one line.
pub async fn log_lines_that_are_long(engine: Engine) {
    let script = "head -c 100000 /dev/zero | tr '\\0' x; echo; echo next";
    let container = ended(engine.create(["sh", "-c", script])).await;
    for logs in [container.logs(), container.logs().timestamps(true)] {
        let long = lines(logs.clone()).await;
        let lengths: Vec<_> = long.iter().map(|line| line.bytes.len()).collect();
        assert_eq!(lengths, [100_000, 4]);
        assert!(long[0].bytes.iter().all(|&byte| byte == b'x'));
        let mut pieces = logs.await.unwrap().lines().longest(32 * 1024);
        let mut length = 0;
        while let Some(piece) = pieces.try_next().await.unwrap() {
            length += piece.bytes.len();
            if !piece.continues {
                break;
            }
        }
        assert_eq!(length, 100_000);
    }
}

pub async fn logs_of_a_span(engine: Engine) {
    let script = "echo first; sleep 2; echo second";
    let container = ended(engine.create(["sh", "-c", script])).await;
    let all = lines(container.logs().timestamps(true)).await;
    let second = all[1].time.unwrap();
    let text = |lines: Vec<LogLine>| texts(&lines, LogSource::Stdout);
    // Podman keeps times as floating-point numbers, which may be a quarter of a microsecond late.
    let rounding = if engine.is_podman() { 1 } else { 0 };
    let since = second - Duration::from_micros(rounding);
    let since = container.logs().since(since);
    assert_output(text(lines(since).await), "second\n");
    let until = container.logs().until(second - Duration::from_secs(1));
    assert_output(text(lines(until).await), "first\n");
    let recent = container.logs().since(Duration::from_secs(3600));
    assert_output(text(lines(recent).await), "first\nsecond\n");
}

/// A log that is followed to the end of its container ends with it, whole.
pub async fn logs_followed_to_the_end(engine: Engine) {
    let script = "for i in 1 2 3; do echo $i; echo e$i >&2; done; printf end";
    let container = engine.create(["sh", "-c", script]).await.unwrap();
    container.start().await.unwrap();
    let mut followed = container.logs().resume().await.unwrap();
    let mut came = Vec::new();
    while let Some(line) = followed.try_next().await.unwrap() {
        assert_eq!(line.time, None);
        came.push(line);
    }
    assert_output(texts(&came, LogSource::Stdout), "1\n2\n3\nend\n");
    assert_output(texts(&came, LogSource::Stderr), "e1\ne2\ne3\n");
}
