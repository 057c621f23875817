use progenitor_client::ClientInfo;

/// A client of the Docker Engine API v{{version}}.
///
/// Cheap to clone: clones share one pool of connections.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
}

impl Client {
    /// A client that sends its requests through `client` to paths below `baseurl`.
    ///
    /// For a Unix socket, `client` names the socket and `baseurl` is `http://localhost/v{{version}}`.
    pub fn new_with_client(baseurl: &str, client: reqwest::Client) -> Self {
        Self { baseurl: baseurl.to_owned(), client }
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
