//! Pipe data through a command in a container.

use dockwright::{Docker, Result};

pub async fn run_with_input(docker: &Docker) -> Result<()> {
    let sort = docker.containers().run("busybox").cmd(["sort", "-r"]);
    let output = sort.stdin("a\nb\nc\n").auto_remove().output().await?;
    print!("{}", output.stdout_text());
    Ok(())
}
