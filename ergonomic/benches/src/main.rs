//! `cargo xtask bench`: dockwright beside what cannot be done for less, and beside bollard.

mod build_cost;
mod growth;
mod measure;
mod report;
mod rows;

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::{Parser, Subcommand};

use measure::Bench;

#[derive(Parser)]
#[command(name = "cargo xtask bench", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    other: Option<Other>,
    /// Only the rows whose names begin so
    rows: Vec<String>,
    /// Write the rows to this file, too
    #[arg(long)]
    json: Option<PathBuf>,
    /// How often each contender is measured
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// One round of next to nothing: only whether rows work and contenders agree
    #[arg(long)]
    smoke: bool,
    /// Go by the processor time of the clients' thread instead of the clock: for busy machines
    #[arg(long)]
    cpu: bool,
}

#[derive(Subcommand)]
enum Other {
    /// What it costs to build a program with each of the clients
    Build,
    /// What more containers, frames, streams or files cost
    Growth {
        /// Next to nothing of each: only whether it works
        #[arg(long)]
        smoke: bool,
    },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match arguments.other {
        Some(Other::Build) => return build_cost::run(),
        Some(Other::Growth { smoke }) => return growth::run(&Bench::new(5, smoke, false)?),
        None => {}
    }
    let bench = Bench::new(arguments.rounds, arguments.smoke, arguments.cpu)?;
    let wanted = |name: &str| {
        let asked = &arguments.rows;
        asked.is_empty() || asked.iter().any(|row| name.starts_with(row.as_str()))
    };
    let mut rows = Vec::new();
    report::head();
    for (name, measure) in rows::ALL.iter().filter(|(name, _)| wanted(name)) {
        let row = measure(&bench, name)?;
        report::print(&row);
        rows.push(row);
    }
    ensure!(!rows.is_empty(), "there is no such row");
    if let Some(path) = arguments.json {
        fs::write(path, serde_json::to_string_pretty(&rows)?)?;
    }
    let reached = rows.iter().filter(|row| row.is_at_goal()).count();
    println!("rows: {}, at goal: {reached}", rows.len());
    Ok(())
}
