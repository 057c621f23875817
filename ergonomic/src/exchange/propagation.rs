//! Lets the engine, or what lies in between, know in which trace it works.

use opentelemetry::Context;
use opentelemetry::global;
use opentelemetry::propagation::Injector;
use opentelemetry::trace::TraceContextExt as _;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Puts the context of `span`, or else that around, into `headers` as the global propagator has it.
pub(super) fn inject(span: &Span, headers: &mut HeaderMap) {
    let context = Some(span.context()).filter(|context| context.span().span_context().is_valid());
    let context = context.unwrap_or_else(Context::current);
    global::get_text_map_propagator(|propagator| {
        propagator.inject_context(&context, &mut Carrier(headers));
    });
}

struct Carrier<'a>(&'a mut HeaderMap);

impl Injector for Carrier<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(key.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            self.0.insert(name, value);
        }
    }
}
