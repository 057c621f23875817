//! Read the last lines of a log, with their times.
//!
//! Lines come whole, however the engine cut them, and each says whether it was written to standard output or to
//! standard error.

use std::time::Duration;

use dockwright::{Docker, LogSource, Result};

pub async fn read_logs(docker: &Docker, container: &str) -> Result<()> {
    let logs = docker
        .container(container)
        .logs()
        .timestamps(true)
        .tail(100);
    let mut lines = logs.since(Duration::from_secs(600)).await?.lines();
    while let Some(line) = lines.try_next().await? {
        let age = line
            .time
            .and_then(|time| time.elapsed().ok())
            .unwrap_or_default();
        let mark = if line.source == LogSource::Stderr {
            "!"
        } else {
            " "
        };
        println!("{mark} {} s ago: {line}", age.as_secs());
    }
    Ok(())
}
