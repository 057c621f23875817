//! Watch what a container uses of processor and memory.

use dockwright::{Docker, Result};

pub async fn watch_resource_use(docker: &Docker, container: &str) -> Result<()> {
    let mut samples = docker.container(container).stats().stream().await?;
    for _ in 0..2 {
        let Some(sample) = samples.try_next().await? else {
            break;
        };
        let cpu = sample.cpu_percent().unwrap_or_default();
        let memory = sample.memory_used().unwrap_or_default();
        println!("{cpu:.1} % of a processor, {} KiB of memory", memory / 1024);
    }
    Ok(())
}
