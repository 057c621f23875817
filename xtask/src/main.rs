//! The project's own tasks; `cargo xtask --help` lists them.

use clap::Parser;

mod engine;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own tasks")]
enum Task {
    /// Start, stop and list real engines on this machine
    #[command(subcommand)]
    Engine(engine::Command),
}

fn main() -> anyhow::Result<()> {
    match Task::parse() {
        Task::Engine(command) => engine::run(command),
    }
}
