//! The one way out: requests go to the endpoint, and what fails comes back as [`Error`].

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::TryStreamExt;
use http::{HeaderValue, Uri};
use reqwest::header::{DATE, HeaderMap};
use reqwest::{Body, RequestBuilder, Response, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::dial::{self, Connector};
use crate::endpoint::Endpoint;
use crate::error::{Call, Error, ErrorKind, Source, causes};
use crate::exchange::{Exceeded, Failure, Handover, Headers, Sender, Server, Timeouts, Watch};
use crate::raw::{self, ByteStream, Operation};
use crate::stream::json;
use crate::version::ApiVersion;

/// How much of the body of a refusal is read.
const REFUSAL: usize = 1024 * 1024;
/// How long the body of a refusal may take; it is read only for the engine's words.
const REFUSAL_TIME: Duration = Duration::from_secs(5);
/// How much of the body of an answer is read where it is not a stream.
const ANSWER: usize = 256 * 1024 * 1024;

/// An HTTP client for one endpoint, with pooled connections.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    /// Makes the requests of raw clients; it cannot send them.
    requests: reqwest::Client,
    /// What stands before the path of every request.
    base: Arc<str>,
    /// Where pings go.
    ping: Uri,
    endpoint: Arc<Endpoint>,
    /// The endpoint in print, for errors.
    host: Arc<str>,
    connect_timeout: Duration,
    sender: Sender,
}

impl Transport {
    pub(crate) fn new(
        endpoint: Endpoint,
        connect_timeout: Duration,
        headers: Headers,
        timeouts: Timeouts,
    ) -> Result<Self, Error> {
        let host: Arc<str> = endpoint.to_string().into();
        let base: Arc<str> = dial::base(&endpoint).into();
        let impossible =
            |source| Error::invalid(format!("no request can be made to {host}")).because(source);
        let (ping, named) = pings(&base).map_err(impossible)?;
        let headers = headers.of_requests_to(named);
        let connector = Connector::new(&endpoint, connect_timeout)?;
        let server = Server::of(&endpoint);
        Ok(Self {
            requests: requests().map_err(|source| impossible(source.into()))?,
            base,
            ping,
            endpoint: Arc::new(endpoint),
            host,
            connect_timeout,
            sender: Sender::new(connector, server, headers, timeouts),
        })
    }

    /// The same within other limits of time, with the same connections.
    pub(crate) fn within(&self, timeouts: Timeouts) -> Self {
        Self {
            sender: self.sender.within(timeouts),
            ..self.clone()
        }
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.sender.timeouts()
    }

    /// Where pings go.
    pub(crate) fn ping(&self) -> &Uri {
        &self.ping
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        self.connect_timeout
    }

    /// The generated client, for paths of this version.
    pub(crate) fn raw(&self, version: ApiVersion) -> raw::Client {
        let base = format!("{}/v{version}", self.base);
        raw::Client::new_with_client(&base, self.requests.clone())
            .with_exchange(Arc::new(self.sender.clone()))
    }

    /// What sends one request of a raw client whose connection is taken over.
    pub(crate) fn handover(&self) -> Arc<Handover> {
        Arc::new(Handover::new(self.sender.clone()))
    }

    /// The start of something to attempt, for its errors.
    pub(crate) fn call(&self, operation: &'static str) -> Call {
        Call::new(operation, self.host.clone())
    }

    /// Sends a request; gives the answer whatever its status.
    pub(crate) async fn send(
        &self,
        call: &Call,
        operation: Operation,
        request: http::Request<Body>,
    ) -> Result<http::Response<Body>, Error> {
        match self.sender.send(operation, request).await {
            Ok((answer, _)) => Ok(answer),
            Err(failure) => Err(failure.into_error().during(call)),
        }
    }

    /// Sends a request that a raw client has made, and whose connection may be taken over; gives
    /// what watches over that, too.
    pub(crate) async fn send_of_raw(
        &self,
        call: &Call,
        operation: Operation,
        request: RequestBuilder,
    ) -> Result<(Response, Option<Watch>), Error> {
        let sent = async { self.sender.send_of_raw(operation, request.build()?).await };
        sent.await.map_err(|source| not_sent(source).during(call))
    }
}

