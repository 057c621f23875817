//! HTTP as old or as hostile as it comes: each answer has one outcome, a value or one kind of error.

use dockwright::{Docker, Error, Result};
use dockwright_replay::wire::{Play, Wire};

use crate::peer::{UPGRADED, all, answer, connected, frame, head, inspected, json, texts, within};

const LIST: &str = "/v1.44/containers/json";

/// How many containers a peer lists that answers with these bytes.
async fn listed(bytes: impl AsRef<[u8]>) -> Result<usize> {
    let (wire, docker) = connected([Play::on("GET", LIST).server(bytes)]).await;
    let outcome = within(docker.containers().list().into_future()).await;
    wire.finish().await.unwrap();
    outcome.map(|containers| containers.len())
}

/// The error of an answer that cannot be understood or trusted.
async fn refused(bytes: impl AsRef<[u8]>) -> Error {
    listed(bytes).await.unwrap_err()
}

#[tokio::test]
async fn informational_answers_come_before_the_answer() {
    let bytes = format!(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n{}",
        json("200 OK", "[{}]")
    );
    assert_eq!(listed(bytes).await.unwrap(), 1);
}

#[tokio::test]
async fn trailers_after_chunks_do_no_harm() {
    let bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\
                 Connection: close\r\n\r\n1\r\n[\r\n1;name=value\r\n]\r\n0\r\nX-Sum: 1\r\n\r\n";
    assert_eq!(listed(bytes).await.unwrap(), 0);
}

#[tokio::test]
async fn an_old_server_ends_its_answer_by_closing() {
    assert_eq!(listed("HTTP/1.0 200 OK\r\n\r\n[{},{}]").await.unwrap(), 2);
}

#[tokio::test]
async fn what_is_not_utf8_is_replaced() {
    let named = b"HTTP/1.0 200 OK\r\n\r\n[{\"Id\":\"\xff\"}]";
    assert_eq!(listed(named).await.unwrap(), 1);
    let error = refused(b"HTTP/1.0 200 OK\r\n\r\n[\xff]").await;
    assert!(error.is_decode(), "{error}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "307 Temporary Redirect",
    ] {
        let bytes = answer(status, "Location: http://elsewhere.example/\r\n", "moved");
        let error = refused(bytes).await;
        assert_eq!(error.status(), status[..3].parse().ok(), "{error}");
    }
}

/// Nothing asks for compression, so that what comes compressed is not what was asked for.
#[tokio::test]
async fn a_compressed_answer_is_an_error_and_not_guessed_at() {
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\x8b\x8e\x05\0\x29\x4c\xd6\xb4\x02\0\0\0";
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
    let error = refused([head.as_bytes(), gzip].concat()).await;
    assert!(error.is_decode(), "{error}");
}

#[tokio::test]
async fn a_flood_of_headers_is_an_error() {
    let one = "X-Flood: 0123456789\r\n";
    let bytes = format!("HTTP/1.1 200 OK\r\n{}\r\n[]", one.repeat(100_000));
    assert!(refused(bytes).await.is_connect());
    let endless = format!("HTTP/1.1 200 OK\r\nX-Flood: {}", "0".repeat(4 << 20));
    assert!(refused(endless).await.is_connect());
}

#[tokio::test]
async fn lengths_that_contradict_themselves_are_errors() {
    for length in ["2\r\nContent-Length: 3", "-2", "99999999999999999999999"] {
        let bytes = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n[]");
        let error = refused(bytes).await;
        assert!(error.is_connect(), "{length}: {error}");
    }
    let chunked = refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n[]").await;
    assert!(chunked.is_interrupted(), "{chunked}");
    let short = refused("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[]").await;
    assert!(short.is_interrupted(), "{short}");
}

#[tokio::test]
async fn what_is_no_text_is_an_error_with_its_place() {
    for body in [&b"\0"[..], b"[\"\xff\xfe\"]", b"[{\"Id\":\"a\0b\"}]", b""] {
        let head = head("application/json");
        let error = refused([head.as_bytes(), body].concat()).await;
        assert!(error.is_decode(), "{body:?}: {error}");
        assert!(!error.to_string().contains('\0'), "{error:?}");
    }
}

