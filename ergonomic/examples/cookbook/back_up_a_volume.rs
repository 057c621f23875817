//! Back up a volume to a tar file, and restore it.
//!
//! A container that is only created mounts the volume for the copies. The archive is written as it comes, in
//! constant memory.

use std::error::Error;

use dockwright::{Docker, Mount, Upload};
use tokio::fs::File;
use tokio::io::copy;

pub async fn back_up_a_volume(
    docker: &Docker,
    volume: &str,
    file: &str,
    restored: &str,
) -> Result<(), Box<dyn Error>> {
    let mounting = |volume| {
        docker
            .containers()
            .create("busybox")
            .mount(Mount::volume(volume, "/volume"))
    };

    let from = mounting(volume).await?;
    let (_, mut archive) = from.copy_from("/volume/.").tar().await?;
    copy(&mut archive, &mut File::create(file).await?).await?;
    from.remove().await?;

    let to = mounting(restored).await?;
    let archive = Upload::from(tokio::fs::read(file).await?);
    to.copy_to("/volume").tar(archive).await?;
    to.remove().await?;
    Ok(())
}
