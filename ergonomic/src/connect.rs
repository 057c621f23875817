//! Connecting: which engine, how, and in which version of the API.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::task::spawn_blocking;

use crate::address;
use crate::answer::{Result, awaited};
use crate::cli::{self, Environment, Place, Resolved};
use crate::dial::{Dial, Dialer};
use crate::docker::Docker;
use crate::endpoint::Endpoint;
use crate::error::{Call, Error, ErrorKind, Source};
use crate::exchange::{Headers, Timeouts};
use crate::ping;
use crate::tls::Tls;
use crate::transport::Transport;
use crate::version::{self, ApiVersion};

const PIN: &str = "DOCKER_API_VERSION";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection to make; await it. Credentials in its address do not show in `Debug`.
///
/// [`Docker::connect`] and [`Docker::connect_to`] give one. What it is told takes the place of what
/// the environment says:
///
/// ```no_run
/// # async fn example() -> dockwright::Result<()> {
/// use dockwright::Docker;
///
/// // docker --context build version
/// let docker = Docker::connect().context("build").await?;
///
/// // A client that no variable and no file of this user has any say in.
/// let docker = Docker::connect_to("unix:///run/build/docker.sock").isolated().await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[must_use = "nothing connects until this is awaited"]
pub struct Connect {
    host: Option<String>,
    context: Option<String>,
    dialer: Option<Dialer>,
    tls: Option<Tls>,
    version: Option<ApiVersion>,
    timeout: Duration,
    timeouts: Timeouts,
    headers: Vec<(String, String)>,
    user_agent: Option<String>,
    environment: Environment,
}

impl Connect {
    pub(crate) fn new() -> Self {
        Self {
            host: None,
            context: None,
            dialer: None,
            tls: None,
            version: None,
            timeout: CONNECT_TIMEOUT,
            timeouts: Timeouts::new(),
            headers: Vec::new(),
            user_agent: None,
            environment: Environment::process(),
        }
    }

    /// Connects to the engine at this address, written as in `DOCKER_HOST`: `docker --host`.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Connects to the engine of this context, and speaks TLS as the context says: `docker
    /// --context`. [`Contexts`](crate::Contexts) lists those that there are.
    pub fn context(mut self, name: impl Into<String>) -> Self {
        self.context = Some(name.into());
        self
    }

    /// Lets `dialer` make the connections instead of connecting to an address; see [`Dial`].
    pub fn dialer(mut self, dialer: impl Dial) -> Self {
        self.dialer = Some(Dialer::new(dialer));
        self
    }

