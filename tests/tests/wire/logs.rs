//! Logs: bodies of an answer, cut and torn.

use dockwright::{Chunk, Result};
use dockwright_replay::wire::Play;

use crate::peer::{all, answer, connected, frame, head, inspected, json, open, texts, within};

const MULTIPLEXED: &str = "application/vnd.docker.multiplexed-stream";
const RAW: &str = "application/vnd.docker.raw-stream";

fn logs() -> Play {
    Play::on("GET", "/v1.44/containers/c1/logs?stderr=true&stdout=true")
}

/// What becomes of these bytes, and of a connection that closes in order.
async fn read(plays: Vec<Play>) -> (Vec<Chunk>, Option<dockwright::Error>) {
    let (wire, docker) = connected(plays).await;
    let logs = within(docker.container("c1").logs().into_future());
    let read = all(logs.await.unwrap()).await;
    wire.finish().await.unwrap();
    read
}

#[tokio::test]
async fn frames_are_known_by_type_or_by_the_container() {
    let output = [frame(1, "out\n"), frame(2, "err\n")].concat();
    let typed = [head(MULTIPLEXED).as_bytes(), &output].concat();
    let (chunks, error) = read(vec![logs().server(typed)]).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(texts(&chunks), ("out\n".to_owned(), "err\n".to_owned()));

    let untyped = [head(RAW).as_bytes(), &output].concat();
    let (chunks, _) = read(vec![logs().server(untyped.clone()), inspected(false)]).await;
    assert_eq!(texts(&chunks), ("out\n".to_owned(), "err\n".to_owned()));

    let (chunks, _) = read(vec![logs().server(untyped), inspected(true)]).await;
    assert_eq!(texts(&chunks).0.into_bytes(), output);
}

/// A container may remove itself while its logs are on their way, and then cannot be asked.
#[tokio::test]
async fn logs_outlive_their_container() {
    let gone = json("404 Not Found", r#"{"message":"No such container: c1"}"#);
    for (output, wrote) in [
        (frame(1, "out\n"), "out\n"),
        (b"on a terminal\r\n".to_vec(), "on a terminal\r\n"),
        (Vec::new(), ""),
    ] {
        let untyped = [head(RAW).as_bytes(), &output].concat();
        let asked = Play::on("GET", "/v1.44/containers/c1/json").server(&gone);
        let (chunks, error) = read(vec![logs().server(untyped), asked]).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(texts(&chunks).0, wrote);
    }
}

#[tokio::test]
async fn what_ends_inside_a_frame_is_an_error() {
    let output = [frame(1, "whole\n"), frame(1, "part")].concat();
    for end in 1..output.len() {
        let bytes = [head(MULTIPLEXED).as_bytes(), &output[..end]].concat();
        let (chunks, error) = read(vec![logs().server(bytes)]).await;
        if end == frame(1, "whole\n").len() {
            assert!(error.is_none(), "cut at {end}: {error:?}");
            assert_eq!(texts(&chunks).0, "whole\n");
        } else {
            let error = error.unwrap();
            assert!(error.is_decode(), "cut at {end}: {error}");
            assert_eq!(error.object(), Some("c1"));
        }
    }
}

#[tokio::test]
async fn a_body_that_is_cut_is_an_interruption() {
    let chunked = "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n";
    let start = format!("{chunked}Content-Type: {MULTIPLEXED}\r\n\r\n");
    let piece = [b"0e\r\n", &frame(1, "whole\n")[..], b"\r\n"].concat();
    let bytes = [start.as_bytes(), &piece].concat();
    // Without the last chunk, even between two frames.
    let (chunks, error) = read(vec![logs().server(&bytes)]).await;
    assert_eq!(texts(&chunks).0, "whole\n");
    assert!(error.unwrap().is_interrupted());
    let (chunks, error) = read(vec![logs().server([&bytes[..], b"0\r\n\r\n"].concat())]).await;
    assert_eq!(texts(&chunks).0, "whole\n");
    assert!(error.is_none(), "{error:?}");
}

#[tokio::test]
async fn the_engines_failure_is_an_error_in_its_words() {
    let output = [
        frame(1, "out\n"),
        frame(3, "the log is gone\n"),
        frame(1, "never\n"),
    ]
    .concat();
    let bytes = [head(MULTIPLEXED).as_bytes(), &output].concat();
    let (chunks, error) = read(vec![logs().server(bytes)]).await;
    assert_eq!(texts(&chunks).0, "out\n");
    assert_eq!(error.unwrap().engine_message(), Some("the log is gone"));
}

/// The first line is there while the rest is still to be written.
#[tokio::test]
async fn a_line_is_seen_when_it_comes() -> Result<()> {
    let first = [head(MULTIPLEXED).as_bytes(), &frame(1, "first\n")].concat();
    let play = logs()
        .server(first)
        .gate("rest")
        .server(frame(1, "second\n"));
    let (wire, docker) = connected([play]).await;
    within(async {
        let mut logs = docker.container("c1").logs().await?;
        assert_eq!(
            logs.try_next().await?,
            Some(Chunk::Stdout("first\n".into()))
        );
        open(&wire, "rest").await;
        assert_eq!(
            logs.try_next().await?,
            Some(Chunk::Stdout("second\n".into()))
        );
        assert_eq!(logs.try_next().await?, None);
        wire.finish().await.unwrap();
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_refusal_in_plain_text_keeps_its_words() {
    let text = "Content-Type: text/plain\r\n";
    let gone = answer("404 Not Found", text, "no container c1\n");
    let (wire, docker) = connected([logs().server(gone)]).await;
    let logs = within(docker.container("c1").logs().into_future());
    let error = logs.await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(error.engine_message(), Some("no container c1"));
    wire.finish().await.unwrap();
}
