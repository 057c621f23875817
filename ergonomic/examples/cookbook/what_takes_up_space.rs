//! See what takes up an engine's disk.

use dockwright::{Docker, Result};

pub async fn what_takes_up_space(docker: &Docker) -> Result<()> {
    let usage = docker.disk_usage().await?;
    let line = |what, count, size, reclaimable| {
        println!("{count} {what}: {size} bytes, {reclaimable} of them unused");
    };
    let images = &usage.images;
    line(
        "images",
        images.total_count,
        images.total_size,
        images.reclaimable,
    );
    let volumes = &usage.volumes;
    line(
        "volumes",
        volumes.total_count,
        volumes.total_size,
        volumes.reclaimable,
    );
    Ok(())
}
