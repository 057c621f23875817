//! One span for each request, with the attributes that OpenTelemetry has for HTTP clients.
//!
//! Of an URL no query is told: values there may be secrets, such as arguments of a build.

use std::error::Error as StdError;

use reqwest::{Request, StatusCode, Url};
use tracing::Span;
use tracing::field::Empty;

use super::timeouts::Exceeded;
use crate::address::Address;
use crate::dial::client;
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
        let url = match endpoint.address() {
            Address::Tcp(_) => Url::parse(&client::base(endpoint)).ok(),
            Address::Unix(path) => {
                let address = path.display().to_string();
                return Self {
                    address,
                    port: None,
                };
            }
            _ => None,
        };
        match url {
            Some(url) => Self {
                address: url.host_str().unwrap_or_default().to_owned(),
                port: url.port_or_known_default(),
            },
            None => Self {
                address: endpoint.to_string(),
                port: None,
            },
        }
    }
}

pub(super) fn begin(operation: Operation, request: &Request, server: &Server) -> Span {
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
        url.full = %without_query(request),
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
    span.record("error.type", kind(error));
    span.record("otel.status_code", "ERROR");
}

fn kind(error: &(dyn StdError + 'static)) -> &'static str {
    let request = error.downcast_ref::<reqwest::Error>();
    if Exceeded::of(error).is_some() || request.is_some_and(reqwest::Error::is_timeout) {
        "timeout"
    } else if request.is_some_and(reqwest::Error::is_connect) {
        "connect"
    } else {
        "interrupted"
    }
}

fn without_query(request: &Request) -> impl std::fmt::Display {
    let mut url = request.url().clone();
    url.set_query(None);
    url
}
