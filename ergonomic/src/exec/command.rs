//! A command for a container, and the ways to run it.

use std::fmt;

use bytes::Bytes;

use super::{ExecInstance, Process};
use crate::answer::{Answer, Result};
use crate::containers::{Container, MAX_OUTPUT, Output, past_max_output};
use crate::error::Error;
use crate::operation;
use crate::raw::types::ContainerExecBody;
use crate::terminal::{Terminal, TerminalSize};

/// A command to run in a container; await it for its output, or end with another verb. What it is
/// given may be secret, and does not show in `Debug`.
///
/// See [`Container::exec`] for an example.
#[derive(Clone)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Exec {
    container: Container,
    body: ContainerExecBody,
    stdin: Option<Bytes>,
    max_output: usize,
}

impl Container {
    /// Runs a command in this container, which has to run already.
    ///
    /// | end with | to |
    /// |---|---|
    /// | `.await` or [`.output().await`](Exec::output) | wait for its end, and have all that it wrote |
    /// | [`.spawn().await`](Exec::spawn) | have its three pipes while it runs |
    /// | [`.tty(size).await`](Exec::tty) | have its terminal while it runs |
    /// | [`.detach().await`](Exec::detach) | leave it running |
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such container, and
    /// [`is_conflict`](Error::is_conflict) if it is paused or, but for Podman, does not run.
    ///
    /// A command that cannot be started is no error: it ends with exit code 126 or 127, and what
    /// the engine has to say is in its output. A user that the container does not have is that
    /// too, or an error; engines differ.
    ///
    /// # Dropping
    ///
    /// Dropping the future stops what has not been sent yet: the command may run by then, and it
    /// goes on.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let tested = docker.container("web").exec(["nginx", "-t"]).user("root").await?;
    /// println!("{}: {}", tested.status, tested.stderr_text());
    /// # Ok(()) }
    /// ```
    pub fn exec<S: Into<String>>(&self, cmd: impl IntoIterator<Item = S>) -> Exec {
        Exec {
            container: self.clone(),
            body: ContainerExecBody {
                cmd: cmd.into_iter().map(Into::into).collect(),
                attach_stdout: Some(true),
                attach_stderr: Some(true),
                ..Default::default()
            },
            stdin: None,
            max_output: MAX_OUTPUT,
        }
    }
}

