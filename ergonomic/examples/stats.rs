//! `docker stats --no-stream`: what each running container uses.

use dockwright::{Docker, StatsSample};
use futures_util::future::join_all;

#[tokio::main(flavor = "current_thread")]
async fn main() -> dockwright::Result<()> {
    let docker = Docker::connect().await?;
    let running = docker.containers().list().await?;
    let ids = running.into_iter().filter_map(|container| container.id);

    // Docker takes a second for a sample, so all are taken at once.
    let samples = ids.map(|id| docker.container(id).stats().into_future());
    println!(
        "{:24} {:>8} {:>10} {:>8} {:>5}",
        "NAME", "CPU", "MEMORY", "OF ALL", "PIDS"
    );
    // A container may have ended meanwhile.
    for sample in join_all(samples).await.into_iter().flatten() {
        print(&sample);
    }
    Ok(())
}

fn print(sample: &StatsSample) {
    let name = sample.raw().name.as_deref().unwrap_or_default();
    let percent = |value: Option<f64>| value.map_or("--".to_owned(), |v| format!("{v:.2} %"));
    println!(
        "{:24} {:>8} {:>6} KiB {:>8} {:>5}",
        name.trim_start_matches('/'),
        percent(sample.cpu_percent()),
        sample.memory_used().unwrap_or_default() / 1024,
        percent(sample.memory_percent()),
        sample.pids().unwrap_or_default(),
    );
}
