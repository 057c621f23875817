//! Bytes at will.

use dockwright_replay::wire::{Play, Wire};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::client::Client;

const UPGRADED: &str = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

async fn connect(wire: &Wire) -> UnixStream {
    UnixStream::connect(wire.docker_host().strip_prefix("unix://").unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_gate_tears_a_frame_at_any_byte() {
    let frame = b"\x01\0\0\0\0\0\0\x06hello\n";
    for at in 1..frame.len() {
        let wire = Wire::start([Play::on("POST", "/attach")
            .server([UPGRADED.as_bytes(), &frame[..at]].concat())
            .gate("rest")
            .server(&frame[at..])])
        .await
        .unwrap();
        let mut stream = Client::new(wire.docker_host())
            .upgrade("POST /attach")
            .await;
        let mut got = [0; 64];
        stream.read_exact(&mut got[..at]).await.unwrap();
        wire.reached("rest").await;
        wire.release("rest");
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert_eq!([&got[..at], &rest].concat(), frame);
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn half_close_goes_both_ways() {
    let wire = Wire::start([Play::on("POST", "/attach")
        .server(UPGRADED)
        .client("ab")
        .client_closes()
        .server("cd")
        .server_closes()
        .gate("open")])
    .await
    .unwrap();
    let mut stream = Client::new(wire.docker_host())
        .upgrade("POST /attach")
        .await;
    stream.write_all(b"ab, and more").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut got = String::new();
    stream.read_to_string(&mut got).await.unwrap();
    assert_eq!(got, "cd");
    wire.reached("open").await;
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn plays_are_chosen_by_request_and_may_have_several() {
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    let wire = Wire::start([
        Play::on("GET", "/a")
            .server(format!("{ok}a1"))
            .then_on("GET", "/a/{any}")
            .server(format!("{ok}a2")),
        Play::on("POST", "/b?x=1")
            .server("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            .server("b1"),
    ])
    .await
    .unwrap();
    let client = Client::new(wire.docker_host());
    assert_eq!(client.call("POST /b?x=1", "some body").await.body, "b1");
    assert_eq!(client.call("GET /a", "").await.body, "a1");
    assert_eq!(client.call("GET /a/x", "").await.body, "a2");
    let heads = wire.heads();
    let lines: Vec<_> = heads
        .iter()
        .filter_map(|head| head.lines().next())
        .collect();
    assert_eq!(
        lines,
        [
            "POST /b?x=1 HTTP/1.1",
            "GET /a HTTP/1.1",
            "GET /a/x HTTP/1.1"
        ]
    );
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn bodies_are_read_before_the_play() {
    let wire = Wire::start([Play::on("POST", "/load").server("HTTP/1.1 200 OK\r\n\r\n")])
        .await
        .unwrap();
    let mut stream = connect(&wire).await;
    let chunked = "POST /load HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    stream.write_all(chunked.as_bytes()).await.unwrap();
    let mut got = String::new();
    stream.read_to_string(&mut got).await.unwrap();
    assert_eq!(got, "HTTP/1.1 200 OK\r\n\r\n");
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn what_does_not_fit_is_told() {
    let wire = Wire::start([
        Play::on("GET", "/a").server(UPGRADED).client("yes"),
        Play::on("GET", "/b"),
        Play::on("GET", "/c").then_on("GET", "/d"),
    ])
    .await
    .unwrap();
    let client = Client::new(wire.docker_host());
    let answer = client.call("GET /z", "").await;
    assert_eq!(
        (answer.status.as_u16(), answer.body.as_str()),
        (500, r#"{"message":"wire: no play is left for GET /z"}"#)
    );
    let mut stream = client.upgrade("GET /a").await;
    stream.write_all(b"no!").await.unwrap();
    assert_eq!(stream.read_to_end(&mut Vec::new()).await.unwrap(), 0);
    let mut stream = connect(&wire).await;
    stream.write_all(b"GET /c HTTP/1.1\r\n\r\n").await.unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(stream.read_to_end(&mut Vec::new()).await.unwrap(), 0);
    assert_eq!(
        wire.finish().await.unwrap_err().complaints(),
        [
            "no play is left for `GET /z`",
            "on `GET /a`: the client was expected to write `yes`, and wrote `no!`",
            "on `GET /c`: expected `GET /d` next, and the client closed",
            "never requested: `GET /b`",
        ]
    );
}
