//! `docker stop $(docker ps -q)`, or only the containers with the label that is given.

use dockwright::{Docker, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let docker = Docker::connect().await?;
    let mut list = docker.containers().list();
    if let Some(label) = std::env::args().nth(1) {
        list = list.filter("label", label);
    }
    for container in list.await? {
        docker.container(&container).stop().await?;
        println!("{} has stopped", container.id.unwrap_or_default());
    }
    Ok(())
}
