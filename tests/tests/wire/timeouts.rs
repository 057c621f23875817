//! Limits of time: each is told by its name, and none ends what goes well.

use std::time::Duration;

use dockwright::{Docker, Error, Timeouts, Upload};
use dockwright_replay::wire::{Play, Wire};
use futures_util::{StreamExt as _, stream};
use tokio::time;

use crate::peer::{UPGRADED, answer, connected, frame, head, inspected, json, open, within};

/// Less than what [`within`] takes for a hang; it passes at once where nothing else is left to do.
const LIMIT: Duration = Duration::from_secs(5);
const MULTIPLEXED: &str = "application/vnd.docker.multiplexed-stream";
const LIST: &str = "/v1.44/containers/json";
const LOGS: &str = "/v1.44/containers/c1/logs?stderr=true&stdout=true";
const ATTACH: &str = "/v1.44/containers/c1/attach?stderr=true&stdin=true&stdout=true&stream=true";

/// Lets time pass as soon as the peer stands at `gate` and everyone waits.
async fn silence(wire: &Wire, gate: &str) {
    wire.reached(gate).await;
    time::pause();
}

fn assert_timeout(error: &Error, operation: &str, words: &str) {
    assert!(error.is_timeout(), "{error}");
    assert_eq!(error.operation(), Some(operation));
    let line = error.to_string();
    assert!(line.ends_with(words), "{line}");
    assert!(line.contains(error.host().unwrap()), "{line}");
}

async fn list(docker: &Docker) -> Error {
    within(docker.containers().list().into_future())
        .await
        .unwrap_err()
}

#[tokio::test]
async fn no_answer_is_told_by_the_first_byte() {
    let (wire, docker) = connected([Play::on("GET", LIST).gate("silent")]).await;
    let hasty = docker.with_timeouts(Timeouts::new().first_byte(LIMIT).idle(LIMIT / 2));
    let (error, ()) = tokio::join!(list(&hasty), silence(&wire, "silent"));
    assert_timeout(
        &error,
        "list containers",
        "no answer within 5 s (first-byte timeout)",
    );
}

#[tokio::test]
async fn a_head_that_trickles_in_is_no_answer() {
    let play = Play::on("GET", LIST)
        .server("HTTP/1.1 200 OK\r\nContent-")
        .gate("silent");
    let (wire, docker) = connected([play]).await;
    let hasty = docker.with_timeouts(Timeouts::new().first_byte(LIMIT));
    let (error, ()) = tokio::join!(list(&hasty), silence(&wire, "silent"));
    assert_timeout(&error, "list containers", "(first-byte timeout)");
}

#[tokio::test]
async fn an_answer_that_stops_is_told_by_the_idle_limit() {
    let part = [&head("application/json"), "[{"].concat();
    let (wire, docker) = connected([Play::on("GET", LIST).server(part).gate("silent")]).await;
    let hasty = docker.with_timeouts(Timeouts::new().first_byte(LIMIT * 2).idle(LIMIT));
    let (error, ()) = tokio::join!(list(&hasty), silence(&wire, "silent"));
    assert_timeout(
        &error,
        "list containers",
        "nothing came for 5 s (idle timeout)",
    );
}

#[tokio::test]
async fn all_of_it_is_told_by_the_total() {
    let part = [&head("application/json"), "[{"].concat();
    for play in [
        Play::on("GET", LIST).gate("silent"),
        Play::on("GET", LIST).server(part).gate("silent"),
    ] {
        let (wire, docker) = connected([play]).await;
        let hasty = docker.with_timeouts(Timeouts::new().idle(LIMIT * 2).total(LIMIT));
        let (error, ()) = tokio::join!(list(&hasty), silence(&wire, "silent"));
        assert_timeout(
            &error,
            "list containers",
            "not complete within 5 s (total timeout)",
        );
        time::resume();
    }
}

#[tokio::test]
async fn a_stream_that_falls_silent_ends_with_an_error() {
    let first = [head(MULTIPLEXED).as_bytes(), &frame(1, "out\n")].concat();
    let play = Play::on("GET", LOGS).server(first).gate("silent");
    let (wire, docker) = connected([play]).await;
    let hasty = docker.with_timeouts(Timeouts::new().idle(LIMIT));
    let mut logs = within(hasty.container("c1").logs().into_future())
        .await
        .unwrap();
    assert!(within(logs.try_next()).await.unwrap().is_some());
    let (next, ()) =
        within(async { tokio::join!(logs.try_next(), silence(&wire, "silent")) }).await;
    let error = next.unwrap_err();
    assert_timeout(
        &error,
        "read logs of container",
        "nothing came for 5 s (idle timeout)",
    );
    assert!(logs.try_next().await.unwrap().is_none());
}

