//! Being connected to a container while it runs: its input, its output, its end.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::TryStreamExt;
use tokio::io::AsyncWriteExt;

use super::output::Collector;
use super::{Container, ExitStatus, Output, WaitCondition};
use crate::answer::{Answer, Result, awaited};
use crate::gate;
use crate::operation;
use crate::raw::ContainerAttachParams;
use crate::stream::frames::{Chunks, Decoder};
use crate::stream::hijack::{self, Incoming};
use crate::stream::logs::is_multiplexed;
use crate::stream::{Chunk, Stdin};

/// How much output [`Attached::output`] keeps.
pub(crate) const MAX_OUTPUT: usize = 256 * 1024 * 1024;

/// A request to be connected to a container; await it for the connection.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Attach {
    container: Container,
    params: ContainerAttachParams,
}

impl Container {
    /// Connects to this container: its input if it has one open, and what it writes from now on.
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

    async fn send(mut self) -> Result<Attached> {
        let container = self.container.clone();
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
        let mut attached = self.connect(config.tty == Some(true)).await?;
        if let Some(end) = end {
            attached.ending(end.into_future());
        }
        Ok(attached)
    }

    /// Connects to a container of which it is known whether it has a terminal.
    pub(crate) async fn connect(self, terminal: bool) -> Result<Attached> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("attach to container")?;
        let request = docker.raw().container_attach(name, &self.params);
        let response = operation::answered(docker, &call, request).await?;
        let framed = is_multiplexed(response.headers()) || !terminal;
        let input = self.params.stdin == Some(true);
        let (incoming, stdin) = hijack::halves(response.into_inner(), input, &call);
        Ok(Attached {
            chunks: Chunks::new(incoming, Decoder::new(framed), call),
            stdin: input.then_some(stdin),
            feed: None,
            end: self.container.wait().into_future(),
            container: self.container,
        })
    }
}

awaited!(Attach => Attached);

/// A connection to a container: a [`Stream`] of what it writes, its input, and its end.
///
/// # Dropping
///
/// Dropping it closes the connection. The container goes on; input that it has not read yet may be
/// lost to it.
#[must_use = "the output is read as this is polled"]
pub struct Attached {
    container: Container,
    chunks: Chunks<Incoming>,
    stdin: Option<Stdin>,
    /// Writes input that was given beforehand, while output is read.
    feed: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
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
        self.stdin.take()
    }

    /// The next piece of output, or `None` at its end.
    ///
    /// # Errors
    ///
    /// If the connection is lost, and if what comes is not what the protocol says; the stream is
    /// at its end then.
    pub async fn try_next(&mut self) -> Result<Option<Chunk>> {
        TryStreamExt::try_next(self).await
    }

    /// Waits for the container's end. Output that comes until then is dropped, and so is the
    /// input if it was not taken.
    ///
    /// # Errors
    ///
    /// As for [`try_next`](Attached::try_next) and [`Container::wait`].
    pub async fn wait(mut self) -> Result<ExitStatus> {
        self.close_stdin().await;
        while self.try_next().await?.is_some() {}
        self.end.await
    }

    /// Waits for the container's end, and gives all that it writes until then.
    ///
    /// # Errors
    ///
    /// As for [`wait`](Attached::wait), and with [`ErrorKind::TooLarge`](crate::ErrorKind) if the
    /// output does not fit into memory reasonably (256 MiB).
    pub async fn output(self) -> Result<Output> {
        self.collect(MAX_OUTPUT).await
    }

    pub(crate) async fn collect(mut self, limit: usize) -> Result<Output> {
        self.close_stdin().await;
        let mut collector = Collector::new(limit);
        while let Some(chunk) = self.try_next().await? {
            let (call, _) = self.container.call("collect output of container")?;
            collector.add(&chunk).map_err(|error| error.during(&call))?;
        }
        Ok(collector.finish(self.end.await?))
    }

    /// Input that nobody can write any more is at its end.
    async fn close_stdin(&mut self) {
        if let Some(stdin) = self.stdin.take() {
            // A container that has ended needs no end of input.
            let _ = stdin.close().await;
        }
    }

    /// Gives `input` to the container, and then the end of input, while output is read.
    pub(crate) fn feed(&mut self, input: Bytes) {
        let Some(mut stdin) = self.stdin.take() else {
            return;
        };
        self.feed = Some(Box::pin(async move {
            // A container may end, or close its input, before it has read all; as in a shell's
            // pipe that is its own affair, and its exit status tells.
            if stdin.write_all(&input).await.is_ok() {
                let _ = stdin.close().await;
            }
        }));
    }

    /// Takes the exit status from a wait that was begun before the end could come.
    pub(crate) fn ending(&mut self, end: Answer<ExitStatus>) {
        self.end = end;
    }
}

impl Stream for Attached {
    type Item = Result<Chunk>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(feed) = &mut self.feed
            && feed.as_mut().poll(cx).is_ready()
        {
            self.feed = None;
        }
        Pin::new(&mut self.chunks).poll_next(cx)
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attached")
            .field("container", &self.container.name_or_id())
            .finish_non_exhaustive()
    }
}
