//! Reports how the raw crates fare on recorded answers; `cargo xtask conformance` runs it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use dockwright_conformance::{corpus, report::Report};

#[derive(Parser)]
struct Arguments {
    /// Recorded answers: JSON Lines, plain or gzipped
    #[arg(long, required = true, num_args = 1..)]
    corpus: Vec<PathBuf>,
}

fn main() -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    for path in Arguments::parse().corpus {
        for recorded in corpus::read(&path)? {
            report.add(&recorded)?;
        }
    }
    println!("{report}");
    Ok(if report.decodes_all() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
