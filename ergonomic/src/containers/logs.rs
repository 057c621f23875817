//! What a container wrote, from the engine's log of it.

use std::time::SystemTime;

use super::Container;
use crate::answer::{Result, awaited};
use crate::moment::Moment;
use crate::operation;
use crate::ping;
use crate::raw::ContainerLogsParams;
use crate::stream::LogStream;
use crate::stream::logs::decoder;
use crate::transport;

/// A request for the logs of a container; await it for the stream of them.
///
/// See [`Container::logs`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Logs {
    pub(super) container: Container,
    pub(super) params: ContainerLogsParams,
    pub(super) since: Option<Moment>,
    pub(super) until: Option<Moment>,
}

impl Container {
    /// What this container wrote so far, to both outputs.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container. An engine that
    /// cannot read the logs of the container's log driver says so, at once or in the stream.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let mut logs = docker.container("web").logs().follow(true).tail(100).await?;
    /// while let Some(chunk) = logs.try_next().await? {
    ///     print!("{chunk}");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn logs(&self) -> Logs {
        Logs {
            container: self.clone(),
            params: ContainerLogsParams {
                stdout: Some(true),
                stderr: Some(true),
                ..Default::default()
            },
            since: None,
            until: None,
        }
    }
}

impl Logs {
    /// Whether to go on with what the container writes from now on, until it ends.
    pub fn follow(mut self, follow: bool) -> Self {
        self.params.follow = Some(follow);
        self
    }

    /// Only the last `lines` of what there is.
    pub fn tail(mut self, lines: u64) -> Self {
        self.params.tail = Some(lines.to_string());
        self
    }

    /// Whether to have what was written to standard output; `true` if not set.
    pub fn stdout(mut self, stdout: bool) -> Self {
        self.params.stdout = Some(stdout);
        self
    }

    /// Whether to have what was written to standard error; `true` if not set.
    pub fn stderr(mut self, stderr: bool) -> Self {
        self.params.stderr = Some(stderr);
        self
    }

    /// Whether each line begins with what the engine was told to note with it: the labels and
    /// variables of the container that its log driver was told of.
    pub fn details(mut self, details: bool) -> Self {
        self.params.details = Some(details);
        self
    }

    /// Whether each line begins with the time when it was written. A container with a terminal may have a time
    /// within a line too, where the engine keeps the line in pieces.
    pub fn timestamps(mut self, timestamps: bool) -> Self {
        self.params.timestamps = Some(timestamps);
        self
    }

    /// Only what was written at this time or later.
    pub fn since(mut self, moment: impl Into<Moment>) -> Self {
        self.since = Some(moment.into());
        self
    }

    /// Only what was written before this time.
    ///
    /// # API version
    ///
    /// Since 1.35.
    pub fn until(mut self, moment: impl Into<Moment>) -> Self {
        self.until = Some(moment.into());
        self
    }

    async fn send(self) -> Result<LogStream> {
        Ok(self.open().await?.0)
    }

    /// The stream, and when it began by the engine's clock.
    pub(super) async fn open(mut self) -> Result<(LogStream, SystemTime)> {
        self.params.since = self.since.map(Moment::to_param);
        self.params.until = self.until.map(Moment::to_param);
        let docker = self.container.docker();
        let (call, name) = self.container.call("read logs of container")?;
        docker.allows(&call, &self.params)?;
        let request = docker.raw().container_logs(name, &self.params);
        let response = operation::answered(&call, request).await?;
        let headers = response.headers();
        let began = transport::date(headers);
        // Podman ignores that it is asked for details.
        let details = self.params.details.filter(|_| !ping::is_podman(headers));
        let decoder = decoder(headers, self.container.has_terminal()).await?;
        let body = transport::buffers(&call, response.into_inner());
        let logs = LogStream::new(body, decoder, call).prefixed(self.params.timestamps, details);
        Ok((logs, began))
    }
}

awaited!(Logs => LogStream);
