//! Stop and remove all containers with a label.

use std::time::Duration;

use dockwright::{Docker, Result};

pub async fn stop_all_with_a_label(docker: &Docker, label: &str) -> Result<()> {
    for found in docker.containers().list().all(true).label(label).await? {
        let container = docker.container(&found);
        if container.stop().grace(Duration::from_secs(2)).await? {
            println!("{} was running", container.name_or_id());
        }
        container.remove().await?;
    }
    Ok(())
}
