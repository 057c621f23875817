//! Stop a command that takes too long.
//!
//! Nothing here has a time limit of its own; `tokio::time::timeout` bounds whatever is awaited. Dropping a
//! request leaves the container alone, so it is removed by name.

use std::time::Duration;

use dockwright::{Docker, Result};
use tokio::time::timeout;

pub async fn run_with_a_time_limit(docker: &Docker) -> Result<()> {
    let sleep = docker.containers().run("busybox").cmd(["sleep", "600"]);
    let container = sleep.await?;
    match timeout(Duration::from_millis(500), container.wait()).await {
        Ok(status) => println!("it ended: {}", status?),
        Err(_) => println!("it took too long"),
    }
    container.remove().force(true).await
}
