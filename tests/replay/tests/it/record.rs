//! From an engine to a fixture and back.

use dockwright_replay::wire::{Play, Wire};
use dockwright_replay::{Dialogue, EngineInfo, Fixture, Recorder, ReplayEngine, Script};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::{Answer, Client};

fn engine() -> Script {
    ReplayEngine::script().on("GET", "/version").json(
        200,
        json!({ "Version": "28.5.2", "ApiVersion": "1.51", "Components": [{ "Name": "Engine" }] }),
    )
}

fn turns(fixture: &Fixture) -> Vec<Value> {
    let mut fixture: Value = serde_json::from_str(&fixture.to_string()).unwrap();
    match fixture["turns"].take() {
        Value::Array(turns) => turns,
        other => panic!("{other}"),
    }
}

/// What a client does that runs a container with input.
async fn run(host: String) -> String {
    let client = Client::new(host);
    assert_eq!(
        client.call("HEAD /_ping", "").await.headers["api-version"],
        "1.51"
    );
    assert_eq!(
        client
            .call("POST /create", r#"{"Image":"busybox"}"#)
            .await
            .status,
        201
    );
    let mut stream = client.upgrade("POST /c1/attach").await;
    let wait = client.send("POST /c1/wait", "").await;
    assert_eq!(client.call("POST /c1/start", "").await.status, 204);
    stream.write_all(b"\xffhello\n").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut out = Vec::new();
    stream.read_to_end(&mut out).await.unwrap();
    let status = wait.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(client.call("DELETE /c1", "").await.status, 204);
    format!("{} {}", out.escape_ascii(), status.escape_ascii())
}

#[tokio::test]
async fn a_recording_replays() {
    let script = engine()
        .ping("1.51")
        .on("POST", "/create")
        .expect_json(json!({ "Image": "busybox" }))
        .json(201, json!({ "Id": "c1" }))
        .on("POST", "/c1/attach")
        .named("attach")
        .upgrade(Dialogue::new())
        .on("POST", "/c1/wait")
        .named("wait")
        .chunks(200, [""; 0])
        .on("POST", "/c1/start")
        .empty(204)
        .resume("attach")
        .dialogue(
            Dialogue::new()
                .client(b"\xffhello\n")
                .client_closes()
                .server("hello\n")
                .server_closes(),
        )
        .resume("wait")
        .more(["{\"StatusCode\":0}\n"])
        .on("DELETE", "/c1")
        .empty(204);
    let scripted = script.start().await.unwrap();
    let recorder = Recorder::start(&scripted.docker_host()).await.unwrap();
    let said = run(recorder.docker_host()).await;
    let fixture = recorder.finish("run").await.unwrap();
    scripted.finish().await.unwrap();

    let info = EngineInfo {
        name: "docker".into(),
        version: "28.5.2".into(),
        api: "1.51".into(),
    };
    assert_eq!((fixture.scenario.as_str(), &fixture.engine), ("run", &info));
    let lines: Vec<_> = fixture.requests().collect();
    assert_eq!(
        lines,
        [
            "HEAD /_ping",
            "POST /create",
            "POST /c1/attach",
            "POST /c1/wait",
            "POST /c1/start",
            "DELETE /c1"
        ]
    );
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.json");
    fixture.save(&path).unwrap();
    let loaded = Fixture::load(&path).unwrap();
    assert_eq!(loaded, fixture);

    let replayed = ReplayEngine::start(loaded).await.unwrap();
    assert_eq!(run(replayed.docker_host()).await, said);
    replayed.finish().await.unwrap();
}

#[tokio::test]
async fn exchanges_that_interleave_are_turns_and_others_are_whole() {
    let scripted = engine()
        .on("POST", "/c1/wait")
        .named("w")
        .chunks(200, ["{\"Status"])
        .on("POST", "/c1/start")
        .empty(204)
        .on("GET", "/left")
        .later()
        .resume("w")
        .more(["Code\":0}\n"])
        .start()
        .await
        .unwrap();
    let recorder = Recorder::start(&scripted.docker_host()).await.unwrap();
    let client = Client::new(recorder.docker_host());
    let mut wait = client.send("POST /c1/wait", "").await;
    wait.frame().await.unwrap().unwrap();
    client.call("POST /c1/start", "").await;
    tokio::select! {
        _ = client.send("GET /left", "") => panic!("not to be answered"),
        rest = wait.into_body().collect() => drop(rest.unwrap()),
    }
    assert_eq!(
        turns(&recorder.finish("wait").await.unwrap()),
        [
            json!({
                "on": "wait",
                "request": { "line": "POST /c1/wait" },
                "response": { "status": 200 },
                "body": ["{\"Status"],
            }),
            json!({ "request": { "line": "POST /c1/start" }, "response": { "status": 204 } }),
            json!({ "request": { "line": "GET /left" }, "end": "left" }),
            json!({ "on": "wait", "body": ["Code\":0}\n"] }),
        ]
    );
}

#[tokio::test]
async fn output_in_the_packet_of_the_headers_is_on_the_tape() {
    let version =
        r#"{"Version":"5.4.2","ApiVersion":"1.41","Components":[{"Name":"Podman Engine"}]}"#;
    let wire = Wire::start([
        Play::on("GET", "/version").server(format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{version}",
            version.len()
        )),
        Play::on("POST", "/attach")
            .server("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nfirst")
            .client("in")
            .client_closes()
            .server("last")
            .server_closes()
            .gate("open"),
    ])
    .await
    .unwrap();
    let recorder = Recorder::start(&wire.docker_host()).await.unwrap();
    let mut stream = Client::new(recorder.docker_host())
        .upgrade("POST /attach")
        .await;
    stream.write_all(b"in").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut out = String::new();
    stream.read_to_string(&mut out).await.unwrap();
    assert_eq!(out, "firstlast");
    drop(stream);
    let fixture = recorder.finish("attach").await.unwrap();
    assert_eq!(fixture.engine.name, "podman");
    let stream = turns(&fixture)[0]["stream"].clone();
    let written = |side: &str| -> String {
        let moves = stream.as_array().unwrap().iter();
        moves
            .filter_map(|happened| happened[side].as_str())
            .collect()
    };
    assert_eq!(
        (written("server").as_str(), written("client").as_str()),
        ("firstlast", "in")
    );
    let ends: Vec<_> = stream
        .as_array()
        .unwrap()
        .iter()
        .filter(|happened| happened.is_string())
        .collect();
    assert_eq!(ends, ["client-closed", "server-closed"]);
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn credentials_and_dates_stay_off_the_tape() {
    let scripted = engine()
        .on("POST", "/auth")
        .expect_body("{any}")
        .header("date", "Thu, 01 Jan 1970 00:00:00 GMT")
        .header("api-version", "1.51")
        .json(200, json!({ "Status": "Login Succeeded" }))
        .start()
        .await
        .unwrap();
    let recorder = Recorder::start(&scripted.docker_host()).await.unwrap();
    let client = Client::new(recorder.docker_host());
    let secrets = [
        ("X-Registry-Auth", "s3cret"),
        ("X-Registry-Config", "s3cret"),
        ("Authorization", "Basic s3cret"),
        ("Content-Type", "application/json"),
        ("User-Agent", "anybody"),
    ];
    let body = r#"{"username":"tester","Password":"s3cret","auths":[{"identitytoken":"s3cret"}]}"#;
    Answer::read(client.send_with("POST /auth", &secrets, body).await).await;
    let fixture = recorder.finish("auth").await.unwrap();
    assert!(!fixture.to_string().contains("s3cret"), "{fixture}");
    assert_eq!(
        turns(&fixture),
        [json!({
            "request": {
                "line": "POST /auth",
                "headers": {
                    "authorization": "{any}",
                    "content-type": "application/json",
                    "x-registry-auth": "{any}",
                    "x-registry-config": "{any}",
                },
                "body": { "json": {
                    "username": "tester", "Password": "{any}", "auths": [{ "identitytoken": "{any}" }],
                } },
            },
            "response": {
                "status": 200,
                "headers": { "api-version": "1.51", "content-length": "29", "content-type": "application/json" },
            },
            "body": [{ "json": { "Status": "Login Succeeded" } }],
        })]
    );
}

#[tokio::test]
async fn how_an_exchange_ended_is_on_the_tape() {
    let scripted = engine()
        .on("GET", "/cut")
        .cut(200, ["half"])
        .on("GET", "/events")
        .named("events")
        .chunks(200, ["{}\n"])
        .on("PUT", "/archive")
        .expect_body("{any}")
        .empty(200)
        .on("GET", "/never")
        .empty(200)
        .resume("events")
        .more(["{}\n"])
        .start()
        .await
        .unwrap();
    let recorder = Recorder::start(&scripted.docker_host()).await.unwrap();
    let client = Client::new(recorder.docker_host());
    assert!(
        client
            .send("GET /cut", "")
            .await
            .into_body()
            .collect()
            .await
            .is_err()
    );
    let mut events = client.send("GET /events", "").await;
    events.frame().await.unwrap().unwrap();
    drop(events);
    client.call("PUT /archive", "ustar\0").await;
    let turns = turns(&recorder.finish("ends").await.unwrap());
    let ends: Vec<_> = turns
        .iter()
        .map(|turn| (&turn["request"]["line"], &turn["end"]))
        .collect();
    assert_eq!(
        ends,
        [
            (&json!("GET /cut"), &json!("cut")),
            (&json!("GET /events"), &json!("left")),
            (&json!("PUT /archive"), &Value::Null),
        ]
    );
    assert_eq!(turns[0]["body"], json!(["half"]));
    assert_eq!(turns[2]["request"]["body"], "{any}");
}

#[tokio::test]
async fn an_upstream_that_is_none_is_told() {
    for host in [
        "",
        "/var/run/docker.sock",
        "unix://relative",
        "ssh://host",
        "tcp://",
    ] {
        let error = Recorder::start(host).await.err().unwrap();
        assert_eq!(
            error.to_string(),
            format!("cannot record `{host}`: expected unix:///path or tcp://host:port")
        );
    }
    let dir = tempfile::tempdir().unwrap();
    let missing = format!("unix://{}/docker.sock", dir.path().display());
    let error = Recorder::start(&missing).await.err().unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    assert!(
        error
            .to_string()
            .starts_with(&format!("recording from {missing}: ")),
        "{error}"
    );

    let other = Wire::start([Play::on("GET", "/version").server("220 mail\r\n")])
        .await
        .unwrap();
    assert!(Recorder::start(&other.docker_host()).await.is_err());
}

#[tokio::test]
async fn an_upstream_may_be_a_port() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = format!("tcp://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        for body in [r#"{"Version":"20.10.24","ApiVersion":"1.41"}"#, "OK"] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            stream
                .write_all(format!("{head}{body}").as_bytes())
                .await
                .unwrap();
        }
    });
    let recorder = Recorder::start(&upstream).await.unwrap();
    assert_eq!(
        Client::new(recorder.docker_host())
            .call("GET /_ping", "")
            .await
            .body,
        "OK"
    );
    served.await.unwrap();
    let fixture = recorder.finish("ping").await.unwrap();
    assert_eq!(
        (
            fixture.engine.api.as_str(),
            turns(&fixture)[0]["body"].clone()
        ),
        ("1.41", json!(["OK"]))
    );
}

