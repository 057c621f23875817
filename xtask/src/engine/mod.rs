//! Real engines of several API versions, side by side on one Debian machine.
//!
//! Nothing is installed: an engine is the closure of its Debian packages, unpacked into a root folder
//! of its own and started in its own network, mount, UTS and PID namespaces. An engine that is already on the
//! machine is not touched.

// Elsewhere only the names are used, for the command line.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
mod catalog;
#[cfg(target_os = "linux")]
mod debian;

use catalog::Engine;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Fetch and start engines, each with a busybox:latest image; one that is up is left alone
    Up {
        /// Which; one of each version when none is named
        names: Vec<Engine>,
    },
    /// Stop engines; their images and containers are kept for the next `up`
    Down {
        /// Which; all that are up when none is named
        names: Vec<Engine>,
    },
    /// One line an engine: name, state, version, API version, DOCKER_HOST, TCP address, separated by tabs
    List {
        /// As a JSON array of objects
        #[arg(long)]
        json: bool,
    },
    /// Stop engines and delete all that belongs to them
    Rm {
        /// Which
        #[arg(required = true)]
        names: Vec<Engine>,
    },
}

#[cfg(target_os = "linux")]
pub fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Up { names } => debian::up(&names),
        Command::Down { names } => debian::down(&names),
        Command::List { json } => debian::list(json),
        Command::Rm { names } => debian::remove(&names),
    }
}

#[cfg(not(target_os = "linux"))]
pub fn run(_: Command) -> anyhow::Result<()> {
    anyhow::bail!("engines need a Debian machine (or virtual machine) and root; this is not Linux")
}
