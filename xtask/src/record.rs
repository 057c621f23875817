//! `cargo xtask record`: named scenarios against a real engine, written down for replay.

use anyhow::{Result, bail};

use crate::program;

#[derive(clap::Args)]
pub struct Arguments {
    /// Which scenarios; all that are recorded in that version when none is named
    scenarios: Vec<String>,
    /// The engine: its name in `engine list`, or where it listens, as in DOCKER_HOST
    #[arg(long)]
    engine: String,
    /// The API version to speak, such as v1.30; the engine's newest if not set
    #[arg(long)]
    api: Option<String>,
    /// Write nothing, and fail if a recording is not the one that is there
    #[arg(long)]
    check: bool,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let mut record = program("dockwright-tests", "record");
    record
        .args(&arguments.scenarios)
        .args(["--engine", &arguments.engine]);
    if let Some(api) = &arguments.api {
        record.args(["--api", api]);
    }
    if arguments.check {
        record.arg("--check");
    }
    if !record.status()?.success() {
        bail!("not everything was recorded as it is to be");
    }
    Ok(())
}
