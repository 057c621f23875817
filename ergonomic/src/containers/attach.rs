//! Being connected to a container while it runs: its input, its output, its end.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use super::output::MAX_OUTPUT;
use super::{Container, ExitStatus, Output, WaitCondition, Waiting};
use crate::answer::{Answer, Result, awaited};
use crate::error::{Call, Error};
use crate::gate;
use crate::operation;
use crate::raw::{Client, ContainerAttachParams, ContainerResizeParams};
use crate::stream::hijack::Connection;
use crate::stream::logs::is_multiplexed;
use crate::stream::pipes::Pipes;
use crate::stream::{Chunk, OutputStream, Stdin};
use crate::terminal::{Owner, Terminal, TerminalSize};

/// A request to be connected to a container; await it for the connection.
///
/// See [`Container::attach`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Attach {
    pub(super) container: Container,
    pub(super) params: ContainerAttachParams,
}

impl Container {
    /// Connects to this container: its input if it has one open, and what it writes from now on.
    ///
    /// | end with | to |
    /// |---|---|
    /// | `.await` | have its pipes |
    /// | [`.tty(size).await`](Attach::tty) | have its terminal, if it has one |
    #[cfg_attr(
        feature = "websocket",
        doc = "| [`.websocket().await`](Attach::websocket) | have both by a WebSocket |"
    )]
    ///
    /// A container can be attached to before it starts; then nothing that it writes is missed.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container, and
    /// [`is_conflict`](crate::Error::is_conflict) if it is paused.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let mut shell = docker.container("web").attach().await?;
    /// while let Some(chunk) = shell.try_next().await? {
    ///     print!("{chunk}");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn attach(&self) -> Attach {
        Attach {
            container: self.clone(),
            params: ContainerAttachParams {
                stream: Some(true),
                stdin: Some(true),
                stdout: Some(true),
                stderr: Some(true),
                ..Default::default()
            },
        }
    }
}

impl Attach {
    /// Whether to have its input; `true` if not set.
    pub fn stdin(mut self, stdin: bool) -> Self {
        self.params.stdin = Some(stdin);
        self
    }

    /// Whether to have its standard output; `true` if not set.
    pub fn stdout(mut self, stdout: bool) -> Self {
        self.params.stdout = Some(stdout);
        self
    }

    /// Whether to have its standard error; `true` if not set.
    pub fn stderr(mut self, stderr: bool) -> Self {
        self.params.stderr = Some(stderr);
        self
    }

    /// Whether to begin with what it wrote before.
    pub fn logs(mut self, logs: bool) -> Self {
        self.params.logs = Some(logs);
        self
    }

    /// The keys that end the connection to a terminal and let the container go on, such as
    /// `ctrl-x,x`; `ctrl-p,ctrl-q` if not set.
    pub fn detach_keys(mut self, keys: impl Into<String>) -> Self {
        self.params.detach_keys = Some(keys.into());
        self
    }

    /// Connects to the container's terminal, and gives it this size if the container runs.
    ///
    /// # Errors
    ///
    /// As for [`attach`](Container::attach), and [`is_invalid_input`](Error::is_invalid_input) if
    /// the container has no terminal.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use tokio::io::AsyncWriteExt;
    ///
    /// # async fn example(docker: dockwright::Docker) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut shell = docker.container("shell").attach().tty(Default::default()).await?;
    /// shell.write_all(b"exit\n").await?;
    /// println!("{}", shell.output().await?.stdout_text());
    /// # Ok(()) }
    /// ```
    pub async fn tty(self, size: TerminalSize) -> Result<Terminal> {
        let container = self.container.clone();
        let connected = self.begin(true).await?;
        // One that does not run yet has no terminal yet.
        let _ = container.resize(size).await;
        Ok(connected.into_terminal())
    }

    async fn send(self) -> Result<Attached> {
        Ok(self.begin(false).await?.into_pipes())
    }

    async fn begin(mut self, wants_terminal: bool) -> Result<Connected> {
        let ready = self.prepare().await?;
        if wants_terminal && !ready.terminal {
            let (call, _) = self.container.call("attach to container")?;
            let error = Error::invalid("the container has no terminal");
            let advice = "await the attach without a size";
            return Err(error.advising(advice).during(&call));
        }
        let mut connected = self.connect(ready.terminal).await?;
        connected.ending(ready.end);
        Ok(connected)
    }

    /// Finds out what has to be known before a container is attached to.
    pub(super) async fn prepare(&mut self) -> Result<Ready> {
        let container = &self.container;
        let about = container.inspect().await?;
        let config = about.config.unwrap_or_default();
        if config.open_stdin != Some(true) {
            self.params.stdin = Some(false);
        }
        // Once the container has removed itself, nobody can ask how it ended.
        let removes = about.host_config.and_then(|host| host.auto_remove) == Some(true);
        let end = if removes && container.docker().has(gate::WAIT_CONDITION) {
            let wait = container.wait().condition(WaitCondition::Removed);
            Some(wait.registered().await?)
        } else {
            None
        };
        Ok(Ready {
            terminal: config.tty == Some(true),
            end,
        })
    }

    /// Connects to a container of which it is known whether it has a terminal.
    pub(crate) async fn connect(self, terminal: bool) -> Result<Connected> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("attach to container")?;
        let params = &self.params;
        let request = |raw: Client| async move { raw.container_attach(name, params).await };
        let (headers, connection) = operation::taken_over(docker, &call, request).await?;
        let framed = is_multiplexed(&headers) || !terminal;
        let input = self.params.stdin == Some(true);
        let connected = Connected::new(self.container, connection, input, call);
        Ok(Connected {
            framed,
            ..connected
        })
    }
}

