//! Connections that were closed while nobody used them, as all are when an engine restarts.

use dockwright_replay::wire::Play;

use crate::peer::{connected, json, within};

const LIST: &str = "/v1.44/containers/json";
const EMPTY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";

#[tokio::test]
async fn what_asks_only_is_asked_again() {
    let before = Play::on("GET", LIST).server(EMPTY).gate("restart");
    let after = Play::on("GET", LIST).server(json("200 OK", "[]"));
    let (wire, docker) = connected([before, after]).await;
    let list = || within(docker.containers().list().into_future());
    list().await.unwrap();
    wire.reached("restart").await;
    wire.release("restart");
    list().await.unwrap();
    wire.finish().await.unwrap();
}

/// An engine that hangs up each time is not asked for ever.
#[tokio::test]
async fn what_is_closed_again_is_an_error() {
    let (wire, docker) = connected([Play::on("GET", LIST), Play::on("GET", LIST)]).await;
    let list = within(docker.containers().list().into_future());
    let error = list.await.unwrap_err();
    assert!(error.is_interrupted(), "{error}");
    wire.finish().await.unwrap();
}

/// What may have been done is not done twice.
#[tokio::test]
async fn what_changes_something_is_sent_once() {
    let (wire, docker) = connected([Play::on("POST", "/v1.44/containers/c1/start")]).await;
    let start = within(docker.container("c1").start().into_future());
    let error = start.await.unwrap_err();
    assert!(error.is_interrupted(), "{error}");
    wire.finish().await.unwrap();
}
