//! Asking whether an engine is there, and which API versions it speaks.

use http::{Method, Request, Response};
use reqwest::Body;
use reqwest::header::HeaderMap;

use crate::answer::Result;
use crate::error::{Call, Error, ErrorKind, printable};
use crate::raw::Operation;
use crate::transport::{self, Transport};
use crate::version::ApiVersion;

/// The header that Podman adds to every answer.
const LIBPOD: &str = "libpod-api-version";
const PING: Operation = Operation::new("SystemPing", "/_ping");
const CHECK: &str = "check the address, and that it is not a TLS port";

/// What an engine says of itself in its answer to a ping.
///
/// See [`Docker::ping`](crate::Docker::ping) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ping {
    /// The newest API version that the engine speaks.
    pub api_version: ApiVersion,
    /// The operating system of its containers, such as `linux`.
    pub os: Option<String>,
    /// The builder that it prefers: `1` for the classic one, `2` for BuildKit.
    pub builder: Option<String>,
    /// Whether experimental features are on.
    pub experimental: bool,
    /// The state of its swarm, such as `inactive` or `active/manager`.
    pub swarm: Option<String>,
    /// The version of Podman's own API, if the engine is Podman.
    pub libpod_version: Option<String>,
}

pub(crate) async fn ping(transport: &Transport, call: &Call) -> Result<Ping> {
    let response = reach(transport, call).await?;
    read(response.headers()).map_err(|error| error.during(call))
}

/// Pings with `HEAD`, and with `GET` where that is not answered as hoped.
///
/// The connect timeout bounds the whole of it, so that a peer that accepts connections and stays
/// silent is an error too.
pub(crate) async fn reach(transport: &Transport, call: &Call) -> Result<Response<Body>> {
    let limit = transport.connect_timeout();
    let answered = tokio::time::timeout(limit, answer(transport, call)).await;
    answered.unwrap_or_else(|_| {
        Err(Error::new(
            ErrorKind::Timeout,
            format!("no answer within {} s", limit.as_secs_f64()),
        )
        .advising("check that the address is that of an engine, and that it is not stuck")
        .during(call))
    })
}

async fn answer(transport: &Transport, call: &Call) -> Result<Response<Body>> {
    let request = |method| {
        let mut request = Request::new(Body::default());
        *request.method_mut() = method;
        *request.uri_mut() = transport.ping().clone();
        request
    };
    match transport.send(call, PING, request(Method::HEAD)).await {
        Ok(response) if response.status().is_success() => return Ok(response),
        Err(error) if error.is_connect() || error.is_timeout() => return Err(error),
        Ok(_) | Err(_) => {}
    }
    let response = match transport.send(call, PING, request(Method::GET)).await {
        Err(error) if error.is_interrupted() => {
            let detail = "what answers there closes the connection and does not answer a ping";
            let error = Error::new(ErrorKind::Connect, detail).because(error);
            return Err(error.advising(CHECK).during(call));
        }
        answered => answered?,
    };
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status();
    let known = response.headers().contains_key("api-version");
    if known || status.is_server_error() || matches!(status.as_u16(), 401 | 403) {
        return Err(transport::refused(call, response.into()).await);
    }
    let detail = format!("what answers there is not an engine: it answers {status} to a ping");
    let error = Error::new(ErrorKind::Connect, detail);
    Err(error.advising(CHECK).during(call))
}

/// Whether Podman gave an answer with these headers.
pub(crate) fn is_podman(headers: &HeaderMap) -> bool {
    headers.contains_key(LIBPOD)
}

fn read(headers: &HeaderMap) -> Result<Ping> {
    let text = |name: &str| {
        let value = String::from_utf8_lossy(headers.get(name)?.as_bytes()).into_owned();
        (!value.is_empty()).then_some(value)
    };
    let version = text("api-version").ok_or_else(|| {
        Error::new(
            ErrorKind::Connect,
            "what answers there is not an engine: it names no Api-Version",
        )
        .advising("check the address")
    })?;
    let api_version = version.parse().map_err(|_| {
        Error::decode(format!(
            "the engine's Api-Version is `{}`, which is no version",
            printable(&version)
        ))
        .advising("set DOCKER_API_VERSION if you know which version it speaks")
    })?;
    Ok(Ping {
        api_version,
        os: text("ostype"),
        builder: text("builder-version"),
        experimental: text("docker-experimental").as_deref() == Some("true"),
        swarm: text("swarm"),
        libpod_version: text(LIBPOD),
    })
}
