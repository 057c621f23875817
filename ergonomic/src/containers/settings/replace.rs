//! A new container in the place of the one that has its name.
//!
//! The other one must not be lost to a new one that the engine does not take, and engines look at
//! the name before most else. So the new one is created without the name, and gets it once the
//! other one is gone.

use std::time::Duration;

use super::super::Container;
use super::Settings;
use crate::answer::Result;
use crate::error::Error;
use crate::raw::ContainerCreateParams;
use crate::raw::types::ContainerCreateBody;

/// How long to wait before the name is tried again, if the container that has it cannot be removed
/// since it is not quite there yet, or no more. Only who creates others of that name at the same
/// time makes it more than once.
const PAUSES: [u64; 8] = [0, 20, 50, 100, 200, 500, 1000, 2000];

/// How Podman answers, with 500, that the name of a container is taken: to a creation, and to a
/// change of the name.
const PODMAN_NAME_TAKEN: [&str; 2] = [
    "that name is already in use",
    "UNIQUE constraint failed: ContainerConfig.Name",
];

impl Settings {
    /// Creates the container, in place of the one that has its name if that is wanted.
    pub(super) async fn replacing(&self, body: &ContainerCreateBody) -> Result<Container> {
        let outcome = self.create_once(&self.params, body).await;
        let taken = matches!(&outcome, Err(error) if is_name_taken(error));
        let Some(name) = self.params.name.as_ref().filter(|_| self.replace && taken) else {
            return outcome;
        };
        let unnamed = ContainerCreateParams {
            name: None,
            ..self.params.clone()
        };
        let new = self.create_once(&unnamed, body).await?;
        match take_name(&new, name).await {
            Ok(()) => Ok(new),
            Err(error) => Err(new.discarded(error).await),
        }
    }
}

/// Gives a container the name, after whichever has it was removed.
async fn take_name(new: &Container, name: &str) -> Result<()> {
    let old = new.docker().container(name);
    let mut outcome = Ok(());
    for pause in PAUSES {
        match old.remove().force(true).await {
            Err(error) if error.is_not_found() => {
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            removed => removed?,
        }
        outcome = new.rename(name).await.map(drop);
        if !matches!(&outcome, Err(error) if is_name_taken(error)) {
            break;
        }
    }
    outcome
}

fn is_name_taken(error: &Error) -> bool {
    let said = error.engine_message().unwrap_or_default();
    let podman = || PODMAN_NAME_TAKEN.iter().any(|words| said.contains(words));
    error.is_conflict() || error.status() == Some(500) && podman()
}
