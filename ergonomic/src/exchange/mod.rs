//! How a request is sent once it is clear what to ask: through the pool of the runtime that asks,
//! in a span, and within limits of time.

mod body;
mod failure;
mod headers;
mod pools;
#[cfg(feature = "opentelemetry")]
mod propagation;
mod reqwest_types;
mod retry;
mod span;
mod taken_over;
mod timeouts;
mod watch;

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use reqwest::Body;
use tokio::task::yield_now;

pub(crate) use failure::Failure;
pub(crate) use headers::Headers;
pub(crate) use reqwest_types::Handover;
pub(crate) use span::Server;
pub(crate) use taken_over::TakenOver;
pub(crate) use timeouts::Exceeded;
pub use timeouts::Timeouts;
pub(crate) use watch::Watch;

use crate::dial::Connector;
use crate::raw::Operation;
use pools::{Client, Pools};

/// What answers when something else happens, however long that takes: silence tells nothing of
/// the engine then.
const PATIENT: &str = "ContainerWait";

/// Sends requests.
#[derive(Clone)]
pub(crate) struct Sender {
    pools: Arc<Pools>,
    server: Arc<Server>,
    headers: Arc<Headers>,
    timeouts: Timeouts,
}

impl Sender {
    pub(crate) fn new(
        connector: Connector,
        server: Server,
        headers: Headers,
        timeouts: Timeouts,
    ) -> Self {
        Self {
            pools: Arc::new(Pools::new(connector)),
            server: Arc::new(server),
            headers: Arc::new(headers),
            timeouts,
        }
    }

    /// The same within other limits of time, with the same connections.
    pub(crate) fn within(&self, timeouts: Timeouts) -> Self {
        Self {
            timeouts,
            ..self.clone()
        }
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// Sends `request`, and gives the answer once its head is there.
    ///
    /// What watches over an answer goes with its body. Where there is none because the connection
    /// changes hands, it is given beside.
    pub(crate) async fn send(
        &self,
        operation: Operation,
        mut request: Request<Body>,
    ) -> Result<(Response<Body>, Option<Watch>), Failure> {
        let client = self.pools.client();
        let timeouts = match operation.id {
            PATIENT => self.timeouts.without_silence(),
            _ => self.timeouts,
        };
        let span = span::begin(operation, &request, &self.server);
        #[cfg(feature = "opentelemetry")]
        propagation::inject(&span, request.headers_mut());
        self.headers.join(request.headers_mut());
        let upload = body::watch_upload(request.body_mut(), timeouts);
        let mut watch = Watch::new(span, timeouts, upload);
        let mut once_more = retry::copy(operation, &request);
        let response = loop {
            // Lets it be seen which connections of the pool have been closed meanwhile.
            yield_now().await;
            match head(&client, request, &mut watch).await {
                Ok(response) => break response,
                Err(failure) => match once_more.take() {
                    Some(copy) if retry::was_closed(&failure) => {
                        watch.resent();
                        request = copy;
                    }
                    _ => {
                        watch.failed(&failure);
                        return Err(failure);
                    }
                },
            }
        };
        watch.answered(response.status());
        let (head, body) = response.into_parts();
        let (body, beside) = match head.status {
            StatusCode::SWITCHING_PROTOCOLS => (body::received(body), Some(watch)),
            _ if watch.is_idle() => (body::received(body), None),
            _ => (body::watched(body, watch), None),
        };
        Ok((Response::from_parts(head, body), beside))
    }
}

/// The head of the answer, if it comes in time.
async fn head(
    client: &Client,
    request: Request<Body>,
    watch: &mut Watch,
) -> Result<Response<Incoming>, Failure> {
    let mut sending = pin!(client.request(request));
    poll_fn(|cx| match watch.in_span(|| sending.as_mut().poll(cx)) {
        Poll::Ready(sent) => Poll::Ready(sent.map_err(Failure::from)),
        Poll::Pending => watch
            .poll_exceeded(cx)
            .map(|limit| Err(Failure::exceeded(limit))),
    })
    .await
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}
