//! `docker run busybox echo hello world`

use dockwright::{Docker, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let docker = Docker::connect().await?;
    let echo = docker
        .containers()
        .run("busybox")
        .cmd(["echo", "hello", "world"]);
    let output = echo.auto_remove().output().await?;
    print!("{}", output.stdout_text());
    Ok(())
}
