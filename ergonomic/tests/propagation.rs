//! The context of a trace goes along with every request: in the form of the propagator that is set.

use dockwright::Docker;
use dockwright_replay::wire::{Play, Wire};
use opentelemetry::trace::{SpanId, TraceContextExt as _, TraceId, TracerProvider as _};
use opentelemetry::{Context, global};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

const ATTACH: &str = "/v1.44/containers/c1/attach?stderr=true&stdin=true&stdout=true&stream=true";

/// The trace and the span that each request names.
fn parents(wire: &Wire) -> Vec<(TraceId, SpanId)> {
    let heads = wire.heads();
    let parents = heads.iter().map(|head| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        let mut named = lines.filter(|(name, _)| name.eq_ignore_ascii_case("traceparent"));
        let (_, value) = named.next().unwrap_or_else(|| panic!("{head}"));
        let parts: Vec<_> = value.split('-').collect();
        let trace = TraceId::from_hex(parts[1]).unwrap();
        (trace, SpanId::from_hex(parts[2]).unwrap())
    });
    parents.collect()
}

/// One after the other: `tracing` remembers for all threads what the subscriber of one wants.
#[tokio::test]
async fn the_context_of_a_trace_goes_along() {
    global::set_text_map_propagator(TraceContextPropagator::new());
    who_traces_without_spans_is_heard_too().await;
    requests_name_their_span_and_its_trace().await;
}

async fn requests_name_their_span_and_its_trace() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));

    let body = r#"{"Id":"c1","Config":{"Tty":true,"OpenStdin":true}}"#;
    let whole = |headers: &str, body: &str| {
        let length = body.len();
        format!(
            "HTTP/1.1 200 OK\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
        )
    };
    let upgraded = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
    let wire = Wire::start([
        Play::on("HEAD", "/_ping").server(whole("Api-Version: 1.44\r\n", "")),
        Play::on("GET", "/v1.44/version").server(whole("", "{}")),
        Play::on("GET", "/v1.44/info").server(whole("", "{}")),
        Play::on("GET", "/v1.44/containers/c1/json").server(whole("", body)),
        Play::on("POST", ATTACH).server(upgraded),
    ])
    .await
    .unwrap();
    let work = tracing::info_span!("work");
    let trace = work.context().span().span_context().trace_id();
    async {
        let docker = Docker::connect_to(wire.docker_host())
            .isolated()
            .await
            .unwrap();
        docker.version().await.unwrap();
        docker.raw().system_info().await.unwrap();
        drop(docker.container("c1").attach().await.unwrap());
    }
    .instrument(work)
    .await;

    let spans = exporter.get_finished_spans().unwrap();
    let sent: Vec<_> = spans
        .iter()
        .filter(|span| span.name != "work")
        .map(|span| (span.span_context.trace_id(), span.span_context.span_id()))
        .collect();
    assert_eq!(parents(&wire), sent, "{spans:?}");
    assert_eq!(sent.len(), 5);
    assert!(sent.iter().all(|(of, _)| *of == trace));
    let names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
    assert!(names.contains(&"POST /containers/{id}/attach"), "{names:?}");
    wire.finish().await.unwrap();
}

/// Without a span, the context around is sent.
async fn who_traces_without_spans_is_heard_too() {
    let remote = opentelemetry::trace::SpanContext::new(
        TraceId::from_hex("0af7651916cd43dd8448eb211c80319c").unwrap(),
        SpanId::from_hex("b7ad6b7169203331").unwrap(),
        opentelemetry::trace::TraceFlags::SAMPLED,
        true,
        Default::default(),
    );
    let ping = "HTTP/1.1 200 OK\r\nConnection: close\r\nApi-Version: 1.44\r\n\r\n";
    let wire = Wire::start([Play::on("HEAD", "/_ping").server(ping)])
        .await
        .unwrap();
    let _attached = Context::new()
        .with_remote_span_context(remote.clone())
        .attach();
    Docker::connect_to(wire.docker_host())
        .isolated()
        .await
        .unwrap();
    assert_eq!(parents(&wire), [(remote.trace_id(), remote.span_id())]);
    wire.finish().await.unwrap();
}
