//! `cargo xtask conformance`: recorded answers against the raw crates.
//!
//! The report needs all raw crates; a program of its own builds them, so that no other task must.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::program;

#[derive(clap::Args)]
pub struct Arguments {
    /// Recorded answers: JSON Lines, plain or gzipped
    #[arg(long, required = true, num_args = 1..)]
    corpus: Vec<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let mut report = program("dockwright-conformance", "dockwright-conformance");
    if !report
        .arg("--corpus")
        .args(&arguments.corpus)
        .status()?
        .success()
    {
        bail!("recorded answers do not decode; each failure above is a fixup that is missing");
    }
    Ok(())
}
