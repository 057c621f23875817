//! Find containers by label, name or state.

use dockwright::{Docker, Result};

pub async fn list_containers(docker: &Docker, label: &str) -> Result<()> {
    let containers = docker.containers().list().all(true).label(label).await?;
    for container in containers {
        let name = container
            .names
            .first()
            .map(|name| name.trim_start_matches('/'));
        let [image, status] = [container.image, container.status].map(Option::unwrap_or_default);
        println!("{}: {image}, {status}", name.unwrap_or_default());
    }
    Ok(())
}
