//! Connections that are taken over, or are not.

use dockwright::{Chunk, Docker, Error};
use dockwright_replay::wire::Play;
use tokio::io::AsyncWriteExt;

use crate::peer::{UPGRADED, all, answer, connected, frame, inspected, json, open, texts, within};

const TARGET: &str = "/v1.44/containers/c1/attach?stderr=true&stdin=true&stdout=true&stream=true";

fn attach() -> Play {
    Play::on("POST", TARGET)
}

async fn refused(docker: &Docker) -> Error {
    let attach = docker.container("c1").attach();
    let error = within(attach.into_future()).await.unwrap_err();
    assert_eq!(error.object(), Some("c1"));
    error
}

#[tokio::test]
async fn output_in_the_packet_of_the_headers_is_not_lost() {
    let output = [frame(1, "out\n"), frame(2, "err\n")].concat();
    let packet = [UPGRADED.as_bytes(), &output].concat();
    let (wire, docker) = connected([inspected(false), attach().server(packet)]).await;
    let attached = docker.container("c1").attach().await.unwrap();
    let (chunks, error) = all(attached).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(
        chunks,
        [Chunk::Stdout("out\n".into()), Chunk::Stderr("err\n".into())]
    );
    wire.finish().await.unwrap();
}

/// Wherever the packets end, in the headers or in a frame, the frames come out whole.
#[tokio::test]
async fn packets_may_end_anywhere() {
    let output = [frame(1, "one\n"), frame(2, ""), frame(2, "two\n")].concat();
    let bytes = [UPGRADED.as_bytes(), &output].concat();
    for at in 1..bytes.len() {
        let (first, rest) = bytes.split_at(at);
        let play = attach().server(first).gate("rest").server(rest);
        let (wire, docker) = connected([inspected(false), play]).await;
        let read = async {
            let attached = docker.container("c1").attach().await.unwrap();
            all(attached).await
        };
        let ((chunks, error), ()) = within(async { tokio::join!(read, open(&wire, "rest")) }).await;
        assert!(error.is_none(), "cut at {at}: {error:?}");
        assert_eq!(
            chunks,
            [Chunk::Stdout("one\n".into()), Chunk::Stderr("two\n".into())],
            "cut at {at}"
        );
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn output_that_ends_inside_a_frame_is_an_error_after_what_came() {
    let output = [frame(1, "whole\n"), frame(2, "part")].concat();
    let whole = frame(1, "whole\n").len();
    for end in 0..output.len() {
        let packet = [UPGRADED.as_bytes(), &output[..end]].concat();
        let (wire, docker) = connected([inspected(false), attach().server(packet)]).await;
        let attached = docker.container("c1").attach().await.unwrap();
        let (chunks, error) = all(attached).await;
        if end == 0 || end == whole {
            assert!(error.is_none(), "cut at {end}: {error:?}");
        } else {
            assert!(error.unwrap().is_decode(), "cut at {end}");
        }
        let (out, err) = texts(&chunks);
        let payload = |start: usize, text: &str| {
            let from = start + 8;
            text[..end.saturating_sub(from).min(text.len())].to_owned()
        };
        assert_eq!(out, payload(0, "whole\n"), "cut at {end}");
        assert_eq!(err, payload(whole, "part"), "cut at {end}");
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn a_terminal_has_no_frames() {
    let packet = [UPGRADED.as_bytes(), b"\x01\0\0\0\0\0\0\x09not a frame\r\n"].concat();
    let (wire, docker) = connected([inspected(true), attach().server(packet)]).await;
    let attached = docker.container("c1").attach().await.unwrap();
    let (chunks, error) = all(attached).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(texts(&chunks).0, "\x01\0\0\0\0\0\0\x09not a frame\r\n");
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn silence_after_the_upgrade_is_no_output() {
    let (wire, docker) = connected([inspected(false), attach().server(UPGRADED)]).await;
    let attached = docker.container("c1").attach().await.unwrap();
    let (chunks, error) = all(attached).await;
    assert!(chunks.is_empty() && error.is_none(), "{chunks:?} {error:?}");
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn input_ends_while_output_goes_on() {
    let play = attach()
        .server(UPGRADED)
        .client("typed\n")
        .client_closes()
        .server(frame(1, "late\n"))
        .server_closes();
    let waited = Play::on("POST", "/v1.44/containers/c1/wait?condition=not-running");
    let waited = waited.server(json("200 OK", r#"{"StatusCode":4}"#));
    let (wire, docker) = connected([inspected(false), play, waited]).await;
    let mut attached = docker.container("c1").attach().await.unwrap();
    let mut stdin = attached.take_stdin().unwrap();
    within(async {
        stdin.write_all(b"typed\n").await.unwrap();
        stdin.close().await.unwrap();
        let out = attached.output().await.unwrap();
        assert_eq!(out.stdout_text(), "late\n");
        assert_eq!(out.status.code(), 4);
    })
    .await;
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn an_answer_without_an_upgrade_is_an_error() {
    for answer in [
        answer("200 OK", "", ""),
        answer(
            "200 OK",
            "Content-Type: application/vnd.docker.raw-stream\r\n",
            "output",
        ),
        answer("204 No Content", "", ""),
    ] {
        let (wire, docker) = connected([inspected(false), attach().server(&answer)]).await;
        let error = refused(&docker).await;
        assert!(error.is_decode(), "{answer}: {error}");
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn a_refusal_keeps_its_status_and_words() {
    let text = "Content-Type: text/plain\r\n";
    for (answer, status, words) in [
        (
            answer("409 Conflict", text, "c1 is paused\n"),
            409,
            "c1 is paused",
        ),
        (
            json("404 Not Found", r#"{"message":"no c1"}"#),
            404,
            "no c1",
        ),
        (answer("500 Internal Server Error", "", ""), 500, ""),
    ] {
        let (wire, docker) = connected([inspected(false), attach().server(answer)]).await;
        let error = refused(&docker).await;
        assert_eq!(error.status(), Some(status), "{error}");
        assert_eq!(error.engine_message(), Some(words), "{error}");
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn a_peer_that_closes_instead_of_answering_is_an_error() {
    for part in [
        "",
        "HTTP/1.1 101 UPGR",
        "HTTP/1.1 101 UPGRADED\r\nConnection: Upg",
    ] {
        let (wire, docker) = connected([inspected(false), attach().server(part)]).await;
        let error = refused(&docker).await;
        assert!(error.is_interrupted(), "{part}: {error}");
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_not_in_frames_is_told_so() {
    let packet = [UPGRADED, "plain text instead"].concat();
    let (wire, docker) = connected([inspected(false), attach().server(packet)]).await;
    let attached = docker.container("c1").attach().await.unwrap();
    let (chunks, error) = all(attached).await;
    assert!(chunks.is_empty());
    let error = error.unwrap();
    assert!(
        error.is_decode() && error.to_string().contains("frames"),
        "{error}"
    );
    wire.finish().await.unwrap();
}
