//! `docker events`: what is told while a container comes and goes.

use dockwright::{Docker, EventKind};

const LABEL: &str = "org.example.watched";

#[tokio::main(flavor = "current_thread")]
async fn main() -> dockwright::Result<()> {
    let docker = Docker::connect().await?;
    let mine = std::process::id().to_string();

    let events = docker.events().kind(EventKind::Container);
    let mut events = events.label(format!("{LABEL}={mine}")).await?;

    let container = docker.containers().run("busybox").label(LABEL, mine);
    container.cmd(["true"]).auto_remove().output().await?;

    while let Some(event) = events.try_next().await? {
        println!("{event}");
        // Docker's word for its end, and Podman's.
        if matches!(event.action.as_str(), "destroy" | "remove") {
            break;
        }
    }
    Ok(())
}
