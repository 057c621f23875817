//! `cargo xtask spec`: the spec files and the upstream files that they are made from.

use std::path::PathBuf;

use anyhow::{Result, bail};
use dockwright_generator::spec;

use crate::{words, workspace_root};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Rewrite spec/ from a folder of upstream Swagger files
    Import {
        /// The folder that holds v1.NN.yaml
        #[arg(long)]
        from: PathBuf,
        /// The upstream commit of these files; without it their sha256 must be the known ones
        #[arg(long)]
        commit: Option<String>,
    },
    /// Add one API version from its upstream Swagger file
    Add {
        /// A file named v1.NN.yaml
        file: PathBuf,
        /// The upstream commit of the file
        #[arg(long)]
        commit: String,
    },
    /// Report what we say in upstream's words
    Words {
        /// The folder that holds v1.NN.yaml
        #[arg(long)]
        from: PathBuf,
    },
    /// Import a folder again, in memory, and report every difference from spec/
    Verify {
        /// The folder that holds v1.NN.yaml
        #[arg(long)]
        from: PathBuf,
    },
}

pub fn run(command: Command) -> Result<()> {
    let folder = workspace_root().join("spec");
    match command {
        Command::Import { from, commit } => {
            let versions = spec::import(&from, &folder, commit.as_deref())?;
            println!(
                "imported {} versions; now: cargo xtask regen",
                versions.len()
            );
        }
        Command::Add { file, commit } => {
            let version = spec::add(&file, &folder, Some(&commit))?;
            println!("added v{version}; now: cargo xtask regen");
        }
        Command::Words { from } => words::check(&from)?,
        Command::Verify { from } => {
            let differences = spec::verify(&from, &folder)?;
            if !differences.is_empty() {
                bail!(
                    "spec/ differs from {}:\n{}",
                    from.display(),
                    differences.join("\n")
                );
            }
            println!("spec/ is what {} gives", from.display());
        }
    }
    Ok(())
}
