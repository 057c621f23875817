//! Changes to `config.json` that do not lose those of others.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::file::create_private;
use super::{ConfigFile, Environment};
use crate::error::{Error, ErrorKind};

/// How long others may take for their changes.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(10);

/// The turn of this process.
static TURN: Mutex<()> = Mutex::new(());

impl ConfigFile {
    /// Reads the file, changes it and puts it back, while nobody else who does this is let in,
    /// neither in this process nor in another. `change` tells whether there is anything to write.
    ///
    /// The CLI locks nothing: what it changes at the same moment may be lost, or undo this.
    pub(crate) fn edit(
        environment: &Environment,
        change: impl FnOnce(&mut Self) -> Result<bool, Error>,
    ) -> Result<bool, Error> {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let _lock = match environment.config_dir() {
            Some(folder) => {
                // A first change makes it; what cannot be made is told when it is written to.
                let _ = create_private(&folder);
                lock(&folder)?
            }
            None => None,
        };
        let mut file = Self::load(environment)?;
        let changed = change(&mut file)?;
        if changed {
            file.save()?;
        }
        Ok(changed)
    }
}

/// Locks the folder of the file, for the file itself is replaced. It is not locked where it
/// cannot be made, or the system cannot lock folders.
fn lock(folder: &Path) -> Result<Option<File>, Error> {
    let Ok(open) = File::open(folder) else {
        return Ok(None);
    };
    let begun = Instant::now();
    loop {
        match open.try_lock() {
            Ok(()) => return Ok(Some(open)),
            Err(TryLockError::Error(_)) => return Ok(None),
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {
                std::thread::sleep(PAUSE);
            }
            Err(TryLockError::WouldBlock) => {
                let folder = folder.display();
                let detail =
                    format!("{folder} is locked, and stays so: another process changes it");
                return Err(Error::new(ErrorKind::LocalFile, detail));
            }
        }
    }
}
