//! `docker logs CONTAINER`

use dockwright::{Docker, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let docker = Docker::connect().await?;
    let name = std::env::args().nth(1).expect("usage: logs CONTAINER");
    let mut logs = docker.container(name).logs().await?;
    while let Some(chunk) = logs.try_next().await? {
        print!("{chunk}");
    }
    Ok(())
}
