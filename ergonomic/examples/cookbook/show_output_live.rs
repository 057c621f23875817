//! Show what a command writes while it runs.

use dockwright::{Docker, Result};

pub async fn show_output_live(docker: &Docker) -> Result<()> {
    let script = "for i in 1 2 3; do echo step $i; sleep 0.1; done";
    let run = docker.containers().run("busybox").cmd(["sh", "-c", script]);
    let mut running = run.auto_remove().stream().await?;
    while let Some(chunk) = running.try_next().await? {
        match chunk.is_stderr() {
            true => eprint!("{chunk}"),
            false => print!("{chunk}"),
        }
    }
    println!("{}", running.wait().await?);
    Ok(())
}