/// A stream may last as long as it does, if something comes before each silence is too long.
#[tokio::test]
async fn a_stream_that_drips_goes_on() {
    let mut play = Play::on("GET", LOGS).server(head(MULTIPLEXED));
    for drop in ["a", "b", "c"] {
        play = play.gate(drop).server(frame(1, drop));
    }
    let (wire, docker) = connected([play]).await;
    let hasty = docker.with_timeouts(Timeouts::new().idle(LIMIT));
    let mut logs = within(hasty.container("c1").logs().into_future())
        .await
        .unwrap();
    for drop in ["a", "b", "c"] {
        let late = async {
            wire.reached(drop).await;
            time::pause();
            time::advance(LIMIT * 4 / 5).await;
            time::resume();
            wire.release(drop);
        };
        let (came, ()) = within(async { tokio::join!(logs.try_next(), late) }).await;
        assert_eq!(came.unwrap().unwrap().to_string(), drop);
    }
    assert!(within(logs.try_next()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_connection_that_falls_silent_ends_with_an_error() {
    let first = [UPGRADED.as_bytes(), &frame(1, "out\n")].concat();
    let play = Play::on("POST", ATTACH).server(first).gate("silent");
    let (wire, docker) = connected([inspected(false), play]).await;
    let hasty = docker.with_timeouts(Timeouts::new().idle(LIMIT));
    let mut attached = within(hasty.container("c1").attach().into_future())
        .await
        .unwrap();
    assert!(within(attached.try_next()).await.unwrap().is_some());
    let read = async { tokio::join!(attached.try_next(), silence(&wire, "silent")) };
    let (next, ()) = within(read).await;
    assert_timeout(
        &next.unwrap_err(),
        "attach to container",
        "nothing came for 5 s (idle timeout)",
    );
}

/// The end of a container may take as long as it takes.
#[tokio::test]
async fn waiting_for_an_end_is_no_silence() {
    let play = Play::on("POST", "/v1.44/containers/c1/wait?condition=not-running")
        .gate("head")
        .server(head("application/json"))
        .gate("end")
        .server(r#"{"StatusCode":3}"#);
    let (wire, docker) = connected([play]).await;
    let hasty = docker.with_timeouts(Timeouts::new().first_byte(LIMIT / 5).idle(LIMIT / 5));
    let waiting = tokio::spawn(hasty.container("c1").wait().into_future());
    for gate in ["head", "end"] {
        wire.reached(gate).await;
        time::pause();
        time::advance(LIMIT).await;
        time::resume();
        open(&wire, gate).await;
    }
    let ended = within(waiting).await.unwrap().unwrap();
    assert_eq!(ended.code(), 3);
}

/// An engine that takes an archive in and answers at its end is not slow.
#[tokio::test]
async fn an_upload_from_a_slow_source_is_no_silence() {
    let answered = json("200 OK", r#"{"stream":"Loaded image: a\n"}"#);
    let play = Play::on("POST", "/v1.44/images/load?quiet=true").server(answered);
    let (_wire, docker) = connected([play]).await;
    let hasty = docker.with_timeouts(Timeouts::new().first_byte(LIMIT).idle(LIMIT));
    let slow = stream::iter(["a", "b", "c"]).then(async |piece| {
        // Of no other timer the time comes first.
        time::pause();
        time::sleep(LIMIT * 3 / 2).await;
        time::resume();
        Ok(piece)
    });
    let load = hasty.images().load(Upload::stream(slow));
    load.await.unwrap();
}

/// Limits belong to the client that they were set on.
#[tokio::test]
async fn others_are_not_bound() {
    let play = Play::on("GET", LIST)
        .gate("slow")
        .server(json("200 OK", "[]"));
    let bound = Play::on("GET", LIST).server(json("200 OK", "[]"));
    let (wire, docker) = connected([play, bound]).await;
    let limits = Timeouts::new().first_byte(LIMIT).idle(LIMIT).total(LIMIT);
    let hasty = docker.with_timeouts(limits);
    assert_eq!(hasty.timeouts(), limits);
    assert_eq!(docker.timeouts(), Timeouts::new());
    let listed = tokio::spawn(docker.containers().list().into_future());
    wire.reached("slow").await;
    time::pause();
    time::advance(LIMIT * 2).await;
    time::resume();
    open(&wire, "slow").await;
    within(listed).await.unwrap().unwrap();
    within(hasty.containers().list().into_future())
        .await
        .unwrap();
}

/// Limits can hold for all from the beginning on.
#[tokio::test]
async fn a_client_may_be_bound() {
    let ping = Play::on("HEAD", "/_ping").server(answer("200 OK", "Api-Version: 1.44\r\n", ""));
    let wire = Wire::start([ping, Play::on("GET", LIST).gate("silent")])
        .await
        .unwrap();
    let limits = Timeouts::new().first_byte(LIMIT);
    let connect = Docker::connect_to(wire.docker_host()).timeouts(limits);
    let docker = within(connect.into_future()).await.unwrap();
    let (error, ()) = tokio::join!(list(&docker), silence(&wire, "silent"));
    assert_timeout(&error, "list containers", "(first-byte timeout)");
}
