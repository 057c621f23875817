//! Run a command and get its output and exit code.
//!
//! An exit code other than zero is no error: it is part of the output. An image that the engine does not
//! have is pulled first.

use dockwright::{Docker, Result};

pub async fn run_and_get_output(docker: &Docker) -> Result<()> {
    let script = "echo hello; echo trouble >&2; exit 3";
    let run = docker.containers().run("busybox").cmd(["sh", "-c", script]);
    let output = run.auto_remove().output().await?;
    println!("exit code: {}", output.status.code());
    println!("stdout: {}", output.stdout_text().trim());
    println!("stderr: {}", output.stderr_text().trim());
    Ok(())
}
