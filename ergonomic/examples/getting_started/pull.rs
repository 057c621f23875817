//! `docker pull IMAGE`

use dockwright::{Docker, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let docker = Docker::connect().await?;
    let reference = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "alpine".to_owned());
    let image = docker.images().pull(reference).await?;
    println!("{}", image.inspect().await?.id.unwrap_or_default());
    Ok(())
}
