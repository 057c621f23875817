//! `docker ps`

use dockwright::{Docker, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let docker = Docker::connect().await?;
    for container in docker.containers().list().await? {
        println!(
            "{} {}",
            container.id.unwrap_or_default(),
            container.names.join(" ")
        );
    }
    Ok(())
}
