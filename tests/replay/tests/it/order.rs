//! What may come when, and what is said when something else comes.

use dockwright_replay::{ReplayEngine, stderr, stdout};
use http_body_util::BodyExt;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Answer, Client};

#[tokio::test]
async fn an_answer_waits_for_the_requests_before_it() {
    let engine = ReplayEngine::script()
        .on("POST", "/c1/wait")
        .named("wait")
        .later()
        .on("POST", "/c1/start")
        .empty(204)
        .resume("wait")
        .json(200, json!({ "StatusCode": 3 }))
        .on("DELETE", "/c1")
        .empty(204)
        .start()
        .await
        .unwrap();
    let client = Client::new(engine.docker_host());

    let (wait, start) = tokio::join!(
        client.call("POST /c1/wait", ""),
        client.call("POST /c1/start", "")
    );
    assert_eq!(start.status, 204);
    assert_eq!(wait.body, "{\"StatusCode\":3}\n");
    assert_eq!(client.call("DELETE /c1", "").await.status, 204);
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn a_head_may_come_early_and_its_body_late() {
    let engine = ReplayEngine::script()
        .on("POST", "/c1/wait")
        .named("wait")
        .chunks(200, [""; 0])
        .on("POST", "/c1/start")
        .empty(204)
        .resume("wait")
        .more(["{\"Stat", "usCode\":0}\n"])
        .start()
        .await
        .unwrap();
    let client = Client::new(engine.docker_host());

    let mut wait = client.send("POST /c1/wait", "").await;
    assert_eq!(client.call("POST /c1/start", "").await.status, 204);
    let mut chunks = Vec::new();
    while let Some(frame) = wait.frame().await {
        chunks.push(frame.unwrap().into_data().unwrap());
    }
    assert_eq!(chunks, ["{\"Stat", "usCode\":0}\n"]);
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn requests_of_concurrent_tasks_may_come_in_any_order() {
    let script = ReplayEngine::script()
        .on("POST", "/a")
        .named("a")
        .later()
        .on("POST", "/b")
        .named("b")
        .later()
        .resume("a")
        .text(200, "a")
        .resume("b")
        .text(200, "b")
        .on("GET", "/after")
        .empty(200);
    for swapped in [false, true] {
        let engine = script.clone().start().await.unwrap();
        let client = Client::new(engine.docker_host());
        let (a, b) = match swapped {
            false => tokio::join!(client.call("POST /a", ""), client.call("POST /b", "")),
            true => {
                let (b, a) = tokio::join!(client.call("POST /b", ""), client.call("POST /a", ""));
                (a, b)
            }
        };
        assert_eq!((a.body.as_str(), b.body.as_str()), ("a", "b"));
        client.call("GET /after", "").await;
        engine.finish().await.unwrap();
    }
}

#[tokio::test]
async fn another_request_is_refused_and_told() {
    let engine = ReplayEngine::script()
        .on("GET", "/a")
        .empty(200)
        .on("GET", "/b")
        .empty(200)
        .start()
        .await
        .unwrap();
    let client = Client::new(engine.docker_host());

    let answer = client.call("GET /c", "").await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&answer.body).unwrap(),
        json!({ "message": "replay: unexpected request `GET /c`\n  expected `GET /a` (request 1 of 2)" })
    );
    assert_eq!(
        engine.finish().await.unwrap_err().complaints(),
        [
            "unexpected request `GET /c`\n  expected `GET /a` (request 1 of 2)",
            "never requested: `GET /a` (request 1 of 2)",
            "never requested: `GET /b` (request 2 of 2)",
        ]
    );
}

#[tokio::test]
async fn the_message_says_what_differs() {
    let engine = ReplayEngine::script()
        .on("POST", "/create?name=a")
        .expect_json(json!({ "Image": "busybox", "Cmd": ["true"] }))
        .expect_header("x-registry-auth", "{any}")
        .empty(201)
        .start()
        .await
        .unwrap();
    let client = Client::new(engine.docker_host());

    client
        .call(
            "POST /create?name=b",
            r#"{"Image":"alpine","Cmd":["true"]}"#,
        )
        .await;
    let mismatch = engine.finish().await.unwrap_err();
    assert_eq!(
        mismatch.complaints()[0],
        "unexpected request `POST /create?name=b`
  expected `POST /create?name=a` (request 1 of 1)
    query `name`: expected `a`, got `b`
    header `x-registry-auth`: missing
    body.Image: expected `\"busybox\"`, got `\"alpine\"`"
    );
}

#[tokio::test]
async fn one_request_too_many_is_told() {
    let engine = ReplayEngine::script().ping("1.51").start().await.unwrap();
    let client = Client::new(engine.docker_host());
    let pong = client.call("HEAD /_ping", "").await;
    assert_eq!(
        (
            pong.status.as_u16(),
            pong.headers["api-version"].to_str().unwrap()
        ),
        (200, "1.51")
    );
    assert_eq!(client.call("HEAD /_ping", "").await.status, 500);
    assert_eq!(
        engine.finish().await.unwrap_err().to_string(),
        "the client did not do what was recorded\n\
         - unexpected request `HEAD /_ping`: every recorded request has been made"
    );
}

