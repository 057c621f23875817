//! Headers that every request has beside its own.

use dockwright::{Connect, Docker};
use dockwright_replay::wire::{Play, Wire};

use crate::peer::{UPGRADED, answer, frame, inspected, json, within};

const LIST: &str = "/v1.44/containers/json";
const ATTACH: &str = "/v1.44/containers/c1/attach?stderr=true&stdin=true&stdout=true&stream=true";

/// The heads of all requests of a client that lists and attaches.
async fn heads(connect: impl FnOnce(Connect) -> Connect) -> Vec<String> {
    let ping = Play::on("HEAD", "/_ping").server(answer("200 OK", "Api-Version: 1.44\r\n", ""));
    let list = Play::on("GET", LIST).server(json("200 OK", "[]"));
    let attach = [UPGRADED.as_bytes(), &frame(1, "out\n")].concat();
    let attach = Play::on("POST", ATTACH).server(attach);
    let wire = Wire::start([ping, list, inspected(false), attach]).await;
    let wire = wire.unwrap();
    let connect = connect(Docker::connect_to(wire.docker_host()).isolated());
    within(async {
        let docker = connect.await.unwrap();
        docker.containers().list().await.unwrap();
        drop(docker.container("c1").attach().await.unwrap());
    })
    .await;
    let heads = wire.heads();
    assert_eq!(heads.len(), 4);
    wire.finish().await.unwrap();
    heads
}

/// The values of a header in a request.
fn values<'a>(head: &'a str, name: &str) -> Vec<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let named = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value).collect()
}

#[tokio::test]
async fn every_request_has_them() {
    let heads = heads(|connect| {
        let connect = connect.header("X-Meta", "one").header("x-meta", "two");
        connect
            .header("Accept", "text/plain")
            .user_agent("mine/1.0 (test)")
    });
    for head in heads.await {
        assert_eq!(values(&head, "x-meta"), ["two"], "{head}");
        assert_eq!(values(&head, "user-agent"), ["mine/1.0 (test)"], "{head}");
        let own = match head.starts_with("GET") {
            true => "application/json",
            false => "text/plain",
        };
        assert_eq!(values(&head, "accept"), [own], "{head}");
    }
}

#[tokio::test]
async fn the_client_is_called_by_its_name_and_version() {
    for head in heads(|connect| connect).await {
        let agents = values(&head, "user-agent");
        assert!(
            matches!(agents[..], [agent] if agent.starts_with("dockwright/")),
            "{head}"
        );
    }
}

/// Those of the CLI count for connections to any host.
#[tokio::test]
async fn those_of_the_cli_are_sent() {
    let folder = tempfile::tempdir().unwrap();
    let config = r#"{"HttpHeaders":{"X-Meta":"of the CLI","X-Other":"o","User-Agent":"no"}}"#;
    std::fs::write(folder.path().join("config.json"), config).unwrap();
    let heads = heads(|connect| connect.config_dir(folder.path()).header("x-meta", "mine"));
    for head in heads.await {
        assert_eq!(values(&head, "x-meta"), ["mine"], "{head}");
        assert_eq!(values(&head, "x-other"), ["o"], "{head}");
        assert_ne!(values(&head, "user-agent"), ["no"], "{head}");
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_an_error_before_anything_is() {
    let wire = Wire::start([]).await.unwrap();
    for (name, value) in [
        ("X Meta", "s3cret"),
        ("", "s3cret"),
        ("X-Meta", "s3cret\r\nX-Other: 1"),
        ("Host", "s3cret"),
        ("Content-Length", "s3cret"),
    ] {
        let connect = Docker::connect_to(wire.docker_host()).header(name, value);
        let shown = format!("{connect:?}");
        let error = within(connect.into_future()).await.unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
        assert!(!format!("{shown} {error} {error:?}").contains("s3cret"));
    }
    wire.finish().await.unwrap();
}
