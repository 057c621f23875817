//! `cargo xtask record`: a named scenario against a real engine, written down for replay.

use std::process::Command;

use anyhow::{Result, bail};

#[derive(clap::Args)]
pub struct Arguments {
    /// The scenario
    scenario: String,
    /// The engine, as `engine list` prints its DOCKER_HOST
    #[arg(long)]
    engine: String,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "run",
        "--quiet",
        "--package",
        "dockwright-tests",
        "--bin",
        "record",
        "--",
    ]);
    cargo.args([&arguments.scenario, "--engine", &arguments.engine]);
    if !cargo.status()?.success() {
        bail!("{} was not recorded", arguments.scenario);
    }
    Ok(())
}
