//! Move an image to another engine without a registry.
//!
//! The archive goes from one engine to the other as it comes; nothing of it is kept here.

use dockwright::{Docker, Result, Upload};
use futures_util::TryStreamExt;

pub async fn move_an_image(docker: &Docker, image: &str, host: &str) -> Result<()> {
    let other = Docker::connect_to(host).await?;
    let archive = docker.image(image).save().await?;
    let upload = Upload::stream(archive.map_err(std::io::Error::other));
    for loaded in other.images().load(upload).await? {
        println!("loaded {}", loaded.name_or_id());
    }
    Ok(())
}
