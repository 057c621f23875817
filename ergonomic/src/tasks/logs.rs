//! `docker service logs`, of one task.

use super::Task;
use crate::answer::{Result, awaited};
use crate::moment::Moment;
use crate::operation;
use crate::raw::TaskLogsParams;
use crate::services::log_settings;
use crate::stream::LogStream;
use crate::stream::logs::decoder;
use crate::transport;

/// A request for the logs of a task; await it for the stream of them.
///
/// See [`Task::logs`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct TaskLogs {
    task: Task,
    params: TaskLogsParams,
    since: Option<Moment>,
}

impl Task {
    /// What this task wrote so far, to both outputs, on whichever node.
    ///
    /// # API version
    ///
    /// Since 1.29.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such task. A node that cannot
    /// be reached, or whose log driver does not give logs, is an error in the stream.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let mut logs = docker.task("0kb5v8s1qx").logs().tail(100).await?;
    /// while let Some(chunk) = logs.try_next().await? {
    ///     print!("{chunk}");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn logs(&self) -> TaskLogs {
        TaskLogs {
            task: self.clone(),
            params: TaskLogsParams {
                stdout: Some(true),
                stderr: Some(true),
                ..Default::default()
            },
            since: None,
        }
    }

    /// Whether what the container writes comes without frames, since it has a terminal.
    async fn has_terminal(&self) -> Result<bool> {
        let container = self
            .inspect()
            .await?
            .spec
            .and_then(|spec| spec.container_spec);
        Ok(container
            .and_then(|container| container.tty)
            .unwrap_or_default())
    }
}

log_settings!(TaskLogs);

impl TaskLogs {
    async fn send(mut self) -> Result<LogStream> {
        self.params.since = self.since.map(Moment::to_param);
        let (call, id) = self.task.call("read logs of task")?;
        let docker = &self.task.docker;
        docker.allows(&call, &self.params)?;
        let request = docker.raw().task_logs(id, &self.params);
        let response = operation::answered(&call, request).await?;
        let decoder = decoder(response.headers(), self.task.has_terminal()).await?;
        let body = transport::buffers(&call, response.into_inner());
        let logs = LogStream::new(body, decoder, call);
        Ok(logs.prefixed(self.params.timestamps, self.params.details))
    }
}

awaited!(TaskLogs => LogStream);
