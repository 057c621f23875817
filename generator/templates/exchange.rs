//! What stands between an operation and the sending of its request.

use std::fmt::Debug;
use std::pin::Pin;

use reqwest::{Client, Request, Response};

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its id in the spec, like `ContainerInspect`.
    pub id: &'static str,
    /// Its path in the spec, like `/containers/{id}/json`.
    pub path: &'static str,
}

impl Operation {
    /// The operation with this id and this path.
    pub const fn new(id: &'static str, path: &'static str) -> Self {
        Self { id, path }
    }
}

/// Sends requests: the place for headers, spans and limits of time that hold for all operations.
///
/// [`Client::with_exchange`](crate::Client::with_exchange) takes one.
pub trait Exchange: Debug + Send + Sync {
    /// Sends `request`, and gives the answer once its head is there.
    ///
    /// A client without an exchange does `client.execute(request)`.
    fn exchange<'a>(
        &'a self,
        client: &'a Client,
        operation: Operation,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>>;
}
