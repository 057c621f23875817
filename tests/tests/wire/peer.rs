//! A peer on a socket, a client that is connected to it, and what both say.

use std::time::Duration;

use dockwright::{ApiVersion, Chunk, Docker, Error, Result};
use dockwright_replay::wire::{Play, Wire};
use futures_util::{Stream, TryStreamExt};
use tokio::task::yield_now;
use tokio::time::timeout;

pub const UPGRADED: &str = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

/// Far more than anything here takes.
const LIMIT: Duration = Duration::from_secs(20);

/// Nothing may hang.
pub async fn within<T>(future: impl Future<Output = T>) -> T {
    match timeout(LIMIT, future).await {
        Ok(output) => output,
        Err(_) => panic!("it hangs"),
    }
}

/// A whole answer, after which the connection closes.
pub fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// A whole answer that is a JSON document.
pub fn json(status: &str, body: &str) -> String {
    answer(status, "Content-Type: application/json\r\n", body)
}

/// The head of an answer whose body ends with the connection.
pub fn head(content_type: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: {content_type}\r\n\r\n")
}

/// One frame of multiplexed output.
pub fn frame(kind: u8, payload: &str) -> Vec<u8> {
    let length = payload.len() as u32;
    let header = [[kind, 0, 0, 0], length.to_be_bytes()].concat();
    [&header, payload.as_bytes()].concat()
}

/// The answer to an inspection of the container `c1`.
pub fn inspected(terminal: bool) -> Play {
    let body = format!(r#"{{"Id":"c1","Config":{{"Tty":{terminal},"OpenStdin":true}}}}"#);
    Play::on("GET", "/v1.44/containers/c1/json").server(json("200 OK", &body))
}

/// A client of a peer that speaks 1.44 and then follows `plays`.
pub async fn connected(plays: impl IntoIterator<Item = Play>) -> (Wire, Docker) {
    let ping = Play::on("HEAD", "/_ping").server(answer("200 OK", "Api-Version: 1.44\r\n", ""));
    let wire = Wire::start([ping].into_iter().chain(plays)).await.unwrap();
    let docker = within(
        Docker::connect_to(wire.docker_host())
            .isolated()
            .into_future(),
    );
    let docker = docker.await.unwrap();
    assert_eq!(docker.api_version(), ApiVersion::new(1, 44));
    (wire, docker)
}

/// All that comes, and the error if it ends with one.
pub async fn all<T>(mut items: impl Stream<Item = Result<T>> + Unpin) -> (Vec<T>, Option<Error>) {
    let mut got = Vec::new();
    within(async {
        loop {
            match items.try_next().await {
                Ok(Some(item)) => got.push(item),
                Ok(None) => return (got, None),
                Err(error) => {
                    // An error is the end.
                    assert!(items.try_next().await.unwrap().is_none());
                    return (got, Some(error));
                }
            }
        }
    })
    .await
}

/// What was written to the two outputs.
pub fn texts(chunks: &[Chunk]) -> (String, String) {
    let (mut out, mut err) = (String::new(), String::new());
    for chunk in chunks {
        match chunk {
            Chunk::Stderr(_) => err.push_str(&chunk.to_string()),
            _ => out.push_str(&chunk.to_string()),
        }
    }
    (out, err)
}

/// Lets what stands before a gate be read by what runs beside this, and opens the gate.
pub async fn open(wire: &Wire, gate: &str) {
    wire.reached(gate).await;
    for _ in 0..8 {
        yield_now().await;
    }
    wire.release(gate);
}
