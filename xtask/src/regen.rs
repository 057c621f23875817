//! `cargo xtask regen`: the raw crates from the specs.

use std::time::Instant;

use anyhow::{Result, bail};
use dockwright_generator::regen::{self, Pipeline};

use crate::workspace_root;

/// How many changed files a check shows in full.
const SHOWN: usize = 5;

#[derive(clap::Args)]
pub struct Command {
    /// Write nothing; print a diff and fail if anything would change
    #[arg(long)]
    check: bool,
}

pub fn run(command: &Command) -> Result<()> {
    let root = workspace_root();
    let start = Instant::now();
    let pipeline = Pipeline::load(&root.join("spec"))?;
    let expected = regen::expected(&pipeline)?;
    if !command.check {
        let changed = regen::write(root, &expected)?;
        let (files, seconds) = (expected.len(), start.elapsed().as_secs_f32());
        println!(
            "{} versions, {files} files, {} written, {seconds:.1} s",
            pipeline.versions.len(),
            changed.len()
        );
        return Ok(());
    }
    let changed = regen::differing(root, &expected)?;
    for path in changed.iter().take(SHOWN) {
        print!("{}", regen::diff(root, path, &expected));
    }
    if !changed.is_empty() {
        bail!(
            "{} files are not what spec/ gives; run: cargo xtask regen",
            changed.len()
        );
    }
    Ok(())
}