#[tokio::test]
async fn an_engine_that_goes_away_fails_the_recording() {
    let scripted = engine().start().await.unwrap();
    let recorder = Recorder::start(&scripted.docker_host()).await.unwrap();
    drop(scripted);
    let answer = Client::new(recorder.docker_host())
        .call("GET /info", "")
        .await;
    assert_eq!(answer.status, 502);
    assert!(
        answer
            .body
            .starts_with(r#"{"message":"recording from unix://"#),
        "{}",
        answer.body
    );
    assert!(recorder.finish("gone").await.is_err());
}

#[tokio::test]
async fn megabytes_pass_both_ways() {
    let much = vec![b'm'; 10 << 20];
    let scripted = engine()
        .on("POST", "/attach")
        .upgrade(
            Dialogue::new()
                .client(&much)
                .client_closes()
                .server(&much)
                .server_closes(),
        )
        .start()
        .await
        .unwrap();
    let recorder = Recorder::start(&scripted.docker_host()).await.unwrap();
    let mut stream = Client::new(recorder.docker_host())
        .upgrade("POST /attach")
        .await;
    stream.write_all(&much).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut back = Vec::new();
    stream.read_to_end(&mut back).await.unwrap();
    drop(stream);
    assert!(back == much);
    recorder.finish("much").await.unwrap();
    scripted.finish().await.unwrap();
}
