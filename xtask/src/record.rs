//! `cargo xtask record`: named scenarios against a real engine, written down for replay.

use std::process::Command;

use anyhow::{Result, bail};

#[derive(clap::Args)]
pub struct Arguments {
    /// Which scenarios; all that are recorded when none is named
    scenarios: Vec<String>,
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
    cargo
        .args(&arguments.scenarios)
        .args(["--engine", &arguments.engine]);
    if !cargo.status()?.success() {
        bail!("not everything was recorded");
    }
    Ok(())
}