#[tokio::test]
async fn a_body_that_was_cut_is_cut() {
    let much = "x".repeat(4 << 20);
    let engine = ReplayEngine::script()
        .on("GET", "/logs")
        .cut(200, ["one", much.as_str(), "two"])
        .start()
        .await
        .unwrap();
    let client = Client::new(engine.docker_host());

    let mut logs = client.send("GET /logs", "").await;
    let mut read = 0;
    let end = loop {
        match logs.frame().await {
            Some(Ok(frame)) => read += frame.into_data().unwrap().len(),
            end => break end,
        }
    };
    assert_eq!(read, much.len() + 6, "everything before the cut comes");
    assert!(end.unwrap().is_err());
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn a_client_that_leaves_holds_nothing_up() {
    let engine = ReplayEngine::script()
        .on("GET", "/events")
        .named("events")
        .chunks(200, ["{}\n"])
        .on("GET", "/info")
        .empty(200)
        .resume("events")
        .more(["{}\n"])
        .on("GET", "/version")
        .empty(200)
        .start()
        .await
        .unwrap();
    let client = Client::new(engine.docker_host());

    let mut events = client.send("GET /events", "").await;
    events.frame().await.unwrap().unwrap();
    drop(events);
    client.call("GET /info", "").await;
    assert_eq!(client.call("GET /version", "").await.status, 200);
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn heads_and_lengths_are_those_of_the_recording() {
    let engine = ReplayEngine::script()
        .on("HEAD", "/archive")
        .header("content-length", "12345")
        .header("x-docker-container-path-stat", "e30=")
        .empty(200)
        .on("GET", "/version")
        .json(200, json!({ "ApiVersion": "1.51" }))
        .on("POST", "/start")
        .empty(304)
        .start()
        .await
        .unwrap();
    let client = Client::new(engine.docker_host());

    let head = client.call("HEAD /archive", "").await;
    assert_eq!(head.headers["content-length"], "12345");
    assert_eq!(head.headers["x-docker-container-path-stat"], "e30=");
    let version = client.call("GET /version", "").await;
    assert_eq!(
        version.headers["content-length"],
        version.body.len().to_string()
    );
    assert_eq!(client.call("POST /start", "").await.status, 304);
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn a_dropped_engine_leaves_nothing_behind() {
    let engine = ReplayEngine::script()
        .on("GET", "/never")
        .later()
        .start()
        .await
        .unwrap();
    let socket = engine
        .docker_host()
        .strip_prefix("unix://")
        .unwrap()
        .to_owned();
    let client = Client::new(engine.docker_host());
    let pending = tokio::spawn(async move { client.send("GET /never", "").await });
    // The request is under way when its engine goes.
    tokio::task::yield_now().await;
    drop(engine);
    assert!(pending.await.is_err(), "the connection is closed");
    assert!(!std::path::Path::new(&socket).parent().unwrap().exists());
}

#[tokio::test]
async fn two_runtimes_share_an_engine() {
    let engine = ReplayEngine::script()
        .on("GET", "/a")
        .empty(200)
        .on("GET", "/b")
        .empty(200)
        .start()
        .await
        .unwrap();
    let client = Client::new(engine.docker_host());
    assert_eq!(client.call("GET /a", "").await.status, 200);
    let host = engine.docker_host();
    let other = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async { Client::new(host).call("GET /b", "").await.status })
    });
    // This runtime is blocked meanwhile.
    assert_eq!(other.join().unwrap(), 200);
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn an_answer_is_read_whole() {
    let big = "x".repeat(3 << 20);
    let engine = ReplayEngine::script()
        .on("GET", "/big")
        .text(200, &big)
        .start()
        .await
        .unwrap();
    let response = Client::new(engine.docker_host()).send("GET /big", "").await;
    assert_eq!(Answer::read(response).await.body, big);
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn an_engine_may_listen_on_a_port() {
    let script = ReplayEngine::script().on("GET", "/logs");
    let engine = script.chunks(200, [stdout("!"), stderr("")]).start_tcp();
    let engine = engine.await.unwrap();
    let host = engine.docker_host();
    let mut client = TcpStream::connect(host.strip_prefix("tcp://").unwrap())
        .await
        .unwrap();
    let request = b"GET /logs HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n";
    client.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    let frames = b"9\r\n\x01\0\0\0\0\0\0\x01!\r\n8\r\n\x02\0\0\0\0\0\0\0\r\n0\r\n\r\n";
    assert!(answer.ends_with(frames), "{}", answer.escape_ascii());
    engine.finish().await.unwrap();
}