impl Exec {
    /// The user, as `name`, `uid` or `uid:gid`; that of the container, if not set.
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.body.user = Some(user.into());
        self
    }

    /// The folder that the command begins in; that of the container, if not set.
    ///
    /// # API version
    ///
    /// Since 1.35.
    pub fn workdir(mut self, path: impl Into<String>) -> Self {
        self.body.working_dir = Some(path.into());
        self
    }

    /// A variable of the environment, besides those of the container.
    pub fn env(mut self, key: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let entry = format!("{}={}", key.as_ref(), value.as_ref());
        self.body.env.push(entry);
        self
    }

    /// Lets the command do what the engine's host may do.
    pub fn privileged(mut self) -> Self {
        self.body.privileged = Some(true);
        self
    }

    /// The keys that end the connection to a terminal and let the command go on, such as
    /// `ctrl-x,x`; `ctrl-p,ctrl-q` if not set.
    pub fn detach_keys(mut self, keys: impl Into<String>) -> Self {
        self.body.detach_keys = Some(keys.into());
        self
    }

    /// What the command reads from standard input; then its input ends.
    pub fn stdin(mut self, input: impl Into<Bytes>) -> Self {
        self.stdin = Some(input.into());
        self
    }

    /// How much output [`output`](Exec::output) keeps before it is an error; 256 MiB if not set.
    pub fn max_output(mut self, bytes: usize) -> Self {
        self.max_output = bytes;
        self
    }

    /// Changes whatever else the engine can be asked for, in the terms of the API.
    pub fn body(mut self, edit: impl FnOnce(&mut ContainerExecBody)) -> Self {
        edit(&mut self.body);
        self
    }

    /// Runs the command to its end, and gives all that it wrote and its exit status. This is what
    /// a bare `.await` does.
    ///
    /// # Errors
    ///
    /// As for [`exec`](Container::exec), and [`is_too_large`](crate::Error::is_too_large) if it
    /// writes more than [`max_output`](Exec::max_output). An exit status other than zero is a
    /// value.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let web = docker.container("web");
    /// let sorted = web.exec(["sort"]).stdin("b\na\n").output().await?;
    /// assert_eq!(sorted.stdout_text(), "a\nb\n");
    /// # Ok(()) }
    /// ```
    pub async fn output(self) -> Result<Output> {
        let input = self.stdin.is_some();
        let limit = self.max_output;
        let output = self.start(input).await?.collect(limit).await;
        output.map_err(past_max_output)
    }

    /// Runs the command, and gives its three pipes: its input to write to, unless that was
    /// [given](Exec::stdin) beforehand, and what it writes as it writes it.
    ///
    /// # Errors
    ///
    /// As for [`exec`](Container::exec).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use tokio::io::AsyncWriteExt;
    ///
    /// # async fn example(docker: dockwright::Docker) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut cat = docker.container("web").exec(["cat"]).spawn().await?;
    /// if let Some(mut stdin) = cat.take_stdin() {
    ///     stdin.write_all(b"hello").await?;
    ///     stdin.close().await?;
    /// }
    /// println!("{}", cat.output().await?.stdout_text());
    /// # Ok(()) }
    /// ```
    pub async fn spawn(self) -> Result<Process> {
        self.start(true).await
    }

    /// Runs the command in a terminal of this size, as `docker exec -it` does.
    ///
    /// # Errors
    ///
    /// As for [`exec`](Container::exec), and [`is_invalid_input`](Error::is_invalid_input) if
    /// input was [given](Exec::stdin): what a terminal is given has no end.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use dockwright::TerminalSize;
    /// use tokio::io::{AsyncReadExt, AsyncWriteExt};
    ///
    /// # async fn example(docker: dockwright::Docker) -> Result<(), Box<dyn std::error::Error>> {
    /// let size = TerminalSize { rows: 50, columns: 132 };
    /// let mut shell = docker.container("web").exec(["sh"]).tty(size).await?;
    /// shell.write_all(b"stty size; exit\n").await?;
    /// let mut shown = String::new();
    /// shell.read_to_string(&mut shown).await?;
    /// assert!(shown.contains("50 132"));
    /// # Ok(()) }
    /// ```
    pub async fn tty(mut self, size: TerminalSize) -> Result<Terminal> {
        if self.stdin.is_some() {
            let (call, _) = self.container.call("exec in container")?;
            let error = Error::invalid("input that is given beforehand has no end in a terminal");
            return Err(error.advising("write it to the terminal").during(&call));
        }
        self.body.tty = Some(true);
        self.body.console_size = size.beforehand(self.container.docker());
        self.body.attach_stdin = Some(true);
        self.create().await?.connect_terminal(size).await
    }

    /// Starts the command and leaves it running. Nobody reads what it writes.
    ///
    /// # Errors
    ///
    /// As for [`exec`](Container::exec), but a command that cannot be started is an error too; and
    /// [`is_invalid_input`](Error::is_invalid_input) if input was [given](Exec::stdin).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let reload = docker.container("web").exec(["nginx", "-s", "reload"]).detach().await?;
    /// assert!(reload.wait().await?.success());
    /// # Ok(()) }
    /// ```
    pub async fn detach(mut self) -> Result<ExecInstance> {
        if self.stdin.is_some() {
            let (call, _) = self.container.call("exec in container")?;
            let error = Error::invalid("nobody stays to give it its input");
            return Err(error.advising("end with `output` or `spawn`").during(&call));
        }
        self.body.attach_stdout = None;
        self.body.attach_stderr = None;
        let exec = self.create().await?;
        exec.start().await?;
        Ok(exec)
    }

    /// Makes the command ready to be started, which the engine calls an exec instance.
    ///
    /// # Errors
    ///
    /// As for [`exec`](Container::exec), as far as they are not found at its start.
    pub async fn create(self) -> Result<ExecInstance> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("exec in container")?;
        if self.body.cmd.is_empty() {
            return Err(Error::invalid("there is no command to run").during(&call));
        }
        docker.allows_body(&call, &self.body)?;
        let request = docker.raw().container_exec(name, &self.body);
        let created = operation::document(&call, request).await?;
        match created.id.filter(|id| !id.is_empty()) {
            Some(id) => Ok(ExecInstance::created(docker, id, name)),
            None => Err(Error::decode("the engine gave no id").during(&call)),
        }
    }

    async fn start(mut self, input: bool) -> Result<Process> {
        self.body.attach_stdin = Some(input);
        let given = self.stdin.take();
        let mut process = self.create().await?.connect_pipes(input).await?;
        if let Some(given) = given {
            process.feed(given);
        }
        Ok(process)
    }
}

impl IntoFuture for Exec {
    type Output = Result<Output>;
    type IntoFuture = Answer<Output>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.output())
    }
}

impl fmt::Debug for Exec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exec")
            .field("container", &self.container.name_or_id())
            .finish_non_exhaustive()
    }
}
