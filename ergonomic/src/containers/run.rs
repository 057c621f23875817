//! `docker run`: create, pull the image if it is missing, connect, start.

use std::fmt;

use bytes::Bytes;

use super::attach::Connected;
use super::output::{MAX_OUTPUT, past_max_output};
use super::settings::{Settings, settings};
use super::{Attached, Container, Containers, Output, WaitCondition};
use crate::answer::{Answer, Result, awaited};
use crate::gate;
use crate::images::PullPolicy;
use crate::terminal::{Terminal, TerminalSize};

/// A container to run; await it to start it and leave it running, or end with another verb.
///
/// See [`Containers::run`] for an example.
#[derive(Clone)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Run {
    settings: Settings,
    stdin: Option<Bytes>,
    max_output: usize,
}

impl Containers {
    /// Runs a command in a new container. An image that the engine does not have is pulled, unless
    /// [`pull`](Run::pull) says otherwise.
    ///
    /// | end with | to |
    /// |---|---|
    /// | `.await` | start it, leave it running, and have the [`Container`] |
    /// | [`.output().await`](Run::output) | wait for its end, and have all that it wrote |
    /// | [`.stream().await`](Run::stream) | have what it writes as it writes it |
    /// | [`.attach().await`](Run::attach) | have that, and its input to write to |
    /// | [`.tty(size).await`](Run::tty) | have its terminal |
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such image anywhere, and
    /// [`is_conflict`](crate::Error::is_conflict) if the name is taken and
    /// [`replace`](Run::replace) is not set. A container that cannot be started is removed again.
    /// From its creation on, every error [knows the container](crate::Error::container).
    ///
    /// # Dropping
    ///
    /// Dropping the future stops what has not been sent yet: a container may have been created,
    /// or started, by then.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let web = docker.containers().run("nginx:1.27").name("web").publish(8080, 80).await?;
    /// let out = docker.containers().run("alpine").cmd(["uname", "-r"]).auto_remove().output().await?;
    /// println!("{}: {}", out.status, out.stdout_text());
    /// # Ok(()) }
    /// ```
    pub fn run(&self, image: impl Into<String>) -> Run {
        Run {
            settings: Settings::new(self.docker.clone(), image.into(), PullPolicy::Missing),
            stdin: None,
            max_output: MAX_OUTPUT,
        }
    }
}

settings!(Run);

impl Run {
    /// What the container reads from standard input; then its input ends.
    ///
    /// Someone has to stay connected to give it: [`output`](Run::output) or
    /// [`stream`](Run::stream).
    pub fn stdin(mut self, input: impl Into<Bytes>) -> Self {
        self.stdin = Some(input.into());
        self
    }

    /// The keys that end the connection to the container's [terminal](Run::tty) and let it go on,
    /// such as `ctrl-x,x`; `ctrl-p,ctrl-q` if not set.
    pub fn detach_keys(mut self, keys: impl Into<String>) -> Self {
        self.settings.detach_keys = Some(keys.into());
        self
    }

    /// How much output [`output`](Run::output) keeps before it is an error; 256 MiB if not set.
    pub fn max_output(mut self, bytes: usize) -> Self {
        self.max_output = bytes;
        self
    }

    /// Runs the container to its end, and gives all that it wrote and its exit status.
    ///
    /// # Errors
    ///
    /// As for [`run`](Containers::run), and [`is_too_large`](crate::Error::is_too_large) if it
    /// writes more than [`max_output`](Run::max_output). An exit status other than zero is a
    /// value.
    ///
    /// # Dropping
    ///
    /// As for [`run`](Containers::run): a container that was started goes on.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let sorted = docker.containers().run("busybox").cmd(["sort"]).stdin("b\na\n").output().await?;
    /// assert_eq!(sorted.stdout_text(), "a\nb\n");
    /// # Ok(()) }
    /// ```
    pub async fn output(self) -> Result<Output> {
        let limit = self.max_output;
        let attached = self.stream().await?;
        let id = attached.container().name_or_id().to_owned();
        let output = attached.collect(limit).await;
        output.map_err(|error| past_max_output(error).leaving(&id))
    }

    /// Runs the container, and gives what it writes as it writes it.
    ///
    /// # Errors
    ///
    /// As for [`run`](Containers::run).
    pub async fn stream(mut self) -> Result<Attached> {
        let input = self.stdin.take();
        if input.is_some() {
            self.settings.open_stdin();
        }
        let mut attached = run_attached(self.settings).await?.into_pipes();
        if let Some(input) = input {
            attached.feed(input);
        }
        Ok(attached)
    }

