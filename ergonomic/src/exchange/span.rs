//! One span for each request, with the attributes that OpenTelemetry has for HTTP clients.
//!
//! Of an URL no query is told: values there may be secrets, such as arguments of a build.

use std::error::Error as StdError;
use std::fmt;

use http::{Request, StatusCode, Uri};
use reqwest::Body;
use tracing::Span;
use tracing::field::Empty;

use super::failure::{Failure, is_timeout};
use crate::address::Address;
use crate::endpoint::Endpoint;
use crate::raw::Operation;

/// Where requests go, as spans tell it: host and port, or a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) port: Option<u16>,
}

impl Server {
    pub(crate) fn of(endpoint: &Endpoint) -> Self {
        let (address, port) = match endpoint.address() {
            Address::Tcp(tcp) => (tcp.name().to_owned(), Some(tcp.port())),
            Address::Unix(path) => (path.display().to_string(), None),
            _ => (endpoint.to_string(), None),
        };
        Self { address, port }
    }
}

pub(super) fn begin(operation: Operation, request: &Request<Body>, server: &Server) -> Span {
    let Operation { id, path } = operation;
    let method = request.method();
    tracing::info_span!(
        target: "dockwright",
        "request",
        otel.name = %format_args!("{method} {path}"),
        otel.kind = "client",
        docker.operation = id,
        http.request.method = %method,
        http.request.resend_count = Empty,
        url.template = path,
        url.full = %WithoutQuery(request.uri()),
        server.address = server.address,
        server.port = server.port,
        http.response.status_code = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    )
}

pub(super) fn answered(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", status.as_u16());
    if status.is_client_error() || status.is_server_error() {
        span.record("error.type", status.as_str());
        span.record("otel.status_code", "ERROR");
    }
}

pub(super) fn resent(span: &Span) {
    span.record("http.request.resend_count", 1);
}

pub(super) fn failed(span: &Span, error: &(dyn StdError + 'static)) {
    let failure = error.downcast_ref::<Failure>();
    let kind = if is_timeout(error) {
        "timeout"
    } else if failure.is_some_and(Failure::is_connect) {
        "connect"
    } else {
        "interrupted"
    };
    span.record("error.type", kind);
    span.record("otel.status_code", "ERROR");
}

struct WithoutQuery<'a>(&'a Uri);

impl fmt::Display for WithoutQuery<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(uri) = self;
        let scheme = uri.scheme_str().unwrap_or_default();
        let authority = uri.authority().map_or("", http::uri::Authority::as_str);
        write!(f, "{scheme}://{authority}{}", uri.path())
    }
}
