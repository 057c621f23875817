//! The client: connecting to an engine, and the nouns that can be asked of it.

use std::fmt;
use std::sync::Arc;

use crate::cli::Environment;
use crate::connect::Connect;
use crate::endpoint::Endpoint;
use crate::error::Call;
use crate::exchange::Timeouts;
use crate::raw;
use crate::transport::Transport;
use crate::version::ApiVersion;

/// A connected client.
///
/// Clones are cheap and share one pool of connections.
///
/// # Dropping
///
/// Connections are closed with the last clone, and with the last request, stream or handle that
/// was made with one.
///
/// See [`Docker::connect`] for an example.
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
    /// Connects to the engine that the `docker` CLI would connect to, and settles on an API version
    /// that both sides speak (`DOCKER_API_VERSION` decides, if set).
    ///
    /// The first of these decides on the engine:
    ///
    /// 1. what is told to the [`Connect`]: a [host](Connect::host) or a
    ///    [context](Connect::context);
    /// 2. `DOCKER_HOST`, with TLS as `DOCKER_TLS`, `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` ask
    ///    for it;
    /// 3. `DOCKER_CONTEXT`;
    /// 4. the current context of `config.json`, as `docker context use` sets it;
    /// 5. the socket at the default place;
    /// 6. if there is none, which is where the CLI gives up: the sockets of rootless Docker,
    ///    Docker Desktop, Colima, OrbStack, Rancher Desktop and Podman, the first that answers.
    ///
    /// [`endpoint`](Docker::endpoint) tells which it was, and why. What is malformed is an error,
    /// and no reason to go on to the next.
    ///
    /// # Errors
    ///
    /// - [`is_invalid_input`](crate::Error::is_invalid_input) if a variable, `config.json` or a context is
    ///   malformed, or there is no such context;
    /// - [`is_local_file`](crate::Error::is_local_file) if a file cannot be read;
    /// - [`is_connect`](crate::Error::is_connect) or [`is_timeout`](crate::Error::is_timeout) if there is no
    ///   engine;
    /// - [`is_unsupported`](crate::Error::is_unsupported) if the engine is older than
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
        Connect::new()
    }

    /// Connects to the engine at `host`, written as in `DOCKER_HOST`: `docker --host`.
    ///
    /// All else is taken from the environment as by [`connect`](Docker::connect), such as the
    /// variables that ask for TLS, unless the client is [`isolated`](Connect::isolated).
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
        Connect::new().host(host)
    }

    pub(crate) fn new(transport: Transport, version: ApiVersion, environment: Environment) -> Self {
        Self {
            shared: Arc::new(Shared {
                raw: transport.raw(version),
                transport,
                version,
                environment,
            }),
        }
    }

    /// The API version that requests are made in.
    pub fn api_version(&self) -> ApiVersion {
        self.shared.version
    }

    /// Where the engine listens, and [what it was chosen by](Endpoint::origin).
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

    /// The same engine within other limits of time: what is asked of the client that this gives is
    /// bound by `timeouts`, and by none of those before. Both share one pool of connections.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use dockwright::Timeouts;
    ///
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let hasty = docker.with_timeouts(Timeouts::new().total(Duration::from_secs(2)));
    /// match hasty.containers().list().await {
    ///     Err(error) if error.is_timeout() => println!("the engine is busy: {error}"),
    ///     containers => println!("{} containers", containers?.len()),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn with_timeouts(&self, timeouts: Timeouts) -> Self {
        let shared = &self.shared;
        let transport = shared.transport.within(timeouts);
        Self::new(transport, shared.version, shared.environment.clone())
    }

    /// The limits of time that requests have.
    pub fn timeouts(&self) -> Timeouts {
        self.shared.transport.timeouts()
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.shared.transport
    }

    /// Where credentials and proxies are found when they are needed.
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
