//! One login that carries one connection.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::unix::pipe;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Destination;
use super::process::{Life, Process};
use super::words;
use crate::dial::probe::{Probe, probe};
use crate::error::Error;

/// How much of what `ssh` says last is kept.
const KEPT: usize = 4096;
/// How long its last words may take, once it has closed its output.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Logs in once for each connection.
pub(crate) struct Ssh {
    program: PathBuf,
    destination: Destination,
    connect_timeout: Duration,
}

impl Ssh {
    pub(crate) fn new(destination: Destination, connect_timeout: Duration) -> Self {
        Self {
            program: "ssh".into(),
            destination,
            connect_timeout,
        }
    }

    #[cfg(test)]
    pub(super) fn with_program(mut self, program: PathBuf) -> Self {
        self.program = program;
        self
    }

    fn start(&self) -> Result<Session, Error> {
        let mut command = Command::new(&self.program);
        command.args(self.destination.arguments(self.connect_timeout));
        let process = Process::start(command);
        Ok(Session::of(process.map_err(words::not_started)?))
    }

    /// A connection on which the engine has answered.
    pub(crate) async fn connect(&self) -> Result<Session, Error> {
        let mut session = self.start()?;
        match probe(&mut session, "localhost", "").await {
            Ok(Probe::Open) => Ok(session),
            Ok(Probe::Closing) => self.start(),
            Err(source) => {
                let said = session.last_words().await;
                Err(words::failed(&said, &source, &self.destination))
            }
        }
    }
}

/// What is written to `ssh` and read from it.
///
/// # Dropping
///
/// Dropping it ends `ssh`.
pub(crate) struct Session {
    /// `None` when it is closed.
    input: Option<pipe::Sender>,
    output: pipe::Receiver,
    complaints: JoinHandle<()>,
    said: Arc<Mutex<Vec<u8>>>,
    _life: Life,
}

impl Session {
    fn of(process: Process) -> Self {
        let said = Arc::default();
        Self {
            input: Some(process.input),
            output: process.output,
            complaints: tokio::spawn(listen(process.complaints, Arc::clone(&said))),
            said,
            _life: process.life,
        }
    }

    /// What `ssh` said last.
    async fn last_words(&mut self) -> String {
        // A process that it has left behind may hold the pipe open.
        let _ = timeout(LAST_WORDS, &mut self.complaints).await;
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&said).into_owned()
    }
}

/// Keeps the end of what comes.
async fn listen(mut complaints: pipe::Receiver, said: Arc<Mutex<Vec<u8>>>) {
    let mut read = [0; 1024];
    while let Ok(count @ 1..) = complaints.read(&mut read).await {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(&read[..count]);
        let excess = said.len().saturating_sub(KEPT);
        said.drain(..excess);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.complaints.abort();
    }
}

impl AsyncRead for Session {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.output).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Session {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.input {
            Some(input) => Pin::new(input).poll_write(cx, bytes),
            None => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Ends what is sent; what comes is still to be read.
    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.input = None;
        Poll::Ready(Ok(()))
    }
}
