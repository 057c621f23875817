//! `docker images`

use dockwright::{Docker, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let docker = Docker::connect().await?;
    for image in docker.images().list().await? {
        println!(
            "{} {}",
            image.id.unwrap_or_default(),
            image.repo_tags.join(" ")
        );
    }
    Ok(())
}
