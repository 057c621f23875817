//! A service on the swarm of the engine: create it, scale it, read what its tasks write, remove it.
//!
//! `service IMAGE`, such as `service busybox`

use dockwright::{Docker, Result};

const SCRIPT: &str = "echo a task on $HOSTNAME; trap 'exit 0' TERM; sleep 600 & wait";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let docker = Docker::connect().await?;
    let image = std::env::args().nth(1).expect("usage: service IMAGE");

    let create = docker.services().create(image).replicas(1);
    let service = create.cmd(["sh", "-c", SCRIPT]).await?;
    for warning in service.warnings() {
        eprintln!("{warning}");
    }
    service.converged().await?;
    service.scale(3).await?;
    service.converged().await?;

    for task in service.tasks().running().await? {
        let state = task.status.and_then(|status| status.state);
        println!("{} is {}", task.id.unwrap(), state.unwrap());
    }
    let mut lines = service.logs().details(true).await?.lines();
    while let Some(line) = lines.try_next().await? {
        println!("{} wrote: {line}", line.details["com.docker.swarm.task.id"]);
    }
    service.remove().await
}
