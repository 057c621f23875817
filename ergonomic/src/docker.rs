//! The client: connecting to an engine, and the nouns that can be asked of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::address;
use crate::answer::{Result, awaited};
use crate::cli::Environment;
use crate::dial::{Dial, Dialer};
use crate::endpoint::Endpoint;
use crate::error::{Call, Error};
use crate::ping;
use crate::raw;
use crate::tls::Tls;
use crate::transport::Transport;
use crate::version::{self, ApiVersion};

const PIN: &str = "DOCKER_API_VERSION";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A connected client.
///
/// Clones are cheap and share one pool of connections.
///
/// # Dropping
///
/// Connections are closed with the last clone, and with the last request, stream or handle that
/// was made with one.
#[derive(Clone)]
pub struct Docker {
    shared: Arc<Shared>,
}

struct Shared {
    transport: Transport,
    version: ApiVersion,
    raw: raw::Client,
    environment: Environment,
}

impl Docker {
    /// Connects to the engine that `DOCKER_HOST` names, or else to the one at the default socket,
    /// and settles on an API version that both sides speak (`DOCKER_API_VERSION` decides, if set).
    ///
    /// # Errors
    ///
    /// - [`is_invalid_input`](Error::is_invalid_input) if one of the variables is malformed;
    /// - [`is_connect`](Error::is_connect) or [`is_timeout`](Error::is_timeout) if there is no
    ///   engine;
    /// - [`is_unsupported`](Error::is_unsupported) if the engine is older than
    ///   [`ApiVersion::FLOOR`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example() -> dockwright::Result<()> {
    /// let docker = dockwright::Docker::connect().await?;
    /// println!("API {} at {}", docker.api_version(), docker.endpoint());
    /// # Ok(()) }
    /// ```
    pub fn connect() -> Connect {
        Connect::new(None)
    }

    /// Connects to the engine at `host`, written as in `DOCKER_HOST`; nothing is read from the
    /// environment.
    ///
    /// # Errors
    ///
    /// As for [`connect`](Docker::connect).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example() -> dockwright::Result<()> {
    /// let docker = dockwright::Docker::connect_to("tcp://build-host:2375").await?;
    /// # Ok(()) }
    /// ```
    pub fn connect_to(host: impl Into<String>) -> Connect {
        Connect::new(Some(host.into()))
    }

    /// The API version that requests are made in.
    pub fn api_version(&self) -> ApiVersion {
        self.shared.version
    }

    /// Where the engine listens.
    pub fn endpoint(&self) -> &Endpoint {
        self.shared.transport.endpoint()
    }

    /// The generated client, in the negotiated version: everything that the engine can do.
    ///
    /// Its types are those of [`raw`](crate::raw), and those of the crates that it is made with.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> Result<(), Box<dyn std::error::Error>> {
    /// let volumes = docker.raw().volume_list(&Default::default()).await?;
    /// println!("{}", volumes.volumes.len());
    /// # Ok(()) }
    /// ```
    pub fn raw(&self) -> &raw::Client {
        &self.shared.raw
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.shared.transport
    }

    /// Where credentials and proxies are found when they are needed.
    #[allow(dead_code, reason = "what is built on it lands next")]
    pub(crate) fn environment(&self) -> &Environment {
        &self.shared.environment
    }

    /// The start of something to attempt, for its errors.
    pub(crate) fn call(&self, operation: &'static str) -> Call {
        self.shared.transport.call(operation)
    }
}

impl fmt::Debug for Docker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Docker")
            .field("endpoint", &format_args!("{}", self.endpoint()))
            .field("api_version", &format_args!("{}", self.api_version()))
            .finish()
    }
}

/// A connection to make; await it. Credentials in its address do not show in `Debug`.
#[derive(Clone)]
#[must_use = "nothing connects until this is awaited"]
pub struct Connect {
    /// `None` takes host and version from the environment.
    host: Option<String>,
    dialer: Option<Dialer>,
    tls: Option<Tls>,
    version: Option<ApiVersion>,
    timeout: Duration,
    environment: Environment,
}

impl Connect {
    fn new(host: Option<String>) -> Self {
        Self {
            host,
            dialer: None,
            tls: None,
            version: None,
            timeout: CONNECT_TIMEOUT,
            environment: Environment::process(),
        }
    }

    /// Speaks this version of the API instead of negotiating one.
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.version = Some(version);
        self
    }

    /// Speaks TLS, in this way. It is for TCP addresses; sockets, pipes, `ssh` and dialers are
    /// spoken to without.
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Lets `dialer` make the connections instead of connecting to an address; see [`Dial`].
    pub fn dialer(mut self, dialer: impl Dial) -> Self {
        self.dialer = Some(Dialer::new(dialer));
        self
    }

    /// How long a connection may take to come about, and a ping to be answered; 10 s if not set.
    /// It bounds no other request.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn send(self) -> Result<Docker> {
        let (endpoint, pin) = match (self.dialer, &self.host) {
            (Some(dialer), _) => (Endpoint::custom(dialer), None),
            (None, Some(host)) => (Endpoint::at(host, self.tls)?, None),
            (None, None) => (Endpoint::from_env()?, pin(&self.environment)?),
        };
        let pin = match self.version {
            Some(version) => Some(version::check_pin(version)?),
            None => pin,
        };
        let transport = Transport::new(endpoint, self.timeout)?;
        let call = transport.call("connect");
        let version = match pin {
            Some(version) => {
                ping::reach(&transport, &call).await?;
                version
            }
            None => negotiated(&transport, &call).await?,
        };
        Ok(Docker {
            shared: Arc::new(Shared {
                raw: transport.raw(version),
                transport,
                version,
                environment: self.environment,
            }),
        })
    }
}

awaited!(Connect => Docker);

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.as_deref().map(address::without_userinfo);
        f.debug_struct("Connect")
            .field("host", &host)
            .field("dialer", &self.dialer)
            .field("tls", &self.tls)
            .field("version", &self.version)
            .field("timeout", &self.timeout)
            .finish()
    }
}

fn pin(environment: &Environment) -> Result<Option<ApiVersion>> {
    let Some(text) = environment.variable(PIN)? else {
        return Ok(None);
    };
    let pin = text.parse().and_then(version::check_pin);
    pin.map(Some).map_err(|error| error.in_variable(PIN))
}

async fn negotiated(transport: &Transport, call: &Call) -> Result<ApiVersion> {
    let engine = ping::ping(transport, call).await?.api_version;
    version::negotiate(engine).ok_or_else(|| {
        Error::unsupported("this client", ApiVersion::FLOOR, engine)
            .advising("upgrade the engine")
            .during(call)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_show() {
        let shown = format!("{:?}", Docker::connect_to("https://me:s3cret@host:2376"));
        assert!(shown.contains("host:2376"), "{shown}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
