//! `cargo xtask conformance`: recorded answers against the raw crates.
//!
//! The report needs all raw crates; a program of its own builds them, so that no other task must.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

#[derive(clap::Args)]
pub struct Arguments {
    /// Recorded answers: JSON Lines, plain or gzipped
    #[arg(long, required = true, num_args = 1..)]
    corpus: Vec<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "run",
        "--quiet",
        "--package",
        "dockwright-conformance",
        "--",
        "--corpus",
    ]);
    if !cargo.args(&arguments.corpus).status()?.success() {
        bail!("recorded answers do not decode; each failure above is a fixup that is missing");
    }
    Ok(())
}
