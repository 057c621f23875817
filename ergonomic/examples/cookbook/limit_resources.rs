//! Limit memory, processors and processes.

use dockwright::{Docker, Result};

pub async fn limit_resources(docker: &Docker) -> Result<()> {
    let nproc = docker.containers().create("busybox").cmd(["true"]);
    let limited = nproc.memory(64 << 20).cpus(0.5).pids_limit(20);
    let container = limited.await?;
    let about = container.inspect().await?.host_config.unwrap_or_default();
    println!("{} bytes of memory", about.memory.unwrap_or_default());
    container.remove().await
}
