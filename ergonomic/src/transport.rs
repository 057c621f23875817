//! The one way out: requests go to the endpoint, and what fails comes back as [`Error`].

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::TryStreamExt;
use reqwest::header::{DATE, HeaderMap};
use reqwest::{RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::dial::{client, failure};
use crate::endpoint::Endpoint;
use crate::error::{Call, Error, ErrorKind, causes};
use crate::exchange::{Exceeded, Handover, Headers, Pools, Sender, Server, Timeouts, Watch};
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
    http: reqwest::Client,
    /// What stands before the path of every request.
    base: Arc<str>,
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
        let base = client::base(&endpoint).into();
        let http = client::http_client(&endpoint, connect_timeout)?;
        let endpoint = Arc::new(endpoint);
        let same = endpoint.clone();
        let pools = Pools::new(http.clone(), move || {
            client::http_client(&same, connect_timeout)
        });
        let server = Server::of(&endpoint);
        Ok(Self {
            http,
            base,
            endpoint,
            host,
            connect_timeout,
            sender: Sender::new(pools, server, headers, timeouts),
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

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
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
        raw::Client::new_with_client(&base, self.http.clone())
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

    /// Sends a request; gives the response whatever its status.
    pub(crate) async fn send(
        &self,
        call: &Call,
        operation: Operation,
        request: RequestBuilder,
    ) -> Result<Response, Error> {
        let (response, _) = self.send_for_connection(call, operation, request).await?;
        Ok(response)
    }

    /// Sends a request whose connection may be taken over; gives what watches over that, too.
    pub(crate) async fn send_for_connection(
        &self,
        call: &Call,
        operation: Operation,
        request: RequestBuilder,
    ) -> Result<(Response, Option<Watch>), Error> {
        let sent = async { self.sender.send(operation, request.build()?).await };
        sent.await
            .map_err(|source| self.not_sent(source).during(call))
    }

    /// Why there is no response.
    pub(crate) fn not_sent(&self, source: reqwest::Error) -> Error {
        if let Some(exceeded) = Exceeded::of(&source) {
            return exceeded.into_error();
        }
        if let Some(error) = causes(&source).find_map(|cause| cause.downcast_ref::<Error>()) {
            return error.again();
        }
        // The URL names a host that is not the endpoint.
        let source = source.without_url();
        if source.is_builder() {
            return Error::invalid("the request cannot be written").because(source);
        }
        let seconds = self.connect_timeout.as_secs_f64();
        let error = if source.is_timeout() && source.is_connect() {
            Error::new(
                ErrorKind::Timeout,
                format!("no connection within {seconds} s"),
            )
            .advising("check that the engine is running and that nothing in between drops packets")
        } else if source.is_timeout() {
            Error::new(ErrorKind::Timeout, "no answer in time")
        } else if source.is_connect() {
            failure::not_connected(&self.endpoint, &source)
        } else if is_not_http(&source) {
            Error::new(ErrorKind::Connect, "what answers there does not speak HTTP")
                .advising("check that the address is that of an engine, and not of a TLS port")
        } else {
            Error::new(
                ErrorKind::Interrupted,
                "the connection was closed before the answer was complete",
            )
        };
        error.because(source)
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

fn is_not_http(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        cause
            .downcast_ref::<hyper::Error>()
            .is_some_and(hyper::Error::is_parse)
    })
}
