//! `cargo xtask record`: named scenarios against a real engine, written down for replay.

use anyhow::{Result, bail};

use crate::program;

#[derive(clap::Args)]
pub struct Arguments {
    /// Which scenarios; all that are recorded when none is named
    scenarios: Vec<String>,
    /// The engine, as `engine list` prints its DOCKER_HOST
    #[arg(long)]
    engine: String,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let mut record = program("dockwright-tests", "record");
    record
        .args(&arguments.scenarios)
        .args(["--engine", &arguments.engine]);
    if !record.status()?.success() {
        bail!("not everything was recorded");
    }
    Ok(())
}
