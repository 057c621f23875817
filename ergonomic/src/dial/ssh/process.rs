//! A child in a session of its own, which is ended and reaped whatever becomes of its runtime.

use std::convert::Infallible;
use std::io;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};
use tokio::net::unix::pipe;

const SIGTERM: i32 = 15;
/// How long a child may take to end when it is asked to.
const PATIENCE: Duration = Duration::from_secs(3);
const PACE: Duration = Duration::from_millis(10);

/// The ends of a child that this side has.
pub(super) struct Process {
    pub(super) input: pipe::Sender,
    pub(super) output: pipe::Receiver,
    pub(super) complaints: pipe::Receiver,
    pub(super) life: Life,
}

/// A child lives until this is dropped.
pub(super) struct Life {
    _kept: Sender<Infallible>,
}

impl Process {
    /// Starts `command` without a terminal, so that it can neither ask on one nor be interrupted
    /// from it.
    pub(super) fn start(mut command: Command) -> io::Result<Self> {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = CommandWrap::from(command).wrap(ProcessSession).spawn()?;
        let input = child.stdin().take().map(OwnedFd::from);
        let output = child.stdout().take().map(OwnedFd::from);
        let complaints = child.stderr().take().map(OwnedFd::from);
        // First, so that no error leaves the child alone.
        let life = Life::of(child)?;
        let pipe = |end: Option<OwnedFd>| end.ok_or(io::ErrorKind::BrokenPipe);
        Ok(Self {
            input: pipe::Sender::from_owned_fd(pipe(input)?)?,
            output: pipe::Receiver::from_owned_fd(pipe(output)?)?,
            complaints: pipe::Receiver::from_owned_fd(pipe(complaints)?)?,
            life,
        })
    }
}

impl Life {
    /// Leaves the child to a thread, since the runtime may be gone when it is to be waited for.
    fn of(child: Box<dyn ChildWrapper>) -> io::Result<Self> {
        let (kept, dropped) = mpsc::channel();
        thread::Builder::new()
            .name("dockwright-ssh".to_owned())
            .spawn(move || {
                // Nothing is ever sent.
                let _ = dropped.recv();
                end(child)
            })?;
        Ok(Self { _kept: kept })
    }
}

/// Ends the child and what it has started, and reaps it. Errors mean that it has ended already.
fn end(mut child: Box<dyn ChildWrapper>) -> io::Result<()> {
    let _ = child.signal(SIGTERM);
    let deadline = Instant::now() + PATIENCE;
    while child.try_wait()?.is_none() {
        if Instant::now() > deadline {
            child.start_kill()?;
            child.wait()?;
            return Ok(());
        }
        thread::sleep(PACE);
    }
    Ok(())
}
