//! Events: values in all the framings of engines, torn and cut; and watching past a cut.

use dockwright::{Docker, Event, Resumed, ResumedEvents};
use dockwright_replay::wire::{Play, Wire};

use crate::peer::{all, connected, head, open, within};

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\
    Date: Wed, 25 Nov 2026 14:25:31 GMT\r\nConnection: close\r\n\r\n";

/// An event of the container `c1`, at so many seconds.
fn event(action: &str, time: u64) -> String {
    format!(
        r#"{{"Type":"container","Action":"{action}","Actor":{{"ID":"c1","Attributes":{{"name":"ü"}}}},"time":{time},"timeNano":{time}000000001}}"#
    )
}

/// A piece of a body in chunks.
fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}

fn events(query: &str) -> Play {
    Play::on("GET", &format!("/v1.44/events{query}"))
}

fn actions(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| &*event.action).collect()
}

#[tokio::test]
async fn every_framing_is_understood_wherever_it_is_torn() {
    let [one, two] = [event("start", 1), event("exec_create: sh -c é", 2)];
    for (kind, body) in [
        ("application/json", format!("{one}\r\n{two}\r\n")),
        ("application/json", format!("{one}{two}")),
        ("application/jsonl", format!("{one}\n{two}\n")),
        ("application/x-ndjson", format!("{one}\n\n{two}")),
        ("application/json-seq", format!("\x1e{one}\n\x1e{two}\n")),
    ] {
        for cut in 0..body.len() {
            let (first, rest) = body.as_bytes().split_at(cut);
            let play = events("").server([head(kind).as_bytes(), first].concat());
            let (wire, docker) = connected([play.gate("rest").server(rest)]).await;
            let stream = within(docker.events().into_future()).await.unwrap();
            wire.reached("rest").await;
            wire.release("rest");
            let (came, error) = all(stream).await;
            assert!(error.is_none(), "{kind}, cut at {cut}: {error:?}");
            assert_eq!(actions(&came), ["start", "exec_create"]);
            assert_eq!(came[1].detail.as_deref(), Some("sh -c é"));
            wire.finish().await.unwrap();
        }
    }
}

