//! A command that was created in a container, known by its id.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use super::Process;
use crate::answer::{Answer, Result};
use crate::containers::ExitStatus;
use crate::docker::Docker;
use crate::error::Call;
use crate::name;
use crate::operation;
use crate::raw::types::{ExecInspectResponse, ExecStartBody};
use crate::raw::{Client, ExecResizeParams};
use crate::stream::pipes::Pipes;
use crate::terminal::{Owner, Terminal, TerminalSize};

/// The first pause between two questions whether a command has ended, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(500));

/// A command in a container, which the engine calls an exec instance: started, or to be started.
///
/// Engines forget those that have ended after some minutes, or when their container ends.
///
/// See [`Exec::detach`](crate::Exec::detach) for an example.
///
/// # Dropping
///
/// This is an id and not the command itself: dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct ExecInstance {
    docker: Docker,
    id: String,
    /// What errors name, if it is known: people know no ids of execs.
    container: Option<Arc<str>>,
}

impl Docker {
    /// The command with this id, such as [`Exec::detach`](super::Exec::detach) gave or an
    /// inspected container lists.
    ///
    /// Nothing is asked of the engine until something is done with it.
    pub fn exec_instance(&self, id: impl Into<String>) -> ExecInstance {
        ExecInstance {
            docker: self.clone(),
            id: id.into(),
            container: None,
        }
    }
}

impl ExecInstance {
    pub(super) fn created(docker: &Docker, id: String, container: &str) -> Self {
        Self {
            docker: docker.clone(),
            id,
            container: Some(container.into()),
        }
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// All that the engine knows of this command.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such command, or none any more.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let about = docker.exec_instance("5b0f0a…").inspect().await?;
    /// println!("{:?} {:?}", about.running, about.exit_code);
    /// # Ok(()) }
    /// ```
    #[inline]
    pub fn inspect(&self) -> Answer<ExecInspectResponse> {
        let this = self.clone();
        Box::pin(async move {
            let (call, id) = this.call("inspect exec in container")?;
            let request = this.docker.raw().exec_inspect(id);
            operation::document(&call, request).await
        })
    }

    /// Waits until this command was started and has ended, and gives its exit status.
    ///
    /// The engine has to be asked again and again: every half a second, and sooner at first.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such command, or none any more.
    ///
    /// # Dropping
    ///
    /// Dropping the future stops the asking, and nothing else.
    #[inline]
    pub fn wait(&self) -> Answer<ExitStatus> {
        let this = self.clone();
        Box::pin(async move {
            let (mut pause, longest) = PAUSES;
            loop {
                if let Some(code) = exit_code(&this.inspect().await?) {
                    return Ok(ExitStatus::new(code, None));
                }
                tokio::time::sleep(pause).await;
                pause = longest.min(pause * 2);
            }
        })
    }

    /// Starts a command that was [created](super::Exec::create), and leaves it running.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such command. One that has been
    /// started before is an error whose kind differs between engines, and so is one that cannot be
    /// started.
    #[inline]
    pub fn start(&self) -> Answer<()> {
        let this = self.clone();
        Box::pin(async move {
            let (call, id) = this.call("start exec in container")?;
            let body = ExecStartBody {
                detach: Some(true),
                ..Default::default()
            };
            let request = this.docker.raw().exec_start_output(id, &body);
            // It runs. There is no output to read.
            operation::answered(&call, request).await?;
            Ok(())
        })
    }

    /// Tells the command's terminal that it has another size.
    ///
    /// See [`Exec::tty`](crate::Exec::tty) for an example.
    ///
    /// # Errors
    ///
    /// If the command has no terminal, or does not run; which error that is differs between
    /// engines.
    #[inline]
    pub fn resize(&self, size: TerminalSize) -> Answer<()> {
        let this = self.clone();
        Box::pin(async move {
            let (call, id) = this.call("resize exec in container")?;
            let params = ExecResizeParams {
                h: size.rows.into(),
                w: size.columns.into(),
            };
            let request = this.docker.raw().exec_resize(id, &params);
            operation::answered(&call, request).await?;
            Ok(())
        })
    }

    pub(super) async fn connect_pipes(self, input: bool) -> Result<Process> {
        let (call, id) = self.call("exec in container")?;
        let body = ExecStartBody {
            detach: Some(false),
            tty: Some(false),
            ..Default::default()
        };
        let request = |raw: Client| async move { raw.exec_start(id, &body).await };
        let (_, connection) = operation::taken_over(&self.docker, &call, request).await?;
        let pipes = Pipes::new(connection, true, input, call);
        Ok(Process::new(self, pipes))
    }

    pub(super) async fn connect_terminal(self, size: TerminalSize) -> Result<Terminal> {
        let (call, id) = self.call("exec in container")?;
        let body = ExecStartBody {
            detach: Some(false),
            tty: Some(true),
            console_size: size.beforehand(&self.docker),
            ..Default::default()
        };
        let request = |raw: Client| async move { raw.exec_start(id, &body).await };
        let (_, connection) = operation::taken_over(&self.docker, &call, request).await?;
        // Older engines take no size at the start, and Podman takes none at any time. A command
        // that has ended by now needs none.
        let _ = self.resize(size).await;
        let end = self.wait();
        Ok(Terminal::new(
            connection,
            true,
            Owner::Exec(self),
            end,
            call,
        ))
    }

    /// The id to put into a path, and what is attempted.
    fn call(&self, operation: &'static str) -> Result<(Call, &str)> {
        let object = self.container.as_deref().unwrap_or(&self.id);
        let call = self.docker.call(operation).on(object);
        match name::checked("an exec", &self.id) {
            Ok(id) => Ok((call, id)),
            Err(error) => Err(error.during(&call)),
        }
    }
}

impl PartialEq for ExecInstance {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for ExecInstance {}

impl Hash for ExecInstance {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// The exit code of a command that has ended.
fn exit_code(about: &ExecInspectResponse) -> Option<i64> {
    let code = about.exit_code?;
    // Podman calls the exit code of a command 0 until it has another, and lets go of it only when
    // it has ended. Docker gives none before the end.
    let not_started = (code, about.pid, about.can_remove) == (0, Some(0), Some(false));
    (about.running != Some(true) && !not_started).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(running: bool, code: Option<i64>, pid: i64, can_remove: bool) -> ExecInspectResponse {
        ExecInspectResponse {
            running: Some(running),
            exit_code: code,
            pid: Some(pid),
            can_remove: Some(can_remove),
            ..Default::default()
        }
    }

    #[test]
    fn only_what_has_ended_has_an_exit_code() {
        // Docker: created, running, ended, impossible to start.
        assert_eq!(exit_code(&about(false, None, 0, false)), None);
        assert_eq!(exit_code(&about(true, None, 614, false)), None);
        assert_eq!(exit_code(&about(false, Some(0), 614, false)), Some(0));
        assert_eq!(exit_code(&about(false, Some(126), 0, false)), Some(126));
        // Podman: the same.
        assert_eq!(exit_code(&about(false, Some(0), 0, false)), None);
        assert_eq!(exit_code(&about(true, Some(0), 113, false)), None);
        assert_eq!(exit_code(&about(false, Some(0), 0, true)), Some(0));
        assert_eq!(exit_code(&about(false, Some(127), 0, true)), Some(127));
    }
}
