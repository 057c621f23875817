//! The terminal of a process in a container, from outside.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::time::timeout;

use crate::answer::{Answer, Result};
use crate::containers::{Collector, Container, ExitStatus, MAX_OUTPUT, Output};
use crate::docker::Docker;
use crate::error::{Call, Error, ErrorKind};
use crate::exec::ExecInstance;
use crate::stream::hijack::{self, Connection, Incoming, broken};
use crate::stream::{Chunk, Stdin};
use crate::version::ApiVersion;

/// How long after the end of its output a process may be about to end.
const ENDING: Duration = Duration::from_secs(3);
/// The first API version in which a terminal has a size from its start.
const CONSOLE_SIZE: ApiVersion = ApiVersion::new(1, 42);
/// How much is asked for in one read.
const READ: usize = 16 * 1024;

/// The size of a terminal, in characters.
///
/// See [`Exec::tty`](crate::Exec::tty) for an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TerminalSize {
    /// How many lines there are.
    pub rows: u16,
    /// How many characters are in a line.
    pub columns: u16,
}

impl TerminalSize {
    /// As this engine takes it for a terminal to come, the height first; nothing if it takes none.
    pub(crate) fn beforehand(self, docker: &Docker) -> Vec<i64> {
        if docker.api_version() < CONSOLE_SIZE {
            return Vec::new();
        }
        vec![self.rows.into(), self.columns.into()]
    }
}

impl Default for TerminalSize {
    /// 24 lines of 80 characters.
    fn default() -> Self {
        Self {
            rows: 24,
            columns: 80,
        }
    }
}

/// The terminal of a process in a container: [`AsyncRead`] for what it shows, [`AsyncWrite`] for
/// what is typed.
///
/// A terminal keeps standard output and standard error no two things, echoes what is typed, ends
/// lines with `\r\n`, and takes some characters for commands: `\x04` (ctrl-d) at the begin of a
/// line is the end of input, `\x03` (ctrl-c) interrupts.
///
/// Shutting its writing side down tells the engine that no more is typed. What the process makes
/// of that differs between engines; it is no ctrl-d.
///
/// # Dropping
///
/// Dropping it closes the connection, and the process goes on, unless it ends at a hang-up. If the
/// input was [taken](Terminal::take_stdin), the connection closes when that is dropped too.
#[must_use = "what it shows is read as this is polled"]
pub struct Terminal {
    incoming: Incoming,
    stdin: Option<Stdin>,
    owner: Owner,
    end: Answer<ExitStatus>,
    call: Call,
}

/// Whose terminal it is.
#[derive(Clone, Debug)]
pub(crate) enum Owner {
    Container(Container),
    Exec(ExecInstance),
}

impl Owner {
    fn resize(&self, size: TerminalSize) -> Answer<()> {
        match self {
            Self::Container(container) => container.resize(size),
            Self::Exec(exec) => exec.resize(size),
        }
    }

    async fn is_running(&self) -> Result<bool> {
        match self {
            Self::Container(container) => container.is_running().await,
            Self::Exec(exec) => Ok(exec.inspect().await?.running == Some(true)),
        }
    }
}

impl Terminal {
    pub(crate) fn new(
        connection: Connection,
        input: bool,
        owner: Owner,
        end: Answer<ExitStatus>,
        call: Call,
    ) -> Self {
        let (incoming, stdin) = hijack::halves(connection, input);
        Self {
            incoming,
            stdin: input.then_some(stdin),
            owner,
            end,
            call,
        }
    }

    /// What is typed, apart, once: then the terminal can be written to in one task and read from
    /// in another.
    pub fn take_stdin(&mut self) -> Option<Stdin> {
        self.stdin.take()
    }

    /// Gives the terminal another size, of which its process is told.
    ///
    /// See [`Exec::tty`](crate::Exec::tty) for an example.
    ///
    /// # Errors
    ///
    /// If the process has ended; which error that is differs between engines.
    pub fn resize(&self, size: TerminalSize) -> Answer<()> {
        self.owner.resize(size)
    }

    /// What [resizes](Terminal::resize) this terminal, apart: for another task than those that
    /// read and write.
    pub fn resizer(&self) -> Resizer {
        Resizer {
            owner: self.owner.clone(),
        }
    }

    /// Waits for the process's end, and drops what it shows until then.
    ///
    /// # Errors
    ///
    /// [`is_detached`](Error::is_detached) if the connection has ended and the process goes on,
    /// as it does after the detach keys; and if the connection is lost. (Docker tells of the
    /// detach keys of an `exec` otherwise: in words that the terminal shows, and exit code 126.)
    pub async fn wait(mut self) -> Result<ExitStatus> {
        let mut dropped = vec![0; READ];
        while self.read_some(&mut dropped).await? > 0 {}
        self.ended().await
    }

    /// Waits for the process's end, and gives all that it shows until then, as standard output.
    ///
    /// # Errors
    ///
    /// As for [`wait`](Terminal::wait), and [`is_too_large`](crate::Error::is_too_large) if that does not fit into
    /// memory reasonably (256 MiB).
    pub async fn output(mut self) -> Result<Output> {
        let mut collector = Collector::new(MAX_OUTPUT);
        let mut shown = vec![0; READ];
        loop {
            let length = self.read_some(&mut shown).await?;
            if length == 0 {
                break;
            }
            let chunk = Chunk::Terminal(shown[..length].to_vec().into());
            let added = collector.add(&chunk);
            added.map_err(|error| error.during(&self.call))?;
        }
        Ok(collector.finish(self.ended().await?))
    }

    async fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = self.incoming.read(buffer).await;
        read.map_err(|source| broken(source).during(&self.call))
    }

    /// The exit status of a process whose output has ended.
    async fn ended(mut self) -> Result<ExitStatus> {
        if let Ok(status) = timeout(ENDING, &mut self.end).await {
            return status;
        }
        if self.owner.is_running().await? {
            let detail = "the connection has ended, and the process goes on";
            return Err(Error::new(ErrorKind::Detached, detail).during(&self.call));
        }
        self.end.await
    }
}

impl AsyncRead for Terminal {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.incoming).poll_read(cx, buffer)
    }
}

impl Terminal {
    fn input(self: Pin<&mut Self>) -> io::Result<Pin<&mut Stdin>> {
        let stdin = self.get_mut().stdin.as_mut();
        stdin.map(Pin::new).ok_or_else(|| {
            let reason = "the input of the terminal was taken, or is not open";
            io::Error::new(io::ErrorKind::BrokenPipe, reason)
        })
    }
}

impl AsyncWrite for Terminal {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.input()?.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.input()?.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.input()?.poll_shutdown(cx)
    }
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terminal")
            .field("owner", &self.owner)
            .finish_non_exhaustive()
    }
}

/// What gives a terminal another size, see [`Terminal::resizer`]. It holds no connection open.
#[derive(Clone, Debug)]
pub struct Resizer {
    owner: Owner,
}

impl Resizer {
    /// As [`Terminal::resize`].
    ///
    /// # Errors
    ///
    /// If the process has ended.
    pub fn resize(&self, size: TerminalSize) -> Answer<()> {
        self.owner.resize(size)
    }
}
