//! Whoever drops a stream in the middle of it hangs up.

use dockwright::Docker;
use dockwright_replay::wire::Play;

use crate::peer::{connected, frame, head, within};

const MULTIPLEXED: &str = "application/vnd.docker.multiplexed-stream";
const EVENT: &str = r#"{"Type":"container","Action":"start","time":1}"#;

/// Two lines, of which the second has no end yet, and then nothing until the client hangs up.
fn logs(query: &str) -> Play {
    let target = format!("/v1.44/containers/c1/logs?{query}stderr=true&stdout=true");
    let lines = [frame(1, "1970-01-01T00:00:01Z one\n"), frame(2, "tw")].concat();
    let bytes = [head(MULTIPLEXED).as_bytes(), &lines].concat();
    Play::on("GET", &target).server(bytes).client_closes()
}

fn values(target: &str, value: &str) -> Play {
    let bytes = format!("{}{value}\n{{", head("application/json"));
    Play::on("GET", target).server(bytes).client_closes()
}

/// Uses a stream and drops it; the play is over only if the connection is.
async fn dropped<F: Future<Output = ()>>(play: Play, using: impl FnOnce(Docker) -> F) {
    let (wire, docker) = connected([play]).await;
    within(using(docker.clone())).await;
    wire.finish().await.unwrap();
    drop(docker);
}

#[tokio::test]
async fn logs_hang_up() {
    dropped(logs(""), async |docker| {
        let mut logs = docker.container("c1").logs().await.unwrap();
        assert!(logs.try_next().await.unwrap().is_some());
    })
    .await;
    dropped(logs(""), async |docker| {
        let mut lines = docker.container("c1").logs().await.unwrap().lines();
        assert!(lines.try_next().await.unwrap().is_some());
    })
    .await;
    dropped(logs("follow=true&timestamps=true&"), async |docker| {
        let mut lines = docker.container("c1").logs().resume().await.unwrap();
        assert!(lines.try_next().await.unwrap().is_some());
    })
    .await;
}

/// With the second of the two, whichever it is.
#[tokio::test]
async fn outputs_hang_up_together() {
    for first in [true, false] {
        dropped(logs(""), async |docker| {
            let (mut out, mut err) = docker.container("c1").logs().await.unwrap().split();
            let one = out.try_next().await.unwrap().unwrap();
            assert!(one.ends_with(b"one\n"));
            if first {
                drop(out);
                assert_eq!(err.try_next().await.unwrap().unwrap(), "tw");
            } else {
                drop(err);
                drop(out);
            }
        })
        .await;
    }
}

#[tokio::test]
async fn events_and_stats_hang_up() {
    dropped(values("/v1.44/events", EVENT), async |docker| {
        let mut events = docker.events().await.unwrap();
        assert!(events.try_next().await.unwrap().is_some());
    })
    .await;
    dropped(values("/v1.44/events", EVENT), async |docker| {
        let mut events = docker.events().resume().await.unwrap();
        assert!(events.try_next().await.unwrap().is_some());
    })
    .await;
    let stats = "/v1.44/containers/c1/stats?stream=true";
    dropped(values(stats, r#"{"name":"c1"}"#), async |docker| {
        let mut samples = docker.container("c1").stats().stream().await.unwrap();
        let sample = samples.try_next().await.unwrap().unwrap();
        assert_eq!(sample.cpu_percent(), None);
    })
    .await;
}
