//! Waiting for a container to end.

use std::fmt;

use super::{Container, ExitStatus};
use crate::answer::{Answer, Result, awaited};
use crate::error::{Call, Error};
use crate::gate;
use crate::raw::types::ContainerWaitResponse;
use crate::raw::{ClientInfo as _, Operation};
use crate::transport;

const WAIT: Operation = Operation::new("ContainerWait", "/containers/{id}/wait");

/// What to wait for.
///
/// See [`Container::wait`] for an example.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitCondition {
    /// The container does not run; true at once if it does not run now.
    #[default]
    NotRunning,
    /// The container ends after this; true only after it has run, so it can be asked for first.
    NextExit,
    /// The container is gone.
    Removed,
}

impl WaitCondition {
    fn as_str(self) -> &'static str {
        match self {
            Self::NotRunning => "not-running",
            Self::NextExit => "next-exit",
            Self::Removed => "removed",
        }
    }
}

/// A wait for the end of a container; await it for the exit status.
///
/// See [`Container::wait`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Wait {
    container: Container,
    condition: WaitCondition,
}

impl Container {
    /// Waits until this container does not run, and gives its exit status.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container.
    ///
    /// # Dropping
    ///
    /// Dropping the future stops the waiting, and nothing else.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let status = docker.container("job").wait().await?;
    /// println!("{status}");
    /// # Ok(()) }
    /// ```
    pub fn wait(&self) -> Wait {
        Wait {
            container: self.clone(),
            condition: WaitCondition::default(),
        }
    }
}

impl Wait {
    /// What to wait for, if not for [`WaitCondition::NotRunning`].
    ///
    /// # API version
    ///
    /// Other conditions are known since 1.30: on an older engine, awaiting this is an error that
    /// [`is_unsupported`](crate::Error::is_unsupported).
    pub fn condition(mut self, condition: WaitCondition) -> Self {
        self.condition = condition;
        self
    }

    /// Returns as soon as the engine waits. Whatever happens to the container from then on, such
    /// as a start and an end at once, is not missed.
    ///
    /// # API version
    ///
    /// Since 1.30.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container, and
    /// [`is_unsupported`](crate::Error::is_unsupported) on an older engine.
    pub async fn registered(self) -> Result<Waiting> {
        self.require_condition()?;
        self.begin().await
    }

    fn require_condition(&self) -> Result<()> {
        let (call, _) = self.container.call("wait for container")?;
        let docker = self.container.docker();
        docker.require(&call, gate::WAIT_CONDITION)
    }

    async fn begin(self) -> Result<Waiting> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("wait for container")?;
        // Sent by hand: the headers say that the engine waits, and come long before the body that
        // the generated operation would read.
        let url = format!("{}/containers/{name}/wait", docker.raw().baseurl());
        let mut request = docker.raw().client().post(url);
        if docker.has(gate::WAIT_CONDITION) {
            request = request.query(&[("condition", self.condition.as_str())]);
        }
        let transport = docker.transport();
        let (response, _) = transport.send_of_raw(&call, WAIT, request).await?;
        let response = transport::accepted(&call, response).await?;
        Ok(Waiting {
            status: Box::pin(status(call, response)),
        })
    }

    async fn send(self) -> Result<ExitStatus> {
        if self.condition != WaitCondition::default() {
            self.require_condition()?;
        }
        self.begin().await?.await
    }
}

awaited!(Wait => ExitStatus);

/// A wait that the engine has begun; await it for the exit status.
///
/// See [`Container::wait`] for an example.
///
/// # Dropping
///
/// Dropping it stops the waiting, and nothing else.
#[must_use = "the exit status comes when this is awaited"]
pub struct Waiting {
    status: Answer<ExitStatus>,
}

impl IntoFuture for Waiting {
    type Output = Result<ExitStatus>;
    type IntoFuture = Answer<ExitStatus>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        self.status
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waiting")
    }
}

async fn status(call: Call, response: reqwest::Response) -> Result<ExitStatus> {
    let answer: ContainerWaitResponse = transport::document(&call, response).await?;
    let error = answer.error.and_then(|error| error.message);
    match answer.status_code {
        Some(code) => Ok(ExitStatus::new(code, error)),
        None => Err(Error::decode("the engine gave no exit status").during(&call)),
    }
}
