//! Real engines, each in a network namespace of its own.

#[derive(clap::Subcommand)]
pub enum Command {
    /// List the engines and whether they are up
    List,
}

pub fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::List => Ok(()),
    }
}
