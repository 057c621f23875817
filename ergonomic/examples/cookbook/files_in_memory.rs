//! Write and read a file of a container without a local one.

use dockwright::{Docker, Result};

pub async fn files_in_memory(docker: &Docker, container: &str) -> Result<()> {
    let container = docker.container(container);
    container
        .copy_to("/etc/app.conf")
        .contents("color = blue\n")
        .await?;
    let text = container.copy_from("/etc/app.conf").bytes().await?;
    print!("{}", String::from_utf8_lossy(&text));
    Ok(())
}
