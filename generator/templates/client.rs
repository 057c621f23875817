use std::sync::Arc;

use progenitor_client::ClientInfo;
use reqwest::{Request, Response};

use crate::{Exchange, Operation};

/// A client of the Docker Engine API v{{version}}.
///
/// Cheap to clone: clones share one pool of connections.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    exchange: Option<Arc<dyn Exchange>>,
}

impl Client {
    /// A client that sends its requests through `client` to paths below `baseurl`.
    ///
    /// For a Unix socket, `client` names the socket and `baseurl` is `http://localhost/v{{version}}`.
    pub fn new_with_client(baseurl: &str, client: reqwest::Client) -> Self {
        Self { baseurl: baseurl.to_owned(), client, exchange: None }
    }

    /// The same client, whose requests `exchange` sends.
    pub fn with_exchange(self, exchange: Arc<dyn Exchange>) -> Self {
        Self { exchange: Some(exchange), ..self }
    }

    pub(crate) async fn send(
        &self,
        operation: Operation,
        request: Request,
    ) -> reqwest::Result<Response> {
        match &self.exchange {
            Some(exchange) => exchange.exchange(&self.client, operation, request).await,
            None => self.client.execute(request).await,
        }
    }
}

impl ClientInfo<()> for Client {
    fn api_version() -> &'static str {
        crate::API_VERSION
    }

    fn baseurl(&self) -> &str {
        &self.baseurl
    }

    fn client(&self) -> &reqwest::Client {
        &self.client
    }

    fn inner(&self) -> &() {
        &()
    }
}
