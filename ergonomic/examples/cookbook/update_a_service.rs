//! Update a service, and wait until it has converged.
//!
//! `update` changes what it names and sends back all else as it was read, also what this crate does not know.

use std::time::Duration;

use dockwright::{Docker, Result};

pub async fn update_a_service(docker: &Docker, name: &str) -> Result<()> {
    let create = docker.services().create("busybox").name(name).replicas(2);
    let service = create
        .cmd(["sleep", "600"])
        .stop_grace(Duration::from_secs(1))
        .await?;
    service.converged().await?;

    service
        .update()
        .env("COLOR", "blue")
        .label("release", "2")
        .await?;
    service.converged().await?;
    println!("{} tasks run", service.tasks().running().await?.len());
    service.remove().await
}
