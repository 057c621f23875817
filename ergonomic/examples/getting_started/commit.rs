//! `docker run busybox touch /helloworld`, then `docker commit CONTAINER IMAGE`

use dockwright::{Docker, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let docker = Docker::connect().await?;
    let name = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "helloworld".to_owned());
    let touch = docker
        .containers()
        .run("busybox")
        .cmd(["touch", "/helloworld"])
        .stream()
        .await?;
    let container = touch.container().clone();
    touch.wait().await?;
    let image = container.commit().tag(name).await?;
    container.remove().await?;
    println!("{}", image.name_or_id());
    Ok(())
}
