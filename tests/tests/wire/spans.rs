//! What is told of each request while it lasts.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, LazyLock, Mutex};

use dockwright_replay::wire::Play;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, set_default};
use tracing::{Dispatch, Metadata, Subscriber};

use crate::peer::{UPGRADED, all, connected, frame, head, inspected, json, within};

const LIST: &str = "/v1.44/containers/json?filters={any}";
const LOGS: &str = "/v1.44/containers/c1/logs?stderr=true&stdout=true";
const ATTACH: &str = "/v1.44/containers/c1/attach?stderr=true&stdin=true&stdout=true&stream=true";

/// All spans of this crate since it was made, on this thread.
#[derive(Clone, Default)]
pub struct Spans(Arc<Mutex<Vec<Span>>>);

#[derive(Clone, Default)]
pub struct Span {
    fields: BTreeMap<&'static str, String>,
    handles: usize,
}

/// While there is a second subscriber, `tracing` asks each thread's own whether it wants a span,
/// and not once for all that of the thread that comes first.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Spans::default()));

impl Spans {
    pub fn record() -> (Self, DefaultGuard) {
        LazyLock::force(&SECOND);
        let spans = Self::default();
        let guard = set_default(spans.clone());
        (spans, guard)
    }

    /// Those of one operation.
    fn of(&self, operation: &str) -> Vec<Span> {
        let spans = self.0.lock().unwrap();
        let of = |span: &&Span| span.fields["docker.operation"] == operation;
        spans.iter().filter(of).cloned().collect()
    }

    fn one(&self, operation: &str) -> Span {
        let spans = self.of(operation);
        assert_eq!(spans.len(), 1, "{operation}");
        spans[0].clone()
    }

    /// All that they tell.
    pub fn text(&self) -> String {
        let spans = self.0.lock().unwrap();
        let texts = spans.iter().map(|span| format!("{:?}\n", span.fields));
        texts.collect()
    }
}

impl Span {
    fn is_over(&self) -> bool {
        self.handles == 0
    }

    fn get(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }
}

impl Visit for Span {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target() == "dockwright"
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut span = Span {
            handles: 1,
            ..Span::default()
        };
        attributes.record(&mut span);
        let mut spans = self.0.lock().unwrap();
        spans.push(span);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        values.record(&mut self.0.lock().unwrap()[id.into_u64() as usize - 1]);
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.0.lock().unwrap()[id.into_u64() as usize - 1].handles += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut spans = self.0.lock().unwrap();
        let span = &mut spans[id.into_u64() as usize - 1];
        span.handles -= 1;
        span.is_over()
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &tracing::Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn a_request_has_the_attributes_of_an_http_client() {
    let (spans, _guard) = Spans::record();
    let (wire, docker) = connected([Play::on("GET", LIST).server(json("200 OK", "[]"))]).await;
    let list = docker.containers().list().filter("label", "s3cret=s3cret");
    within(list.into_future()).await.unwrap();
    let span = spans.one("ContainerList");
    let socket = docker.endpoint().to_string();
    for (field, value) in [
        ("otel.name", "GET /containers/json"),
        ("otel.kind", "client"),
        ("http.request.method", "GET"),
        ("http.response.status_code", "200"),
        ("url.template", "/containers/json"),
        ("url.full", "http://localhost/v1.44/containers/json"),
        ("server.address", socket.trim_start_matches("unix://")),
    ] {
        assert_eq!(span.get(field), Some(value), "{field}");
    }
    for field in ["error.type", "otel.status_code", "server.port"] {
        assert_eq!(span.get(field), None, "{field}");
    }
    assert!(span.is_over());
    assert!(spans.one("SystemPing").is_over());
    assert!(!spans.text().contains("s3cret"), "{}", spans.text());
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn a_failure_is_told_by_its_type() {
    let (spans, _guard) = Spans::record();
    let missing = json("404 Not Found", r#"{"message":"No such container: c1"}"#);
    let start = Play::on("POST", "/v1.44/containers/c1/start").server(missing);
    let cut =
        Play::on("GET", "/v1.44/version").server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
    let (_wire, docker) = connected([start, cut]).await;
    within(docker.container("c1").start().into_future())
        .await
        .unwrap_err();
    let span = spans.one("ContainerStart");
    assert_eq!(span.get("http.response.status_code"), Some("404"));
    assert_eq!(span.get("error.type"), Some("404"));
    assert_eq!(span.get("otel.status_code"), Some("ERROR"));
    within(docker.version()).await.unwrap_err();
    let span = spans.one("SystemVersion");
    assert_eq!(span.get("http.response.status_code"), Some("200"));
    assert_eq!(span.get("error.type"), Some("interrupted"));
    assert!(span.is_over());
}

#[tokio::test]
async fn a_span_lasts_as_long_as_its_stream() {
    let (spans, _guard) = Spans::record();
    let multiplexed = head("application/vnd.docker.multiplexed-stream");
    let output = [multiplexed.as_bytes(), &frame(1, "out\n")].concat();
    let play = Play::on("GET", LOGS).server(output).gate("end");
    let (wire, docker) = connected([play]).await;
    let mut logs = within(docker.container("c1").logs().into_future())
        .await
        .unwrap();
    within(logs.try_next()).await.unwrap().unwrap();
    assert!(!spans.one("ContainerLogs").is_over());
    wire.release("end");
    let (rest, error) = all(&mut logs).await;
    assert!(rest.is_empty() && error.is_none());
    assert!(spans.one("ContainerLogs").is_over());
}

#[tokio::test]
async fn a_span_lasts_as_long_as_its_connection() {
    let (spans, _guard) = Spans::record();
    let play = Play::on("POST", ATTACH).server(UPGRADED).gate("end");
    let (_wire, docker) = connected([inspected(false), play]).await;
    let mut attached = within(docker.container("c1").attach().into_future())
        .await
        .unwrap();
    let stdin = attached.take_stdin();
    let span = spans.one("ContainerAttach");
    assert_eq!(span.get("http.response.status_code"), Some("101"));
    drop(attached);
    assert!(!spans.one("ContainerAttach").is_over());
    drop(stdin);
    assert!(spans.one("ContainerAttach").is_over());
}

/// What is sent again is one request still.
#[tokio::test]
async fn a_request_that_is_sent_again_has_one_span() {
    let (spans, _guard) = Spans::record();
    let target = "/v1.44/version";
    let again = Play::on("GET", target).server(json("200 OK", "{}"));
    let (wire, docker) = connected([Play::on("GET", target), again]).await;
    within(docker.version()).await.unwrap();
    let span = spans.one("SystemVersion");
    assert_eq!(span.get("http.request.resend_count"), Some("1"));
    assert_eq!(span.get("error.type"), None);
    wire.finish().await.unwrap();
}
