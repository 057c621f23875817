//! A process that is known by its number and its start, so that a number used again is never mistaken for it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    pid: i32,
    /// In clock ticks since the machine started.
    started: u64,
}

impl Process {
    /// The process that a file with a line of `/proc/PID/stat` tells of, if it still runs.
    pub fn recorded(file: &Path) -> Result<Option<Process>> {
        let process = match fs::read_to_string(file) {
            Ok(line) => parse(&line).map(|(process, _)| process),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", file.display()));
            }
        };
        Ok(process.filter(Process::is_alive))
    }

    pub fn is_alive(&self) -> bool {
        let Ok(line) = fs::read_to_string(format!("/proc/{}/stat", self.pid)) else {
            return false;
        };
        parse(&line).is_some_and(|(process, state)| process == *self && state != 'Z')
    }

    /// Asks it to end and waits; ends it by force after `patience`. True if it took force.
    pub fn stop(&self, patience: Duration) -> Result<bool> {
        // The descriptor is taken first and the start compared after: what it holds can then be no other process.
        let Some(handle) = Pid::from_raw(self.pid)
            .and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok())
            .filter(|_| self.is_alive())
        else {
            return Ok(false);
        };
        for (signal, patience) in [(Signal::TERM, patience), (Signal::KILL, patience)] {
            match pidfd_send_signal(&handle, signal) {
                Ok(()) | Err(rustix::io::Errno::SRCH) => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot end process {}", self.pid));
                }
            }
            if ended_within(&handle, patience)? {
                return Ok(signal == Signal::KILL);
            }
        }
        anyhow::bail!("process {} does not end, even by KILL", self.pid)
    }
}

fn ended_within(handle: &OwnedFd, patience: Duration) -> Result<bool> {
    let timeout = Timespec::try_from(patience)?;
    let mut fds = [PollFd::new(handle, PollFlags::IN)];
    loop {
        match poll(&mut fds, Some(&timeout)) {
            Ok(ready) => return Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error).context("cannot wait for a process"),
        }
    }
}

/// The process and its state, from a line of `/proc/PID/stat`.
fn parse(line: &str) -> Option<(Process, char)> {
    // The second field is the program's name in brackets and may hold anything, brackets too.
    let (pid, rest) = line.split_once(" (")?;
    let (_, rest) = rest.rsplit_once(") ")?;
    let mut fields = rest.split_ascii_whitespace(); // from the third field on
    let state = fields.next()?.chars().next()?;
    let process = Process {
        pid: pid.parse().ok()?,
        started: fields.nth(18)?.parse().ok()?, // the 22nd
    };
    Some((process, state))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn this_process() -> (String, Process) {
        let line = fs::read_to_string("/proc/self/stat").unwrap();
        let (process, _) = parse(&line).unwrap();
        (line, process)
    }

    #[test]
    fn a_name_with_brackets_and_blanks_does_not_shift_the_fields() {
        let line = "77 (a) b (c) S 1 77 77 0 -1 4194304 1 0 0 0 2 3 0 0 20 0 1 0 123456 9 9";
        let process = Process {
            pid: 77,
            started: 123_456,
        };
        assert_eq!(parse(line), Some((process, 'S')));
    }

    #[test]
    fn a_torn_line_is_no_process() {
        for line in ["", "77", "77 (sh", "77 (sh) S 1 2", "x (sh) S 1 77 77 0 -1"] {
            assert_eq!(parse(line), None, "{line:?}");
        }
    }

    #[test]
    fn a_number_used_again_is_another_process() {
        let (_, this) = this_process();
        assert!(this.is_alive());
        let earlier = Process {
            started: this.started - 1,
            ..this
        };
        assert!(!earlier.is_alive());
        assert!(
            !earlier.stop(Duration::ZERO).unwrap(),
            "and is not signalled"
        );
    }

    #[test]
    fn a_record_is_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("init.stat");
        assert_eq!(Process::recorded(&file).unwrap(), None);
        let (line, this) = this_process();
        fs::write(&file, line).unwrap();
        assert_eq!(Process::recorded(&file).unwrap(), Some(this));
    }

    #[test]
    fn a_process_that_ignores_term_is_ended_by_force() {
        let mut child = std::process::Command::new("sh")
            .args(["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = [0; 6];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut ready).unwrap();
        let line = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
        let (process, _) = parse(&line).unwrap();
        assert!(process.stop(Duration::from_millis(1)).unwrap());
        child.wait().unwrap();
        assert!(!process.is_alive());
    }
}
