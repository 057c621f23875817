//! `cargo xtask bench`: dockwright beside bare hyper and bollard.
//!
//! What is measured is built for release, in programs of their own: a peer is part of them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::workspace_root;

#[derive(clap::Args)]
pub struct Arguments {
    /// Only the rows whose names begin so; or `build`, what it costs to build a program with each
    /// client; or `growth`, what more containers, frames, streams or files cost
    rows: Vec<String>,
    /// Write the rows to this file, too
    #[arg(long)]
    json: Option<PathBuf>,
    /// How often each contender is measured
    #[arg(long)]
    rounds: Option<usize>,
    /// One round of next to nothing: only whether rows work and contenders agree
    #[arg(long)]
    smoke: bool,
    /// Go by the processor time of the clients' thread instead of the clock: for busy machines
    #[arg(long)]
    cpu: bool,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    // What does next to nothing needs not be fast.
    let (profile, folder) = match arguments.smoke {
        true => ("dev", "debug"),
        false => ("release", "release"),
    };
    let build = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "dockwright-bench"])
        .args(["--profile", profile])
        .current_dir(workspace_root())
        .status()?;
    ensure!(build.success(), "the programs that measure do not build");
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| workspace_root().join("target"));
    let mut bench = Command::new(target.join(folder).join("dockwright-bench"));
    bench.args(&arguments.rows);
    if let Some(path) = &arguments.json {
        bench.arg("--json").arg(path);
    }
    if let Some(rounds) = arguments.rounds {
        bench.arg("--rounds").arg(rounds.to_string());
    }
    bench.args(arguments.smoke.then_some("--smoke"));
    bench.args(arguments.cpu.then_some("--cpu"));
    ensure!(bench.status()?.success(), "the measurement failed");
    Ok(())
}
