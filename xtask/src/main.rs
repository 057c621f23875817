//! The project's own tasks; `cargo xtask --help` lists them.

use std::path::Path;
use std::process::{Command, ExitCode};

use clap::Parser;

mod bench;
mod conformance;
mod coverage;
mod engine;
mod fuzz;
mod record;
mod regen;
mod spec;
mod stats;
mod tidy;
mod words;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own tasks")]
enum Task {
    /// Measure dockwright beside bare hyper and bollard
    Bench(bench::Arguments),
    /// Start, stop and list real engines on this machine
    #[command(subcommand)]
    Engine(engine::Command),
    /// Import, add and verify the Swagger files in spec/
    #[command(subcommand)]
    Spec(spec::Command),
    /// Decode recorded answers with the raw crates and report what is lost
    Conformance(conformance::Arguments),
    /// Print which method of dockwright serves each operation of the API
    Coverage,
    /// Rewrite docs/cookbook.md from the example of that name
    Cookbook,
    /// Give any bytes to what reads the bytes of others
    Fuzz(fuzz::Arguments),
    /// Record scenarios against a real engine
    Record(record::Arguments),
    /// Rewrite generated/ from spec/
    Regen(regen::Command),
    /// Print what every API version comes to
    Stats,
    /// Check what no compiler sees: documentation, sizes, names and dependencies
    Tidy,
}

fn main() -> ExitCode {
    match run(Task::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    match task {
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Engine(command) => engine::run(command),
        Task::Spec(command) => spec::run(command),
        Task::Conformance(arguments) => conformance::run(&arguments),
        Task::Cookbook => tidy::write_cookbook(workspace_root()),
        Task::Coverage => coverage::run(),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::Record(arguments) => record::run(&arguments),
        Task::Regen(command) => regen::run(&command),
        Task::Stats => stats::run(),
        Task::Tidy => tidy::run(),
    }
}

/// A program of the workspace that is too much to build for every task, to be run with arguments.
fn program(package: &str, name: &str) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--package", package, "--bin", name, "--"]);
    cargo
}

/// The folder of the workspace's `Cargo.toml`.
fn workspace_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}
