//! How a request is sent once it is clear what to ask: through the pool of the runtime that asks,
//! in a span, and within limits of time.

mod body;
mod headers;
mod pools;
#[cfg(feature = "opentelemetry")]
mod propagation;
mod retry;
mod span;
mod taken_over;
mod timeouts;
mod watch;

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use reqwest::{Client, Request, Response, StatusCode};
use tokio::task::yield_now;

pub(crate) use headers::Headers;
pub(crate) use pools::Pools;
pub(crate) use span::Server;
pub(crate) use taken_over::TakenOver;
pub(crate) use timeouts::Exceeded;
pub use timeouts::Timeouts;
pub(crate) use watch::Watch;

use crate::raw::{self, Operation};

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
    pub(crate) fn new(pools: Pools, server: Server, headers: Headers, timeouts: Timeouts) -> Self {
        Self {
            pools: Arc::new(pools),
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
        mut request: Request,
    ) -> reqwest::Result<(Response, Option<Watch>)> {
        let client = match self.pools.client() {
            Ok(client) => client,
            Err(error) => return Err(body::as_reqwest(error).await),
        };
        let timeouts = match operation.id {
            PATIENT => self.timeouts.without_silence(),
            _ => self.timeouts,
        };
        let span = span::begin(operation, &request, &self.server);
        #[cfg(feature = "opentelemetry")]
        propagation::inject(&span, request.headers_mut());
        self.headers.join(request.headers_mut());
        let upload = body::watch_upload(&mut request, timeouts);
        let mut watch = Watch::new(span, timeouts, upload);
        let mut once_more = retry::copy(operation, &request);
        let response = loop {
            // Lets it be seen which connections of the pool have been closed meanwhile.
            yield_now().await;
            match head(&client, request, &mut watch).await {
                Ok(response) => break response,
                Err(error) => match once_more.take() {
                    Some(copy) if retry::was_closed(&error) => {
                        watch.resent();
                        request = copy;
                    }
                    _ => {
                        watch.failed(&error);
                        return Err(error);
                    }
                },
            }
        };
        watch.answered(response.status());
        Ok(match response.status() {
            StatusCode::SWITCHING_PROTOCOLS => (response, Some(watch)),
            _ if watch.is_idle() => (response, None),
            _ => (body::watched(response, watch), None),
        })
    }
}

/// The head of the answer, if it comes in time.
async fn head(client: &Client, request: Request, watch: &mut Watch) -> reqwest::Result<Response> {
    let mut sending = pin!(client.execute(request));
    let sent = poll_fn(|cx| match watch.in_span(|| sending.as_mut().poll(cx)) {
        Poll::Ready(sent) => Poll::Ready(Ok(sent)),
        Poll::Pending => watch.poll_exceeded(cx).map(Err),
    });
    match sent.await {
        Ok(sent) => sent,
        Err(exceeded) => Err(body::as_reqwest(exceeded.into_io()).await),
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

type Sent<'a> = Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>>;

impl raw::Exchange for Sender {
    /// The `client` of the raw crate makes requests only: it may not be of this runtime.
    fn exchange<'a>(&'a self, _: &'a Client, operation: Operation, request: Request) -> Sent<'a> {
        Box::pin(async move { Ok(self.send(operation, request).await?.0) })
    }
}

/// Sends one request whose connection changes hands, and keeps what watches over it.
#[derive(Debug)]
pub(crate) struct Handover {
    sender: Sender,
    watch: Mutex<Option<Watch>>,
}

impl Handover {
    pub(crate) fn new(sender: Sender) -> Self {
        Self {
            sender,
            watch: Mutex::new(None),
        }
    }

    /// What watches over the connection that was taken over.
    pub(crate) fn take(&self) -> Option<Watch> {
        self.watch
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl raw::Exchange for Handover {
    fn exchange<'a>(&'a self, _: &'a Client, operation: Operation, request: Request) -> Sent<'a> {
        Box::pin(async move {
            let (response, watch) = self.sender.send(operation, request).await?;
            *self.watch.lock().unwrap_or_else(PoisonError::into_inner) = watch;
            Ok(response)
        })
    }
}
