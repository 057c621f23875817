//! React to events, and resume after the engine was restarted.
//!
//! Each event comes once, past lost connections and stopped engines. Where the engine no longer knows what happened
//! meanwhile, a `Gap` says so: look at the state then.

use dockwright::{Docker, EventKind, Result, Resumed};

pub async fn react_to_events(docker: &Docker, label: &str) -> Result<()> {
    let events = docker.events().kind(EventKind::Container).label(label);
    let mut events = events.resume().await?;

    let (key, value) = label.split_once('=').unwrap_or((label, ""));
    let run = docker.containers().run("busybox").label(key, value);
    run.cmd(["sh", "-c", "exit 5"])
        .auto_remove()
        .output()
        .await?;

    while let Some(item) = events.try_next().await? {
        match item {
            Resumed::Event(event) if event.action == "die" => {
                println!("it ended with {}", event.exit_code().unwrap_or_default());
                break;
            }
            Resumed::Gap { .. } => println!("something may have been missed"),
            _ => {}
        }
    }
    Ok(())
}
