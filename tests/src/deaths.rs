//! Engines that end by themselves in the middle of a run: old ones crash now and then.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::target::{Target, has_ended, xtask, xtask_engine};

/// How often each engine has ended by itself.
#[derive(Default)]
pub struct Deaths(Mutex<HashMap<String, u32>>);

impl Deaths {
    /// How often the engine of this target has.
    pub fn of(&self, target: &Target) -> u32 {
        let deaths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        deaths.get(target.engine()).copied().unwrap_or_default()
    }

    /// Whether the engine ended since its deaths were counted. It is up again then, and what its
    /// log says of its end was printed.
    pub fn revived(&self, target: &Target, before: u32) -> bool {
        // Those who find it dead at once wait for the first of them, who starts it again.
        let mut deaths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let deaths = deaths.entry(target.engine().to_owned()).or_default();
        if *deaths == before && has_ended(target) {
            match start(target.engine()) {
                Ok(said) => {
                    eprint!("{said}");
                    *deaths += 1;
                }
                Err(error) => eprintln!("{error}"),
            }
        }
        *deaths > before
    }
}

fn start(engine: &str) -> Result<String, String> {
    let xtask = xtask().ok_or("xtask, which starts engines, is not built")?;
    let output = xtask_engine(&xtask, &["up", engine], None)?;
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}
