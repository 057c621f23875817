//! What work takes of memory, seen from a process of its own that does nothing else.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// Who does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Who {
    Ours,
    Hyper,
    Bollard,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Work {
    /// Pings, that many.
    Pings,
    /// A list of all containers.
    List,
    /// The logs of one of them.
    Logs,
    /// All events.
    Events,
    /// Following that many logs at once.
    Follow,
    /// A build of the folder.
    Build,
}

/// What it took. Sizes are in bytes.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    pub allocations: u64,
    pub allocated: u64,
    /// Resident before the work, and while all that came of it was still there.
    pub before: u64,
    pub resident: u64,
    pub peak: u64,
}

/// Has the program `dockwright-bench-contender` do it, which stands beside this one.
pub fn measure(who: Who, work: Work, socket: &Path, argument: &str) -> Result<Memory> {
    let program = std::env::current_exe()?.with_file_name("dockwright-bench-contender");
    let who = who.to_possible_value().context("no name")?;
    let work = work.to_possible_value().context("no name")?;
    let (who, work) = (who.get_name(), work.get_name());
    let output = Command::new(&program)
        .args([who, work])
        .args([socket, Path::new(argument)])
        .output()
        .with_context(|| format!("{} is not there: build the package", program.display()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{who} {work}: {errors}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// A line of `/proc/self/status` that counts kilobytes.
pub fn status(key: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let kilobytes =
        line.and_then(|line| line.trim_matches([':', '\t', ' ', 'k', 'B']).parse().ok());
    Ok(kilobytes.map_or(0, |kilobytes: u64| kilobytes * 1024))
}
