//! `docker service logs`.

use super::Service;
use crate::answer::{Result, awaited};
use crate::moment::Moment;
use crate::operation;
use crate::raw::ServiceLogsParams;
use crate::stream::LogStream;
use crate::stream::logs::decoder;
use crate::transport;

/// A request for the logs of a service; await it for the stream of them.
///
/// See [`Service::logs`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ServiceLogs {
    service: Service,
    params: ServiceLogsParams,
    since: Option<Moment>,
}

impl Service {
    /// What the tasks of this service wrote so far, to both outputs, on whichever nodes.
    ///
    /// With [`details`](ServiceLogs::details), lines tell which task on which node wrote them.
    ///
    /// # API version
    ///
    /// Since 1.29.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such service. A node that
    /// cannot be reached, or whose log driver does not give logs, is an error in the stream.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let logs = docker.service("web").logs().details(true).follow(true);
    /// let mut lines = logs.await?.lines();
    /// while let Some(line) = lines.try_next().await? {
    ///     println!("{:?}: {line}", line.details.get("com.docker.swarm.task.id"));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn logs(&self) -> ServiceLogs {
        ServiceLogs {
            service: self.clone(),
            params: ServiceLogsParams {
                stdout: Some(true),
                stderr: Some(true),
                ..Default::default()
            },
            since: None,
        }
    }

    /// Whether what the containers write comes without frames, since they have a terminal.
    async fn has_terminal(&self) -> Result<bool> {
        let spec = self.inspect().await?.spec;
        let container = spec.and_then(|spec| spec.task_template?.container_spec);
        Ok(container
            .and_then(|container| container.tty)
            .unwrap_or_default())
    }
}

/// The setters that [`ServiceLogs`] and [`TaskLogs`](crate::TaskLogs) share.
macro_rules! log_settings {
    ($builder:ty) => {
        impl $builder {
            /// Whether to go on with what is written from now on.
            pub fn follow(mut self, follow: bool) -> Self {
                self.params.follow = Some(follow);
                self
            }

            /// Only the last `lines` that there are of each task.
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

            /// Whether each line begins with the ids of the task, the node and the service, and
            /// with what the log driver was told to note.
            pub fn details(mut self, details: bool) -> Self {
                self.params.details = Some(details);
                self
            }

            /// Whether each line begins with the time when it was written.
            pub fn timestamps(mut self, timestamps: bool) -> Self {
                self.params.timestamps = Some(timestamps);
                self
            }

            /// Only what was written at this time or later.
            pub fn since(mut self, moment: impl Into<Moment>) -> Self {
                self.since = Some(moment.into());
                self
            }
        }
    };
}
pub(crate) use log_settings;

log_settings!(ServiceLogs);

impl ServiceLogs {
    async fn send(mut self) -> Result<LogStream> {
        self.params.since = self.since.map(Moment::to_param);
        let (call, name) = self.service.call("read logs of service")?;
        let docker = &self.service.docker;
        docker.allows(&call, &self.params)?;
        let request = docker.raw().service_logs(name, &self.params);
        let response = operation::answered(&call, request).await?;
        let decoder = decoder(response.headers(), self.service.has_terminal()).await?;
        let body = transport::buffers(&call, response.into_inner());
        let logs = LogStream::new(body, decoder, call);
        Ok(logs.prefixed(self.params.timestamps, self.params.details))
    }
}

awaited!(ServiceLogs => LogStream);
