//! Prune what is unused, with a label.
//!
//! Containers that have ended, then networks and volumes that no container uses.

use dockwright::{Docker, Result};

pub async fn prune_by_label(docker: &Docker, label: &str) -> Result<()> {
    let containers = docker.containers().prune().label(label).await?;
    let networks = docker.networks().prune().label(label).await?;
    // Volumes with a name only where that is asked for.
    let volumes = docker.volumes().prune().label(label).all(true).await?;
    println!("{} containers", containers.containers.len());
    println!("{} networks", networks.networks.len());
    println!("{} volumes", volumes.volumes.len());
    println!("{} bytes freed", containers.reclaimed + volumes.reclaimed);
    Ok(())
}
