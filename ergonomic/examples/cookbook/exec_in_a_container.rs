//! Run a command in a running container.

use dockwright::{Docker, Result};

pub async fn exec_in_a_container(docker: &Docker, container: &str) -> Result<()> {
    let exec = docker
        .container(container)
        .exec(["sh", "-c", "echo $GREETING $(id -u); exit 4"]);
    let output = exec.env("GREETING", "hello").user("1000").await?;
    println!("{}exit code {}", output.stdout_text(), output.status.code());
    Ok(())
}