#[tokio::test]
async fn what_is_no_event_is_an_error() {
    for (body, path) in [
        (&b"\0\0"[..], None),
        (b"\xff", None),
        (b"{\"Action\":", None),
        (b"<html>", None),
        (b"{\"Action\":7}", Some(".Action")),
    ] {
        let bytes = [head("application/json").as_bytes(), body].concat();
        let (wire, docker) = connected([events("").server(bytes)]).await;
        let stream = within(docker.events().into_future()).await.unwrap();
        let (came, error) = all(stream).await;
        assert!(came.is_empty());
        let error = error.unwrap();
        assert!(error.is_decode(), "{error}");
        assert_eq!(error.json_path(), path, "{error}");
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn filters_and_times_are_asked_for() {
    let query = "?filters={any}&since=5.000000000&until=7.500000000";
    let (wire, docker) = connected([events(query).server(head("application/json"))]).await;
    let at = |millis| std::time::UNIX_EPOCH + std::time::Duration::from_millis(millis);
    let request = docker.events().action("die").container("c1").label("a=b");
    let stream = within(request.since(at(5000)).until(at(7500)).into_future()).await;
    assert!(all(stream.unwrap()).await.0.is_empty());
    let head = wire.heads().pop().unwrap();
    for part in ["%22event%22", "%22die%22", "%22container%22", "%22label%22"] {
        assert!(head.contains(part), "{head}");
    }
    // What every engine understands without being asked for it.
    assert!(
        !head.to_lowercase().contains("application/json-seq"),
        "{head}"
    );
    wire.finish().await.unwrap();
}

async fn resumed(plays: Vec<Play>) -> (Wire, ResumedEvents) {
    let (wire, docker): (Wire, Docker) = connected(plays).await;
    let events = within(docker.events().resume()).await.unwrap();
    (wire, events)
}

/// The next things that come, in short: the action of an event, or `gap`.
async fn next(events: &mut ResumedEvents, count: usize) -> Vec<String> {
    let mut came = Vec::new();
    for _ in 0..count {
        came.push(match within(events.try_next()).await.unwrap().unwrap() {
            Resumed::Event(event) => event.action,
            Resumed::Gap { from, until, .. } => {
                assert!(from <= until);
                "gap".to_owned()
            }
            other => panic!("{other:?}"),
        });
    }
    came
}

/// Where the connection is cut does not matter: not even in the middle of an event.
#[tokio::test]
async fn events_go_on_past_a_cut_each_once() {
    let torn = event("die", 3);
    for cut in (0..torn.len()).step_by(13) {
        let first = [
            event("create", 1),
            event("start", 2),
            torn[..cut].to_owned(),
        ]
        .concat();
        let again = [event("start", 2), torn.clone(), event("start", 2)].concat();
        let (wire, mut events) = resumed(vec![
            events("").server([CHUNKED, &chunk(&first)].concat()),
            // From a second before the last that came, but not from before the first. Podman rounds.
            events("?since=0.999999001")
                .server([CHUNKED, &chunk(&again)].concat())
                .gate("more")
                .server(chunk(&event("destroy", 4))),
            events("?since=2.000000001&until=2.000000001")
                .server([CHUNKED, &chunk(&event("start", 2)), "0\r\n\r\n"].concat()),
        ])
        .await;
        assert_eq!(
            next(&mut events, 3).await,
            ["create", "start", "die"],
            "cut at {cut}"
        );
        open(&wire, "more").await;
        assert_eq!(next(&mut events, 1).await, ["destroy"]);
        wire.finish().await.unwrap();
    }
}

/// An engine that was stopped does not remember, and that is told at once, before anything more
/// happens.
#[tokio::test]
async fn what_an_engine_forgot_is_told() {
    let (wire, mut events) = resumed(vec![
        events("").server([CHUNKED, &chunk(&event("create", 1)), "0\r\n\r\n"].concat()),
        events("?since=0.999999001")
            .server(CHUNKED)
            .gate("more")
            .server(chunk(&event("start", 5))),
        events("?since=1.000000001&until=1.000000001").server([CHUNKED, "0\r\n\r\n"].concat()),
    ])
    .await;
    assert_eq!(next(&mut events, 2).await, ["create", "gap"]);
    open(&wire, "more").await;
    assert_eq!(next(&mut events, 1).await, ["start"]);
    wire.finish().await.unwrap();
}

/// The end of time is what some peers may say, and no reason to panic.
#[tokio::test]
async fn a_gap_at_the_end_of_time_is_told() {
    let last = r#"{"Type":"container","Action":"die","time":9223372036854775807}"#;
    let since = "since=9223372036854775806.999999000";
    let at = "9223372036854775807.000000000";
    let (wire, mut events) = resumed(vec![
        events("").server([CHUNKED, &chunk(last), "0\r\n\r\n"].concat()),
        events(&format!("?{since}")).server(CHUNKED).gate("never"),
        events(&format!("?since={at}&until={at}")).server([CHUNKED, "0\r\n\r\n"].concat()),
    ])
    .await;
    assert_eq!(next(&mut events, 2).await, ["die", "gap"]);
    wire.release("never");
    wire.finish().await.unwrap();
}

/// The engine refuses, is overloaded, or is not there for a while.
#[tokio::test]
async fn what_may_pass_is_waited_for_and_a_refusal_is_not() {
    let refusal = |status: &str| {
        format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    };
    let known = event("create", 1);
    let (wire, mut events) = resumed(vec![
        events("").server([CHUNKED, &chunk(&known)].concat()),
        events("?since=0.999999001").server(refusal("503 Service Unavailable")),
        events("?since=0.999999001").server([CHUNKED, &chunk(&known)].concat()),
        events("?since=1.000000001&until=1.000000001")
            .server([CHUNKED, &chunk(&known), "0\r\n\r\n"].concat()),
        events("?since=0.999999001").server(refusal("403 Forbidden")),
    ])
    .await;
    assert_eq!(next(&mut events, 1).await, ["create"]);
    let error = within(events.try_next()).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!(within(events.try_next()).await.unwrap(), None);
    wire.finish().await.unwrap();
}
