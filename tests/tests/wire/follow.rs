//! Logs line by line, and logs that are followed past a cut.

use dockwright::{LogLine, LogSource, ResumedLogs};
use dockwright_replay::wire::{Play, Wire};

use crate::peer::{all, answer, connected, frame, head, inspected, json, open, within};

const MULTIPLEXED: &str = "application/vnd.docker.multiplexed-stream";
const RAW: &str = "application/vnd.docker.raw-stream";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\
    Date: Wed, 25 Nov 2026 14:25:31 GMT\r\n\
    Content-Type: application/vnd.docker.multiplexed-stream\r\n\r\n";
const END: &[u8] = b"0\r\n\r\n";

fn logs(query: &str) -> Play {
    let query = format!("?{query}stderr=true&stdout=true");
    Play::on("GET", &format!("/v1.44/containers/c1/logs{query}"))
}

/// A request to follow, since a time.
fn follow(since: &str) -> Play {
    logs(&format!("follow=true&timestamps=true&{since}"))
}

/// A frame with a line that was written at so many seconds after the epoch.
fn line(kind: u8, second: u32, text: &str) -> Vec<u8> {
    frame(
        kind,
        &format!("1970-01-01T00:00:{second:02}.000000001Z {text}"),
    )
}

/// Frames as one piece of a body in chunks.
fn chunk(frames: &[Vec<u8>]) -> Vec<u8> {
    let frames = frames.concat();
    [
        format!("{:x}\r\n", frames.len()).as_bytes(),
        &frames,
        b"\r\n",
    ]
    .concat()
}

fn body(parts: &[&[u8]]) -> Vec<u8> {
    [&[CHUNKED.as_bytes()], parts].concat().concat()
}

fn short(line: &LogLine) -> String {
    match line.source {
        LogSource::Stderr => format!("!{line}"),
        _ => line.to_string(),
    }
}

#[tokio::test]
async fn lines_are_whole_wherever_frames_are_torn() {
    let output = [
        frame(1, "eins\nzw"),
        frame(2, "fehl"),
        frame(1, "ei ü"),
        frame(2, "er\n"),
        frame(1, "\nlast"),
    ]
    .concat();
    for cut in 1..output.len() {
        let (first, rest) = output.split_at(cut);
        let first = [head(MULTIPLEXED).as_bytes(), first].concat();
        let play = logs("").server(first).gate("rest").server(rest);
        let (wire, docker) = connected([play]).await;
        let stream = within(docker.container("c1").logs().into_future()).await;
        wire.reached("rest").await;
        wire.release("rest");
        let (lines, error) = all(stream.unwrap().lines()).await;
        assert!(error.is_none(), "{error:?}");
        let (err, out): (Vec<_>, Vec<_>) =
            lines.iter().map(short).partition(|l| l.starts_with('!'));
        assert_eq!(out, ["eins", "zwei ü", "last"], "cut at {cut}");
        assert_eq!(err, ["!fehler"]);
        wire.finish().await.unwrap();
    }
}

/// What came is given before it is told that there will be no more.
#[tokio::test]
async fn a_torn_line_comes_before_the_error() {
    let bytes = [head(MULTIPLEXED).as_bytes(), &frame(1, "torn"), b"\x01\0"].concat();
    let (wire, docker) = connected([logs("").server(bytes)]).await;
    let stream = within(docker.container("c1").logs().into_future()).await;
    let (lines, error) = all(stream.unwrap().lines()).await;
    assert_eq!(lines.iter().map(short).collect::<Vec<_>>(), ["torn"]);
    assert!(error.unwrap().is_decode());
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn a_prompt_of_a_terminal_is_given_at_the_end() {
    let bytes = [head(RAW).as_bytes(), b"\0\xff\r\nlogin: "].concat();
    let plays = [logs("").server(bytes), inspected(true)];
    let (wire, docker) = connected(plays).await;
    let stream = within(docker.container("c1").logs().into_future()).await;
    let (lines, error) = all(stream.unwrap().lines()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(
        lines.iter().map(short).collect::<Vec<_>>(),
        ["\0\u{fffd}", "login: "]
    );
    assert!(lines.iter().all(|line| line.source == LogSource::Terminal));
    wire.finish().await.unwrap();
}

async fn followed(plays: Vec<Play>) -> (Wire, ResumedLogs) {
    let (wire, docker) = connected(plays).await;
    let lines = within(docker.container("c1").logs().resume())
        .await
        .unwrap();
    (wire, lines)
}

fn state(running: bool) -> Play {
    let body = format!(r#"{{"Id":"c1","State":{{"Running":{running}}}}}"#);
    Play::on("GET", "/v1.44/containers/c1/json").server(json("200 OK", &body))
}

/// Cut anywhere, even in a header or a line, and between two lines of one moment.
#[tokio::test]
async fn lines_go_on_past_a_cut_each_once() {
    let written = [
        line(1, 10, "one\n"),
        line(2, 11, "err\n"),
        line(1, 12, "same\n"),
        line(1, 12, "same\n"),
        line(1, 12, "long "),
        line(1, 12, "line\n"),
        line(2, 13, "err\n"),
        line(1, 14, "end"),
    ];
    let whole = written.concat();
    let first = written[0].len();
    for cut in (first..whole.len()).step_by(11) {
        let part = [whole[..cut].to_vec()];
        let (wire, lines) = followed(vec![
            follow("").server(body(&[&chunk(&part)])),
            follow("since=9.999999001&").server(body(&[&chunk(&written), END])),
            state(false),
            logs("follow=false&timestamps=true&since=9.999999001&")
                .server(body(&[&chunk(&written), END])),
        ])
        .await;
        let (lines, error) = all(lines).await;
        assert!(error.is_none(), "cut at {cut}: {error:?}");
        let (err, out): (Vec<_>, Vec<_>) =
            lines.iter().map(short).partition(|l| l.starts_with('!'));
        assert_eq!(
            out,
            ["one", "same", "same", "long line", "end"],
            "cut at {cut}"
        );
        assert_eq!(err, ["!err", "!err"], "cut at {cut}");
        assert!(lines.iter().all(|line| line.time.is_none()));
        wire.finish().await.unwrap();
    }
}

/// An engine that stops ends its answers in order, as if the container had ended.
#[tokio::test]
async fn the_end_of_the_engine_is_not_the_end_of_the_log() {
    let [one, two] = [line(1, 10, "one\n"), line(1, 11, "two\n")];
    let (wire, mut lines) = followed(vec![
        follow("").server(body(&[&chunk(std::slice::from_ref(&one)), END])),
        state(true),
        follow("since=9.999999001&")
            .server(body(&[&chunk(&[one])]))
            .gate("more")
            .server([&chunk(&[two])[..], END].concat()),
        Play::on("GET", "/v1.44/containers/c1/json").server(answer("404 Not Found", "", "")),
    ])
    .await;
    let first = within(lines.try_next()).await.unwrap().unwrap();
    assert_eq!(short(&first), "one");
    let mut next = tokio::spawn(async move { (lines.try_next().await, lines) });
    open(&wire, "more").await;
    let (second, mut lines) = within(&mut next).await.unwrap();
    assert_eq!(short(&second.unwrap().unwrap()), "two");
    // It is gone, and so nothing more can be asked of it.
    assert_eq!(within(lines.try_next()).await.unwrap(), None);
    wire.finish().await.unwrap();
}
