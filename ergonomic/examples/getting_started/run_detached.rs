//! `docker run -d busybox sleep 10`

use dockwright::{Docker, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let docker = Docker::connect().await?;
    let sleeper = docker
        .containers()
        .run("busybox")
        .cmd(["sleep", "10"])
        .auto_remove()
        .await?;
    println!("{}", sleeper.name_or_id());
    Ok(())
}
