//! Reports how the raw crates fare on recorded answers; `cargo xtask conformance` runs it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use dockwright_conformance::check::Check;
use dockwright_conformance::exceptions::Exceptions;
use dockwright_conformance::generated::{self, Generated};
use dockwright_conformance::report::Report;
use dockwright_conformance::shapes::Shapes;
use dockwright_conformance::{corpus, fixtures};
use dockwright_decoders::VERSIONS;
use dockwright_generator::fixups::Fixups;

/// The newest version that an engine here speaks.
const NEWEST_RECORDED: &str = "1.51";

#[derive(Parser)]
struct Arguments {
    /// Recorded answers, JSON Lines, plain or gzipped, instead of the fixtures of the replay tests
    #[arg(long, num_args = 1..)]
    corpus: Vec<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let clean = match arguments.corpus.as_slice() {
        [] => of_fixtures()?,
        paths => of_corpus(paths)?,
    };
    Ok(if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn of_corpus(paths: &[PathBuf]) -> Result<bool> {
    let mut report = Report::default();
    for path in paths {
        for recorded in corpus::read(path)? {
            report.add(&recorded)?;
        }
    }
    println!("{report}");
    Ok(report.decodes_all())
}

fn of_fixtures() -> Result<bool> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let spec = own.join("../../spec");
    let shapes = Shapes::load(&spec, &Fixups::load(&spec.join("fixups"))?)?;

    let mut made = Generated::default();
    for version in VERSIONS
        .iter()
        .skip_while(|version| **version != NEWEST_RECORDED)
        .skip(1)
    {
        if let Some(shape) = shapes.of(version) {
            generated::check(version, shape, &mut made);
        }
    }
    for finding in &made.findings {
        println!("generated: {finding}");
    }
    println!(
        "generated values: {}, versions: {}, findings: {}",
        made.values,
        made.versions,
        made.findings.len()
    );

    let mut check = Check::default();
    for recording in fixtures::read(&own.join("../fixtures"))? {
        check.add(&recording, &shapes);
    }
    let mut exceptions = Exceptions::load(&own.join("exceptions.yaml"))?;
    check.except(&mut exceptions);
    let idle: Vec<_> = exceptions.idle().collect();
    for finding in &idle {
        println!("an exception that nothing needs: {finding}");
    }
    if let Some(shape) = shapes.of(NEWEST_RECORDED) {
        println!(
            "operations never recorded: {}",
            check.unrecorded(shape).join(", ")
        );
    }
    println!("{check}");
    Ok(check.is_clean() && made.findings.is_empty() && idle.is_empty())
}