    /// Runs the container, and gives what it writes and its input to write to.
    ///
    /// # Errors
    ///
    /// As for [`run`](Containers::run).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use tokio::io::AsyncWriteExt;
    ///
    /// # async fn example(docker: dockwright::Docker) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut cat = docker.containers().run("busybox").cmd(["cat"]).auto_remove().attach().await?;
    /// if let Some(mut stdin) = cat.take_stdin() {
    ///     stdin.write_all(b"hello").await?;
    ///     stdin.close().await?;
    /// }
    /// println!("{}", cat.output().await?.stdout_text());
    /// # Ok(()) }
    /// ```
    pub async fn attach(mut self) -> Result<Attached> {
        self.settings.open_stdin();
        let mut attached = run_attached(self.settings).await?.into_pipes();
        if let Some(input) = self.stdin {
            attached.feed(input);
        }
        Ok(attached)
    }

    /// Runs the container in a terminal of this size, as `docker run -it` does.
    ///
    /// # Errors
    ///
    /// As for [`run`](Containers::run), and [`is_invalid_input`](crate::Error::is_invalid_input)
    /// if input was [given](Run::stdin): what a terminal is given has no end.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use tokio::io::AsyncWriteExt;
    ///
    /// # async fn example(docker: dockwright::Docker) -> Result<(), Box<dyn std::error::Error>> {
    /// let shell = docker.containers().run("alpine").cmd(["sh"]).auto_remove();
    /// let mut shell = shell.tty(Default::default()).await?;
    /// shell.write_all(b"exit 3\n").await?;
    /// assert_eq!(shell.wait().await?.code(), 3);
    /// # Ok(()) }
    /// ```
    pub async fn tty(mut self, size: TerminalSize) -> Result<Terminal> {
        if self.stdin.is_some() {
            let reason = "input that is given beforehand has no end in a terminal";
            let error = self.settings.refuse(reason);
            return Err(error.advising("write it to the terminal"));
        }
        self.settings.open_stdin();
        self.settings.body.tty = Some(true);
        self.settings.host().console_size = size.beforehand(self.settings.docker());
        let connected = run_attached(self.settings).await?;
        // Older engines take no size at the start, and Podman takes none at any time. A container
        // that has ended by now needs none.
        let _ = connected.container().resize(size).await;
        Ok(connected.into_terminal())
    }

    async fn send(self) -> Result<Container> {
        if self.stdin.is_some() {
            // An engine drops what it has not passed on when the connection closes.
            return Err(self
                .settings
                .refuse("nobody stays to give it its input")
                .advising("end with `output`, `stream` or `attach`, not with a bare `.await`"));
        }
        let container = self.settings.create().await?;
        match container.start().await {
            Ok(_) => Ok(container),
            Err(error) => Err(container.discarded(error).await),
        }
    }
}

awaited!(Run => Container);

/// Creates the container, connects to it, and only then starts it, so that neither output nor end
/// is missed however short its life.
async fn run_attached(mut settings: Settings) -> Result<Connected> {
    let removes_itself = settings.removes_itself();
    // Engines that tell of an end only to those who ask after the start must not remove the
    // container before they are asked.
    if removes_itself && !settings.docker().has(gate::WAIT_CONDITION) {
        settings.host().auto_remove = Some(false);
    }
    let container = settings.create().await?;
    match start_attached(&settings, &container, removes_itself).await {
        Ok(connected) => Ok(connected),
        Err(error) => Err(container.discarded(error).await),
    }
}

async fn start_attached(
    settings: &Settings,
    container: &Container,
    removes_itself: bool,
) -> Result<Connected> {
    let stdin = settings.body.open_stdin == Some(true);
    let terminal = settings.body.tty == Some(true);
    let mut attach = container.attach().stdin(stdin);
    if let Some(keys) = &settings.detach_keys {
        attach = attach.detach_keys(keys);
    }
    let mut connected = attach.connect(terminal).await?;
    if settings.docker().has(gate::WAIT_CONDITION) {
        let condition = match removes_itself {
            true => WaitCondition::Removed,
            false => WaitCondition::NextExit,
        };
        let end = container.wait().condition(condition).registered().await?;
        container.start().await?;
        connected.end = end.into_future();
    } else {
        container.start().await?;
        let container = container.clone();
        let end: Answer<_> = Box::pin(async move {
            let status = container.wait().await?;
            if removes_itself {
                container.remove().volumes(true).await?;
            }
            Ok(status)
        });
        connected.end = end;
    }
    Ok(connected)
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("settings", &self.settings)
            .field("max_output", &self.max_output)
            .finish_non_exhaustive()
    }
}
