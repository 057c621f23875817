//! Reports of a pull: JSON values one after another, and failures among them.

use dockwright::{Error, Progress};
use dockwright_replay::wire::Play;

use crate::peer::{all, connected, head, open, within};

fn create() -> Play {
    Play::on("POST", "/v1.44/images/create?fromImage=alpine&tag=latest")
}

const JSON: &str = "application/json";

/// What a pull reports that gets this answer.
async fn pull(play: Play) -> (Vec<Progress>, Option<Error>) {
    let (wire, docker) = connected([play]).await;
    let pull = docker.images().pull("alpine").progress();
    let reports = all(within(pull).await.unwrap()).await;
    wire.finish().await.unwrap();
    reports
}

fn statuses(reports: &[Progress]) -> Vec<&str> {
    let statuses = reports.iter().map(|report| report.status.as_deref());
    statuses.map(Option::unwrap_or_default).collect()
}

const REPORTS: &str = "{\"status\":\"a \\\"{\",\"id\":\"x\"}\r\n{\"status\":\"\u{e9}\\u00e9]\"}{\"status\":\"c\",\"progressDetail\":{\"current\":1,\"total\":2}}\n";

#[tokio::test]
async fn values_may_be_split_anywhere() {
    for at in 0..=REPORTS.len() {
        let (first, rest) = REPORTS.as_bytes().split_at(at);
        let first = [head(JSON).as_bytes(), first].concat();
        let play = create().server(first).gate("rest").server(rest);
        let (wire, docker) = connected([play]).await;
        let read = async {
            let pulling = docker.images().pull("alpine").progress().await;
            all(pulling.unwrap()).await
        };
        let ((reports, error), ()) =
            within(async { tokio::join!(read, open(&wire, "rest")) }).await;
        assert!(error.is_none(), "split at {at}: {error:?}");
        assert_eq!(
            statuses(&reports),
            ["a \"{", "\u{e9}\u{e9}]", "c"],
            "split at {at}"
        );
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn a_stream_that_ends_inside_a_value_is_an_error() {
    let first = REPORTS.find("\r\n").unwrap();
    for end in 1..first {
        let (reports, error) = pull(create().server([&head(JSON), &REPORTS[..end]].concat())).await;
        assert!(reports.is_empty(), "cut at {end}: {reports:?}");
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
        let (reports, error) = pull(answer()).await;
        assert!(reports.len() < 2, "{reports:?}");
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
    let (reports, error) = pull(create().server([start, piece].concat())).await;
    assert_eq!(statuses(&reports), ["half"]);
    assert!(error.unwrap().is_interrupted());
}
