//! Stream the logs of several containers until Ctrl-C.
//!
//! `resume` goes on after lost connections and gives each line once. A stream ends when its container does.

use dockwright::{Docker, Result};
use futures_util::stream::{StreamExt, TryStreamExt, select_all};
use tokio::signal::ctrl_c;

pub async fn stream_logs_of_several(docker: &Docker, label: &str) -> Result<()> {
    let mut all = Vec::new();
    for found in docker.containers().list().label(label).await? {
        let name = found.names[0].trim_start_matches('/').to_owned();
        let lines = docker.container(&found).logs().tail(10).resume().await?;
        all.push(lines.map_ok(move |line| format!("{name} | {line}")));
    }
    let mut lines = select_all(all).take_until(Box::pin(ctrl_c()));
    while let Some(line) = lines.try_next().await? {
        println!("{line}");
    }
    Ok(())
}
