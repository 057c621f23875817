//! The steps of a pull: JSON values one after another, and failures among them.

use dockwright::{Error, ErrorKind, Step};
use dockwright_replay::wire::Play;

use crate::peer::{all, connected, head, open, within};

fn create() -> Play {
    Play::on("POST", "/v1.44/images/create?fromImage=alpine&tag=latest")
}

const JSON: &str = "application/json";

/// What a pull steps that gets this answer.
async fn pull(play: Play) -> (Vec<Step>, Option<Error>) {
    let (wire, docker) = connected([play]).await;
    let pull = docker.images().pull("alpine").progress();
    let steps = all(within(pull).await.unwrap()).await;
    wire.finish().await.unwrap();
    steps
}

fn lines(steps: &[Step]) -> Vec<String> {
    steps.iter().map(Step::to_string).collect()
}

const STEPS: &str = "{\"status\":\"a \\\"{\",\"id\":\"x\"}\r\n{\"status\":\"\u{e9}\\u00e9]\"}{\"status\":\"c\",\"id\":\"y\",\"progressDetail\":{\"current\":1,\"total\":2}}\n";

#[tokio::test]
async fn values_may_be_split_anywhere() {
    for at in 0..=STEPS.len() {
        let (first, rest) = STEPS.as_bytes().split_at(at);
        let first = [head(JSON).as_bytes(), first].concat();
        let play = create().server(first).gate("rest").server(rest);
        let (wire, docker) = connected([play]).await;
        let read = async {
            let pulling = docker.images().pull("alpine").progress().await;
            all(pulling.unwrap()).await
        };
        let ((steps, error), ()) = within(async { tokio::join!(read, open(&wire, "rest")) }).await;
        assert!(error.is_none(), "split at {at}: {error:?}");
        assert_eq!(
            lines(&steps),
            ["x: a \"{", "\u{e9}\u{e9}]", "y: c 1/2 bytes"],
            "split at {at}"
        );
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn a_stream_that_ends_inside_a_value_is_an_error() {
    let first = STEPS.find("\r\n").unwrap();
    for end in 1..first {
        let (steps, error) = pull(create().server([&head(JSON), &STEPS[..end]].concat())).await;
        assert!(steps.is_empty(), "cut at {end}: {steps:?}");
        assert!(error.unwrap().is_decode(), "cut at {end}");
    }
}

#[tokio::test]
async fn a_failure_in_a_good_answer_is_an_error() {
    let failure = r#"{"errorDetail":{"code":401,"message":"no entry"},"error":"no entry"}"#;
    for body in [
        failure.to_owned(),
        format!("{{\"status\":\"Pulling\"}}\n{failure}\n{{\"status\":\"never\"}}"),
    ] {
        let answer = || create().server([&head(JSON), &body[..]].concat());
        let (steps, error) = pull(answer()).await;
        assert!(steps.len() < 2, "{steps:?}");
        let error = error.unwrap();
        assert_eq!(error.engine_message(), Some("no entry"));
        assert!(error.is_unauthorized(), "{error}");

        let (wire, docker) = connected([answer()]).await;
        let pull = docker.images().pull("alpine");
        let error = within(pull.into_future()).await.unwrap_err();
        assert_eq!(error.engine_message(), Some("no entry"));
        assert_eq!(
            (error.operation(), error.object()),
            (Some("pull image"), Some("alpine"))
        );
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_not_json_is_an_error() {
    for body in ["<html>", "}", "[", "\"half", "nul"] {
        let (_, error) = pull(create().server([&head(JSON), body].concat())).await;
        let error = error.unwrap();
        assert!(error.is_decode(), "{body}: {error}");
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_is_an_error() {
    let start = "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let piece = "13\r\n{\"status\":\"half\"}\r\n\r\n";
    let (steps, error) = pull(create().server([start, piece].concat())).await;
    assert_eq!(lines(&steps), ["half"]);
    assert!(error.unwrap().is_interrupted());
}

/// A failure is not lost to whoever awaits the outcome instead of reading to the end, or after it.
#[tokio::test]
async fn a_failure_is_the_outcome_however_much_was_read() {
    let body = "{\"status\":\"Pulling\"}{\"status\":\"on\"}{\"errorDetail\":{\"code\":403,\"message\":\"no\"}}";
    for read in 0..=3 {
        let play = create().server([&head(JSON), body].concat());
        let (wire, docker) = connected([play]).await;
        let outcome = within(async {
            let mut pull = docker.images().pull("alpine").progress().await.unwrap();
            for at in 0..read {
                assert_eq!(pull.try_next().await.is_err(), at == 2, "step {at}");
            }
            pull.await
        });
        let error = outcome.await.unwrap_err();
        assert_eq!(error.engine_message(), Some("no"), "after {read} steps");
        assert!(error.is_unauthorized(), "after {read} steps: {error}");
        assert_eq!(error.object(), Some("alpine"));
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn steps_of_any_form_are_steps() {
    let body = r#"{"id":"x","aux":"QUJD"}{"aux":{"ID":"y"}}{"stream":"text\n"}{"new":1}7"#;
    let (steps, error) = pull(create().server([&head(JSON), body].concat())).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(
        lines(&steps),
        [r#"x: "QUJD""#, r#"{"ID":"y"}"#, "text", r#"{"new":1}"#, "7"]
    );
}

#[tokio::test]
async fn layers_are_counted_as_they_come() {
    let body = concat!(
        r#"{"status":"Pulling from library/alpine","id":"latest"}"#,
        r#"{"status":"Downloading","progressDetail":{"current":5,"total":9},"id":"a"}"#,
        r#"{"status":"Already exists","progressDetail":{},"id":"b"}"#,
    );
    let play = create().server([&head(JSON), body].concat());
    let (wire, docker) = connected([play]).await;
    within(async {
        let mut pull = docker.images().pull("alpine").progress().await.unwrap();
        while pull.try_next().await.unwrap().is_some() {}
        let layers = pull.layers();
        assert_eq!((layers.done(), layers.total()), (5, 9));
        assert_eq!((layers.complete(), layers.len()), (1, 2));
        assert_eq!(pull.await.unwrap().name_or_id(), "alpine");
    })
    .await;
    wire.finish().await.unwrap();
}

/// What has no end is given up, and not kept.
#[tokio::test]
async fn a_value_of_any_length_does_not_exhaust_memory() {
    let start = [&head(JSON), "{\"status\":\""].concat();
    let mut play = create().server(start);
    let megabyte = "x".repeat(1024 * 1024);
    for _ in 0..100 {
        play = play.server(&megabyte);
    }
    let (_wire, docker) = connected([play]).await;
    let (steps, error) = all(within(docker.images().pull("alpine").progress())
        .await
        .unwrap())
    .await;
    assert!(steps.is_empty());
    assert_eq!(error.unwrap().kind(), &ErrorKind::TooLarge);
}
