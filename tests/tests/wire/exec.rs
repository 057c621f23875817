//! Commands in containers, by peers that answer as engines do at their worst.

use dockwright::{Chunk, Docker, TerminalSize};
use dockwright_replay::wire::Play;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::peer::{UPGRADED, all, answer, connected, frame, json, open, texts, within};

fn created() -> Play {
    Play::on("POST", "/v1.44/containers/c1/exec").server(json("201 Created", r#"{"Id":"e1"}"#))
}

fn started() -> Play {
    Play::on("POST", "/v1.44/exec/e1/start")
}

fn inspected(body: &str) -> Play {
    Play::on("GET", "/v1.44/exec/e1/json").server(json("200 OK", body))
}

fn ended(code: i64) -> Play {
    inspected(&format!(
        r#"{{"ID":"e1","Running":false,"ExitCode":{code},"Pid":7}}"#
    ))
}

async fn spawned(docker: &Docker) -> dockwright::Process {
    let exec = docker.container("c1").exec(["cat"]);
    within(exec.spawn()).await.unwrap()
}

#[tokio::test]
async fn output_in_the_packet_of_the_headers_is_not_lost() {
    let output = [frame(1, "out\n"), frame(2, "err\n")].concat();
    let packet = [UPGRADED.as_bytes(), &output].concat();
    let (wire, docker) = connected([created(), started().server(packet), ended(3)]).await;
    let out = docker.container("c1").exec(["ls"]).into_future();
    let out = within(out).await.unwrap();
    assert_eq!(out.stdout_text(), "out\n");
    assert_eq!(out.stderr_text(), "err\n");
    assert_eq!(out.status.code(), 3);
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn packets_may_end_anywhere() {
    let output = [frame(1, "one\n"), frame(2, "two\n")].concat();
    let bytes = [UPGRADED.as_bytes(), &output].concat();
    for at in 1..bytes.len() {
        let (first, rest) = bytes.split_at(at);
        let play = started().server(first).gate("rest").server(rest);
        let (wire, docker) = connected([created(), play]).await;
        let read = async { all(spawned(&docker).await).await };
        let ((chunks, error), ()) = within(async { tokio::join!(read, open(&wire, "rest")) }).await;
        assert!(error.is_none(), "cut at {at}: {error:?}");
        let texts = texts(&chunks);
        assert_eq!(
            texts,
            ("one\n".to_owned(), "two\n".to_owned()),
            "cut at {at}"
        );
        wire.finish().await.unwrap();
    }
}

/// The engine may not know yet how a command ended when its output has ended.
#[tokio::test]
async fn an_exit_code_is_asked_for_until_it_is_there() {
    let running = r#"{"Running":true,"ExitCode":null,"Pid":7,"CanRemove":false}"#;
    // Podman says this of what has not started.
    let early = r#"{"Running":false,"ExitCode":0,"Pid":0,"CanRemove":false}"#;
    let vague = r#"{"Running":false,"ExitCode":null,"Pid":7}"#;
    let plays = [
        created(),
        started().server([UPGRADED.as_bytes(), &frame(1, "x")].concat()),
        inspected(early),
        inspected(running),
        inspected(vague),
        ended(137),
    ];
    let (wire, docker) = connected(plays).await;
    let out = docker.container("c1").exec(["ls"]).into_future();
    let out = within(out).await.unwrap();
    assert_eq!(out.status.code(), 137);
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn a_refusal_keeps_its_status_and_words() {
    let text = "Content-Type: application/vnd.docker.raw-stream\r\n";
    for (answer, status, words) in [
        (
            json("409 Conflict", r#"{"message":"c1 is paused"}"#),
            409,
            "c1 is paused",
        ),
        (
            answer("500 Internal Server Error", text, "no such user\n"),
            500,
            "no such user",
        ),
        (answer("404 Not Found", "", ""), 404, ""),
    ] {
        let (wire, docker) = connected([created(), started().server(answer)]).await;
        let exec = docker.container("c1").exec(["ls"]).into_future();
        let error = within(exec).await.unwrap_err();
        assert_eq!(error.status(), Some(status), "{error}");
        assert_eq!(error.engine_message(), Some(words), "{error}");
        assert_eq!(error.object(), Some("c1"), "{error}");
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn an_answer_without_an_upgrade_is_an_error() {
    let answer = answer("200 OK", "", "output");
    let (wire, docker) = connected([created(), started().server(answer)]).await;
    let exec = docker.container("c1").exec(["ls"]).into_future();
    let error = within(exec).await.unwrap_err();
    assert!(error.is_decode(), "{error}");
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn a_connection_that_ends_inside_a_frame_is_an_error() {
    let cut = &frame(1, "whole")[..10];
    let packet = [UPGRADED.as_bytes(), cut].concat();
    let (wire, docker) = connected([created(), started().server(packet)]).await;
    let (chunks, error) = all(spawned(&docker).await).await;
    assert_eq!(chunks, [Chunk::Stdout("wh".into())]);
    assert!(error.unwrap().is_decode());
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn input_ends_while_output_goes_on() {
    let play = started()
        .server(UPGRADED)
        .client("typed\n")
        .client_closes()
        .server(frame(1, "late\n"))
        .server_closes();
    let (wire, docker) = connected([created(), play, ended(0)]).await;
    let exec = docker.container("c1").exec(["cat"]).stdin("typed\n");
    let out = within(exec.output()).await.unwrap();
    assert_eq!(out.stdout_text(), "late\n");
    wire.finish().await.unwrap();
}

/// The keys that detach end the connection. What has the terminal may go on for ever.
#[tokio::test]
async fn what_goes_on_after_its_connection_is_detached() {
    let running = r#"{"Running":true,"ExitCode":null,"Pid":7}"#;
    let resized = Play::on("POST", "/v1.44/exec/e1/resize?h=24&w=80");
    let mut plays = vec![
        created(),
        started().server([UPGRADED, "$ "].concat()),
        resized.server(answer("200 OK", "", "")),
    ];
    // More often than it is asked.
    plays.extend((0..40).map(|_| inspected(running)));
    let (_wire, docker) = connected(plays).await;
    let exec = docker.container("c1").exec(["sh"]);
    let mut terminal = exec.tty(TerminalSize::default()).await.unwrap();
    let mut shown = String::new();
    terminal.read_to_string(&mut shown).await.unwrap();
    assert_eq!(shown, "$ ");
    let error = within(terminal.wait()).await.unwrap_err();
    assert!(error.is_detached(), "{error}");
    assert_eq!(error.object(), Some("c1"));
}

#[tokio::test]
async fn a_terminal_is_read_and_written_as_it_is() {
    let shown = b"\x01\0\0\0\0\0\0\x09not a frame\r\n";
    let play = started()
        .server([UPGRADED.as_bytes(), shown].concat())
        .client("exit\n")
        .client_closes()
        .server("bye\r\n")
        .server_closes();
    let resized = Play::on("POST", "/v1.44/exec/e1/resize?h=24&w=80");
    // It may have ended by then.
    let resized = resized.server(answer("404 Not Found", "", "no such exec"));
    let (wire, docker) = connected([created(), play, resized, ended(0)]).await;
    let exec = docker.container("c1").exec(["sh"]);
    let mut terminal = exec.tty(TerminalSize::default()).await.unwrap();
    within(async {
        terminal.write_all(b"exit\n").await.unwrap();
        terminal.shutdown().await.unwrap();
        let out = terminal.output().await.unwrap();
        assert_eq!(*out.stdout, [shown, &b"bye\r\n"[..]].concat());
        assert!(out.status.success());
    })
    .await;
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn nothing_is_sent_that_cannot_be() {
    let (wire, docker) = connected([]).await;
    let container = docker.container("c1");
    let size = TerminalSize::default();
    for error in [
        container.exec([""; 0]).await.unwrap_err(),
        container
            .exec(["cat"])
            .stdin("x")
            .detach()
            .await
            .unwrap_err(),
        container
            .exec(["cat"])
            .stdin("x")
            .tty(size)
            .await
            .unwrap_err(),
        docker.container("a/b").exec(["ls"]).await.unwrap_err(),
        docker.exec_instance("a/b").wait().await.unwrap_err(),
        docker.exec_instance("").start().await.unwrap_err(),
    ] {
        assert!(
            error.is_invalid_input() && error.status().is_none(),
            "{error}"
        );
    }
    wire.finish().await.unwrap();
}
