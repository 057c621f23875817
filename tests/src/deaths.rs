//! Engines that end by themselves in the middle of a run: old ones crash now and then.

use crate::target::{Target, has_ended, xtask, xtask_engine};

/// Whether an engine had ended. It is up again then, and what its log says of its end was printed.
pub fn revived(target: &Target) -> bool {
    has_ended(target)
        && start(target.engine())
            .inspect(|said| eprint!("{said}"))
            .inspect_err(|error| eprintln!("{error}"))
            .is_ok()
}

fn start(engine: &str) -> Result<String, String> {
    let xtask = xtask().ok_or("xtask, which starts engines, is not built")?;
    let output = xtask_engine(&xtask, &["up", engine], None)?;
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}
