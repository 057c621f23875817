//! `cargo xtask conformance`: recorded answers against the raw crates.
//!
//! The report needs all raw crates; a program of its own builds them, so that no other task must.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::program;

#[derive(clap::Args)]
pub struct Arguments {
    /// Recorded answers, JSON Lines, plain or gzipped, instead of the fixtures of the replay tests
    #[arg(long, num_args = 1..)]
    corpus: Vec<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let mut report = program("dockwright-conformance", "dockwright-conformance");
    if !arguments.corpus.is_empty() {
        report.arg("--corpus").args(&arguments.corpus);
    }
    if !report.status()?.success() {
        bail!("recordings and specs disagree; each line above is a fixup that is missing");
    }
    Ok(())
}
