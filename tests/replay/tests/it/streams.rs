//! Upgraded connections.

use dockwright_replay::{Dialogue, ReplayEngine};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::Client;

#[tokio::test]
async fn both_sides_take_their_turns() {
    let engine = ReplayEngine::script()
        .on("POST", "/attach")
        .expect_header("upgrade", "tcp")
        .upgrade(
            Dialogue::new()
                .server("welcome\n")
                .client("hello\n")
                .server("hello to you\n")
                .client_closes()
                .server("bye\n")
                .server_closes(),
        )
        .start()
        .await
        .unwrap();
    let client = Client::new(engine.docker_host());

    let mut stream = client.upgrade("POST /attach").await;
    let mut read = [0; 8];
    stream.read_exact(&mut read).await.unwrap();
    assert_eq!(&read, b"welcome\n");
    stream.write_all(b"hel").await.unwrap();
    stream.write_all(b"lo\n").await.unwrap();
    let mut read = [0; 13];
    stream.read_exact(&mut read).await.unwrap();
    assert_eq!(&read, b"hello to you\n");
    // Only now that the client has closed its side comes the rest.
    stream.shutdown().await.unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "bye\n");
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn output_comes_when_the_container_starts() {
    let engine = ReplayEngine::script()
        .on("POST", "/c1/attach")
        .named("attach")
        .upgrade(Dialogue::new())
        .on("POST", "/c1/start")
        .named("start")
        .later()
        .resume("attach")
        .dialogue(Dialogue::new().server("out").server_closes())
        .resume("start")
        .empty(204)
        .start()
        .await
        .unwrap();
    let client = Client::new(engine.docker_host());

    let mut attach = client.upgrade("POST /c1/attach").await;
    assert_eq!(client.call("POST /c1/start", "").await.status, 204);
    let mut out = String::new();
    attach.read_to_string(&mut out).await.unwrap();
    assert_eq!(out, "out");
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn a_client_may_write_everything_before_it_reads() {
    let piece = vec![b'x'; 1 << 20];
    let dialogue = (0..8).fold(Dialogue::new(), |dialogue, _| {
        dialogue.client(piece.clone()).server(piece.clone())
    });
    let engine = ReplayEngine::script()
        .on("POST", "/attach")
        .upgrade(dialogue.client_closes().server_closes())
        .start()
        .await
        .unwrap();
    let client = Client::new(engine.docker_host());

    let mut stream = client.upgrade("POST /attach").await;
    stream.write_all(&piece.repeat(8)).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut back = Vec::new();
    stream.read_to_end(&mut back).await.unwrap();
    assert_eq!(back.len(), 8 << 20);
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn other_bytes_than_recorded_are_told() {
    let written: [(&[u8], &str); 4] = [
        (
            b"yes\n",
            "on `POST /attach`: the client was expected to write `no\\n`, and wrote `yes`",
        ),
        (
            b"n",
            "on `POST /attach`: the client closed its side before it wrote `o\\n`",
        ),
        (
            b"",
            "on `POST /attach`: the client closed its side before it wrote `no\\n`",
        ),
        (
            b"no\nway",
            "on `POST /attach`: the client was expected to close its side, and wrote `way`",
        ),
    ];
    for (bytes, complaint) in written {
        let engine = ReplayEngine::script()
            .on("POST", "/attach")
            .upgrade(
                Dialogue::new()
                    .client("no\n")
                    .client_closes()
                    .server_closes(),
            )
            .start()
            .await
            .unwrap();
        let mut stream = Client::new(engine.docker_host())
            .upgrade("POST /attach")
            .await;
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        // The engine has given up when it closes.
        let _ = stream.read_to_end(&mut Vec::new()).await;
        assert_eq!(engine.finish().await.unwrap_err().complaints(), [complaint]);
    }
}
