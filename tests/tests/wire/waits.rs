//! Waiting for an end of which the engine tells late, oddly, or not at all.

use dockwright::WaitCondition;
use dockwright_replay::wire::Play;

use crate::peer::{connected, head, json, open, within};

fn wait() -> Play {
    Play::on("POST", "/v1.44/containers/c1/wait?condition=next-exit")
}

#[tokio::test]
async fn a_wait_is_registered_before_its_end() {
    let (begun, rest) = (head("application/json"), r#"{"Error":null,"StatusCode":7}"#);
    let play = wait().server(begun).gate("end").server(rest);
    let (wire, docker) = connected([play]).await;
    let container = docker.container("c1");
    within(async {
        // Returns although the container has not ended.
        let waiting = container.wait().condition(WaitCondition::NextExit);
        let waiting = waiting.registered().await.unwrap();
        open(&wire, "end").await;
        let status = waiting.await.unwrap();
        assert_eq!((status.code(), status.error()), (7, None));
    })
    .await;
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn a_failure_around_the_end_is_kept_with_the_status() {
    let body = r#"{"StatusCode":0,"Error":{"Message":"could not be removed"}}"#;
    let (wire, docker) = connected([wait().server(json("200 OK", body))]).await;
    let wait = docker.container("c1").wait();
    let status = within(wait.condition(WaitCondition::NextExit).into_future());
    let status = status.await.unwrap();
    assert_eq!(
        (status.code(), status.error()),
        (0, Some("could not be removed"))
    );
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn an_end_without_a_status_is_an_error() {
    let begun = head("application/json");
    for (body, cut) in [
        ("", false),
        ("{}", false),
        ("{\"StatusCode\":", false),
        ("null", false),
        ("", true),
    ] {
        let answer = match cut {
            false => [&begun, body].concat(),
            true => "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{".to_owned(),
        };
        let (wire, docker) = connected([wait().server(answer)]).await;
        let wait = docker
            .container("c1")
            .wait()
            .condition(WaitCondition::NextExit);
        let error = within(wait.into_future()).await.unwrap_err();
        assert_eq!(error.is_interrupted(), cut, "{body}: {error}");
        assert_eq!(error.is_decode(), !cut, "{body}: {error}");
        assert_eq!(error.object(), Some("c1"));
        wire.finish().await.unwrap();
    }
}