/// Where pings below `base` go, and what requests to there have in their header `Host`.
fn pings(base: &str) -> Result<(Uri, HeaderValue), Source> {
    // As raw clients write it, so that the pool takes it for the same place.
    let url = Url::parse(&format!("{base}/_ping"))?;
    let host = url.host_str().unwrap_or_default();
    let host = match url.port() {
        Some(port) => HeaderValue::from_str(&format!("{host}:{port}")),
        None => HeaderValue::from_str(host),
    };
    Ok((url.as_str().parse()?, host?))
}

/// What makes requests for raw clients. It refuses to send them, since all of them are plain HTTP.
fn requests() -> reqwest::Result<reqwest::Client> {
    let builder = reqwest::Client::builder().no_proxy();
    builder.https_only(true).build()
}

/// Why there is no answer to a request of a raw client.
pub(crate) fn not_sent(source: reqwest::Error) -> Error {
    let failure = causes(&source).find_map(|cause| cause.downcast_ref::<Failure>());
    match failure {
        Some(failure) => failure.clone().into_error(),
        // The URL names a host that is not the endpoint.
        None => Error::invalid("the request cannot be written").because(source.without_url()),
    }
}

/// The response if its status is a success, or else the engine's refusal in its own words.
pub(crate) async fn accepted(call: &Call, response: Response) -> Result<Response, Error> {
    match response.status().is_success() {
        true => Ok(response),
        false => Err(refused(call, response).await),
    }
}

/// The engine's refusal in its own words: the message of a JSON body, or else the body as text.
pub(crate) async fn refused(call: &Call, response: Response) -> Error {
    let status = response.status().as_u16();
    let body = tokio::time::timeout(REFUSAL_TIME, start_of(response, REFUSAL)).await;
    Error::engine(Some(status), refusal_text(&body.unwrap_or_default())).during(call)
}

fn refusal_text(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Refusal {
        message: String,
    }
    match serde_json::from_slice(body) {
        Ok(Refusal { message }) => message,
        Err(_) => String::from_utf8_lossy(body).trim().to_owned(),
    }
}

/// The body up to `limit`, or up to where it breaks off.
async fn start_of(mut response: Response, limit: usize) -> Bytes {
    let mut body = BytesMut::new();
    while body.len() < limit {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                body.extend_from_slice(&chunk[..chunk.len().min(limit - body.len())])
            }
            Ok(None) | Err(_) => break,
        }
    }
    body.freeze()
}

/// The buffers that a body is read into.
pub(crate) type ByteBuffers = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;

/// A body as a stream of the buffers that it is read into.
pub(crate) fn buffers(call: &Call, body: ByteStream) -> ByteBuffers {
    let call = call.clone();
    Box::pin(
        body.into_inner()
            .map_err(move |source| cut_off(source).during(&call)),
    )
}

/// When the engine answered, by its own clock; it counts seconds.
pub(crate) fn date(headers: &HeaderMap) -> SystemTime {
    let date = headers.get(DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| httpdate::parse_http_date(date).ok());
    date.unwrap_or_else(SystemTime::now)
}

/// The whole body of a response that is one JSON document.
pub(crate) async fn document<T: DeserializeOwned>(
    call: &Call,
    mut response: Response,
) -> Result<T, Error> {
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > ANSWER => {
                let detail = format!("the answer is longer than {ANSWER} bytes");
                return Err(Error::new(ErrorKind::TooLarge, detail).during(call));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return json::parse(&body).map_err(|error| error.during(call)),
            Err(source) => return Err(cut_off(source).during(call)),
        }
    }
}

/// Why a body broke off.
pub(crate) fn cut_off(source: reqwest::Error) -> Error {
    if let Some(exceeded) = Exceeded::of(&source) {
        return exceeded.into_error();
    }
    let source = source.without_url();
    let error = if source.is_timeout() {
        Error::new(ErrorKind::Timeout, "the answer stalled")
    } else {
        Error::new(
            ErrorKind::Interrupted,
            "the connection broke in the middle of the answer",
        )
    };
    error.because(source)
}