awaited!(Attach => Attached);

impl Container {
    /// Gives the container's terminal another size, of which its process is told.
    ///
    /// See [`Attach::tty`] for an example.
    ///
    /// # Errors
    ///
    /// If the container has no terminal, or does not run; which error that is differs between
    /// engines.
    #[inline]
    pub fn resize(&self, size: TerminalSize) -> Answer<()> {
        let this = self.clone();
        Box::pin(async move {
            let (call, name) = this.call("resize container")?;
            let params = ContainerResizeParams {
                h: size.rows.into(),
                w: size.columns.into(),
            };
            let docker = this.docker();
            let request = docker.raw().container_resize(name, &params);
            operation::answered(&call, request).await?;
            Ok(())
        })
    }
}

/// What is known of a container before it is attached to.
pub(super) struct Ready {
    terminal: bool,
    /// A wait that was begun before the end could come.
    pub(super) end: Option<Waiting>,
}

/// A connection to a container, before it is told what it is: pipes or a terminal.
pub(crate) struct Connected {
    container: Container,
    connection: Connection,
    framed: bool,
    input: bool,
    pub(crate) end: Answer<ExitStatus>,
    call: Call,
}

impl Connected {
    pub(super) fn new(
        container: Container,
        connection: Connection,
        input: bool,
        call: Call,
    ) -> Self {
        Self {
            end: container.wait().into_future(),
            container,
            connection,
            framed: false,
            input,
            call,
        }
    }

    /// Takes the exit status from a wait that was begun before, if there is one.
    pub(super) fn ending(&mut self, end: Option<Waiting>) {
        if let Some(end) = end {
            self.end = end.into_future();
        }
    }

    pub(crate) fn container(&self) -> &Container {
        &self.container
    }

    pub(crate) fn into_pipes(self) -> Attached {
        Attached {
            pipes: Pipes::new(self.connection, self.framed, self.input, self.call),
            end: self.end,
            container: self.container,
        }
    }

    pub(crate) fn into_terminal(self) -> Terminal {
        let owner = Owner::Container(self.container);
        Terminal::new(self.connection, self.input, owner, self.end, self.call)
    }
}

/// A connection to a container: a [`Stream`] of what it writes, its input, and its end.
///
/// What a container with a terminal writes comes here too, if the attach was awaited without
/// [`tty`](Attach::tty).
///
/// # Dropping
///
/// Dropping it closes the connection, with its input if that was not taken. The container goes on;
/// input that it has not read yet may be lost to it.
#[must_use = "the output is read as this is polled"]
pub struct Attached {
    container: Container,
    pipes: Pipes,
    end: Answer<ExitStatus>,
}

impl Attached {
    /// The container.
    pub fn container(&self) -> &Container {
        &self.container
    }

    /// The container's input, once, if it has one open. It may move to another task: write there
    /// and read here, since a container that cannot write may stop to read.
    pub fn take_stdin(&mut self) -> Option<Stdin> {
        self.pipes.take_stdin()
    }

    /// Standard output and standard error apart, once; nothing more comes here then.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let mut web = docker.container("web").attach().await?;
    /// if let Some((mut stdout, mut stderr)) = web.take_outputs() {
    ///     let errors = tokio::spawn(async move {
    ///         while let Ok(Some(bytes)) = stderr.try_next().await {
    ///             eprint!("{}", String::from_utf8_lossy(&bytes));
    ///         }
    ///     });
    ///     while let Some(bytes) = stdout.try_next().await? {
    ///         print!("{}", String::from_utf8_lossy(&bytes));
    ///     }
    ///     errors.await.ok();
    /// }
    /// println!("{}", web.wait().await?);
    /// # Ok(()) }
    /// ```
    pub fn take_outputs(&mut self) -> Option<(OutputStream, OutputStream)> {
        self.pipes.take_outputs()
    }

    /// The next piece of output, or `None` at its end.
    ///
    /// # Errors
    ///
    /// If the connection is lost, and if what comes is not what the protocol says; the stream is
    /// at its end then.
    pub async fn try_next(&mut self) -> Result<Option<Chunk>> {
        self.pipes.try_next().await
    }

    /// Waits for the container's end. Output that comes until then is dropped if it was not taken,
    /// and the input is closed if it was not taken.
    ///
    /// # Errors
    ///
    /// As for [`try_next`](Attached::try_next) and [`Container::wait`].
    pub async fn wait(mut self) -> Result<ExitStatus> {
        self.pipes.drain().await?;
        self.end.await
    }

    /// Waits for the container's end, and gives all that it writes until then.
    ///
    /// # Errors
    ///
    /// As for [`wait`](Attached::wait), and [`is_too_large`](crate::Error::is_too_large) if the
    /// output does not fit into memory reasonably (256 MiB).
    pub async fn output(self) -> Result<Output> {
        self.collect(MAX_OUTPUT).await
    }

    pub(crate) async fn collect(mut self, limit: usize) -> Result<Output> {
        let collected = self.pipes.collect(limit).await?;
        Ok(collected.finish(self.end.await?))
    }

    pub(crate) fn feed(&mut self, input: Bytes) {
        self.pipes.feed(input);
    }
}

impl Stream for Attached {
    type Item = Result<Chunk>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.pipes).poll_next(cx)
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attached")
            .field("container", &self.container.name_or_id())
            .finish_non_exhaustive()
    }
}