#[tokio::test]
async fn what_a_refusal_says_is_told_in_one_line_however_it_is_written() {
    let (flood, nul) = ("x".repeat(3 << 20), "a\0b\r\nc");
    for body in [&flood, nul, "\u{1b}[31mred", ""] {
        let error = refused(answer("500 Internal Server Error", "", body)).await;
        let line = error.to_string();
        assert_eq!(error.status(), Some(500));
        assert!(!line.contains(['\n', '\r', '\0', '\u{1b}']), "{line:?}");
        assert!(line.len() < 4096, "{}", line.len());
    }
}

/// One that the engine closed after its answer is not used again.
#[tokio::test]
async fn a_connection_that_closes_is_replaced() {
    let again = || Play::on("GET", LIST).server(json("200 OK", "[]"));
    let (wire, docker) = connected([again(), again(), again()]).await;
    for _ in 0..3 {
        let list = docker.containers().list().into_future();
        assert_eq!(within(list).await.unwrap().len(), 0);
    }
    wire.finish().await.unwrap();
}

async fn attached(output: &[u8]) -> (Vec<dockwright::Chunk>, Option<Error>) {
    let bytes = [UPGRADED.as_bytes(), output].concat();
    let attach = Play::on(
        "POST",
        "/v1.44/containers/c1/attach?stderr=true&stdin=true&stdout=true&stream=true",
    )
    .server(bytes);
    let (wire, docker) = connected([inspected(false), attach]).await;
    let attached = within(docker.container("c1").attach().into_future()).await;
    let outcome = all(attached.unwrap()).await;
    wire.finish().await.unwrap();
    outcome
}

#[tokio::test]
async fn a_frame_of_4_gib_is_announced_and_takes_no_memory() {
    let mut output = frame(1, "before");
    output.extend([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    output.extend(b"some");
    let (chunks, error) = attached(&output).await;
    assert_eq!(texts(&chunks).0, "beforesome");
    let error = error.unwrap();
    assert!(error.is_decode(), "{error:?}");
}

#[tokio::test]
async fn frames_that_are_none_are_errors_after_what_came() {
    for (kind, is_engines) in [(3, true), (4, false), (0x7f, false), (0xff, false)] {
        let output = [frame(2, "before"), frame(kind, "out of memory")].concat();
        let (chunks, error) = attached(&output).await;
        assert_eq!(texts(&chunks).1, "before");
        let error = error.unwrap();
        assert_eq!(error.engine_message().is_some(), is_engines, "{error}");
        assert_eq!(error.is_decode(), !is_engines, "{error}");
    }
}

#[tokio::test]
async fn empty_frames_are_passed_over() {
    let output = [frame(1, ""), frame(1, "a"), frame(2, ""), frame(1, "b")].concat();
    let (chunks, error) = attached(&output).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(texts(&chunks).0, "ab");
}

/// One value of a hundred megabytes in a stream of values.
#[tokio::test]
async fn a_value_of_100_mib_is_too_large() {
    let long = "x".repeat(100 << 20);
    let event = format!("{{\"Type\":\"container\",\"Action\":\"die\",\"status\":\"{long}\"}}\n");
    let bytes = [head("application/json").as_bytes(), event.as_bytes()].concat();
    let (_wire, docker) = connected([Play::on("GET", "/v1.44/events").server(bytes)]).await;
    let mut events = within(docker.events().into_future()).await.unwrap();
    let error = within(events.try_next()).await.unwrap_err();
    assert!(error.is_too_large(), "{error}");
}

/// What is asked while another answer is still read goes by a connection of its own.
#[tokio::test]
async fn a_stream_that_is_not_read_holds_nothing_up() {
    let plays = [
        Play::on("GET", "/v1.44/events")
            .server(head("application/json"))
            .gate("never"),
        Play::on("GET", LIST).server(json("200 OK", "[]")),
    ];
    let (wire, docker): (Wire, Docker) = connected(plays).await;
    let mut events = within(docker.events().into_future()).await.unwrap();
    let list = docker.containers().list().into_future();
    assert_eq!(within(list).await.unwrap().len(), 0);
    wire.release("never");
    assert!(within(events.try_next()).await.unwrap().is_none());
    wire.finish().await.unwrap();
}
