//! What raw clients are made of: requests, answers and errors of reqwest, which sends none of them.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{future, stream};
use http::Response as Answer;
use reqwest::{Body, Client, Request, Response, ResponseBuilderExt};

use super::{Failure, Sender, Watch};
use crate::raw::{self, Operation};

impl Sender {
    /// Sends `request`; an error has a [`Failure`] for its source, or is that of a request which
    /// cannot be written.
    pub(crate) async fn send_of_raw(
        &self,
        operation: Operation,
        request: Request,
    ) -> reqwest::Result<(Response, Option<Watch>)> {
        let url = request.url().clone();
        match self.send(operation, request.try_into()?).await {
            Ok((mut answer, watch)) => {
                // The URL goes by an extension that only reqwest can make.
                if let Ok(carrier) = Answer::builder().url(url).body(()) {
                    let carried = carrier.into_parts().0.extensions;
                    answer.extensions_mut().extend(carried);
                }
                Ok((answer.into(), watch))
            }
            Err(failure) => Err(carried(failure).await),
        }
    }
}

/// A failure as an error of reqwest, of which there is no other way to make one.
async fn carried(failure: Failure) -> reqwest::Error {
    let failure = future::err::<Bytes, _>(failure);
    let body = Body::wrap_stream(stream::once(failure));
    let read = Response::from(Answer::new(body)).bytes().await;
    read.expect_err("the body is an error")
}

type Sent<'a> = Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>>;

impl raw::Exchange for Sender {
    /// The `client` of the raw crate makes requests only.
    fn exchange<'a>(&'a self, _: &'a Client, operation: Operation, request: Request) -> Sent<'a> {
        Box::pin(async move { Ok(self.send_of_raw(operation, request).await?.0) })
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
            let (response, watch) = self.sender.send_of_raw(operation, request).await?;
            *self.watch.lock().unwrap_or_else(PoisonError::into_inner) = watch;
            Ok(response)
        })
    }
}