    /// Speaks TLS, in this way. It is for TCP addresses; sockets, pipes, `ssh` and dialers are
    /// spoken to without.
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Reads `config.json`, contexts and certificates in this folder: `docker --config`. It
    /// is also where a login is written to.
    pub fn config_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.environment = self.environment.with_config_dir(folder);
        self
    }

    /// Reads neither variables nor the files of the `docker` CLI, now and later, so that only the
    /// program decides: on the engine, on TLS, on credentials. A
    /// [folder](Connect::config_dir) set after this is read nevertheless.
    pub fn isolated(mut self) -> Self {
        self.environment = Environment::nothing();
        self
    }

    /// Whether new containers, and those of builds, get the proxies of `config.json` as variables of
    /// their environment (`HTTP_PROXY`, `http_proxy`, …), as from the `docker` CLI, where they have
    /// not been given others; `true` if not set.
    pub fn proxy_variables(mut self, give: bool) -> Self {
        self.environment = self.environment.giving_proxies(give);
        self
    }

    #[cfg(test)]
    pub(crate) fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Speaks this version of the API instead of negotiating one.
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.version = Some(version);
        self
    }

    /// How long a connection may take to come about, and a ping to be answered; 10 s if not set.
    /// It bounds no other request.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long each request may take; there are no limits if not set. Those of single calls are
    /// set by [`Docker::with_timeouts`].
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sends this header with every request, beside those that the environment names
    /// (`DOCKER_CUSTOM_HEADERS`, or else `HttpHeaders` of `config.json`) and in the place of one of
    /// the same name. What a request needs for itself comes before either.
    ///
    /// # Errors
    ///
    /// A name or a value that cannot be sent, or a header that only this client can know, such as
    /// `Host`, [is an error](Error::is_invalid_input) when this is awaited.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// What the client is called in its requests, for the logs of what they pass; engines pass it
    /// on to registries. `dockwright/` and its version if not set.
    pub fn user_agent(mut self, text: impl Into<String>) -> Self {
        self.user_agent = Some(text.into());
        self
    }

    async fn send(mut self) -> Result<Docker> {
        self.version = self.pin()?;
        let resolved = self.resolve().await?;
        let headers = self.all_headers().await?;
        match resolved {
            Resolved::At(endpoint) => self.reach(endpoint, &headers).await,
            Resolved::Among(places) => self.search(places, &headers).await,
        }
    }

    async fn all_headers(&self) -> Result<Headers> {
        let environment = self.environment.clone();
        let mut headers = blocking(move || Headers::of(&environment)).await?;
        for (name, value) in &self.headers {
            headers.set(name, value)?;
        }
        if let Some(text) = &self.user_agent {
            headers.set_user_agent(text)?;
        }
        Ok(headers)
    }

    async fn resolve(&mut self) -> Result<Resolved> {
        if let Some(dialer) = self.dialer.take() {
            return Ok(Resolved::At(Endpoint::custom(dialer)));
        }
        let environment = self.environment.clone();
        let (host, context, tls) = (self.host.take(), self.context.take(), self.tls.take());
        blocking(move || cli::resolve(&environment, host, context, tls)).await
    }

    /// Connects to the first place that has an engine. What lies beneath the error is what is wrong
    /// with the first place where there is something, if there is any.
    async fn search(&self, places: Vec<Place>, headers: &Headers) -> Result<Docker> {
        let mut tried = Vec::new();
        let mut wrong: Option<Source> = None;
        for Place { endpoint, obstacle } in places {
            let place = endpoint.to_string();
            if let Some(obstacle) = obstacle {
                tried.push(format!("{place} ({obstacle})"));
                if obstacle.kind() != io::ErrorKind::NotFound {
                    wrong.get_or_insert(obstacle.into());
                }
                continue;
            }
            match self.reach(endpoint, headers).await {
                Err(error) if error.is_connect() || error.is_timeout() => {
                    tried.push(format!("{place} ({})", error.detail()));
                    wrong.get_or_insert(error.into());
                }
                outcome => return outcome,
            }
        }
        let detail = format!("connect: no engine was found; tried {}", tried.join(", "));
        Err(Error::new(ErrorKind::Connect, detail)
            .advising("start an engine, or set DOCKER_HOST to where it listens")
            .because(wrong.unwrap_or_else(|| io::Error::from(io::ErrorKind::NotFound).into())))
    }

    async fn reach(&self, endpoint: Endpoint, headers: &Headers) -> Result<Docker> {
        let endpoint = endpoint.by_proxy_of(&self.environment)?;
        let transport = Transport::new(endpoint, self.timeout, headers.clone(), self.timeouts)?;
        let call = transport.call("connect");
        let version = match self.version {
            Some(version) => {
                ping::reach(&transport, &call).await?;
                version
            }
            None => negotiated(&transport, &call).await?,
        };
        Ok(Docker::new(transport, version, self.environment.clone()))
    }

    /// The version that is settled before an engine is asked, if there is one.
    fn pin(&self) -> Result<Option<ApiVersion>> {
        if let Some(version) = self.version {
            return version::check_pin(version).map(Some);
        }
        let Some(text) = self.environment.variable(PIN)? else {
            return Ok(None);
        };
        let pin = text.parse().and_then(version::check_pin);
        pin.map(Some).map_err(|error| error.in_variable(PIN))
    }
}

awaited!(Connect => Docker);

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.as_deref().map(address::without_userinfo);
        f.debug_struct("Connect")
            .field("host", &host)
            .field("context", &self.context)
            .field("dialer", &self.dialer)
            .field("tls", &self.tls)
            .field("environment", &self.environment)
            .field("version", &self.version)
            .field("timeout", &self.timeout)
            .field("timeouts", &self.timeouts)
            .field(
                "headers",
                &self
                    .headers
                    .iter()
                    .map(|(name, _)| name)
                    .collect::<Vec<_>>(),
            )
            .field("user_agent", &self.user_agent)
            .finish()
    }
}

/// What reads files is kept off the threads that drive connections.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    spawn_blocking(work).await.unwrap_or_else(|stopped| {
        Err(Error::new(ErrorKind::Connect, "the runtime is shutting down").because(stopped))
    })
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
