//! What a user of dockwright writes.

use std::path::Path;

use anyhow::{Context, Result};
use dockwright::{BuildContext, Chunk, Docker, LogStream};

use crate::Seen;

pub async fn connect(socket: &Path) -> Result<Docker> {
    // Not what this machine has for logins: a helper of its own would be started for each pull.
    let connect = Docker::connect_to(format!("unix://{}", socket.display()));
    Ok(connect.isolated().await?)
}

pub async fn pings(docker: &Docker, count: u64) -> Result<Seen> {
    let mut seen = Seen::default();
    for _ in 0..count {
        docker.ping().await?;
        seen.add(0);
    }
    Ok(seen)
}

pub async fn inspects(docker: &Docker, count: u64) -> Result<Seen> {
    let mut seen = Seen::default();
    let container = docker.container("bench");
    for _ in 0..count {
        let about = container.inspect().await?;
        seen.add(about.id.context("no id")?.len());
    }
    Ok(seen)
}

pub async fn inspects_at_once(docker: &Docker, tasks: u64, count: u64) -> Result<Seen> {
    let inspects = |_| {
        let docker = docker.clone();
        async move { inspects(&docker, count).await }
    };
    Seen::at_once((0..tasks).map(inspects)).await
}

pub async fn logs(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut logs = docker.container("bench").logs().await?;
    while let Some(chunk) = logs.try_next().await? {
        seen.add(chunk.bytes().len());
    }
    Ok(seen)
}

pub async fn attach(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    let attach = docker.container("bench").attach().stdin(false);
    let mut attached = attach.await?;
    while let Some(chunk) = attached.try_next().await? {
        seen.add(chunk.bytes().len());
    }
    Ok(seen)
}

pub async fn exec(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    let exec = docker.container("bench").exec(["cat"]);
    let mut process = exec.spawn().await?;
    while let Some(chunk) = process.try_next().await? {
        seen.add(chunk.bytes().len());
    }
    Ok(seen)
}

pub async fn lines(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut lines = docker.container("bench").logs().await?.lines();
    while let Some(line) = lines.try_next().await? {
        seen.add(line.bytes.len());
    }
    Ok(seen)
}

pub async fn events(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut events = docker.events().await?;
    while let Some(event) = events.try_next().await? {
        seen.add(event.attributes.len());
    }
    Ok(seen)
}

pub async fn stats(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut stats = docker.container("bench").stats().stream().await?;
    while let Some(sample) = stats.try_next().await? {
        seen.add(sample.raw().networks.len());
    }
    Ok(seen)
}

pub async fn pull(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    let mut pull = docker.images().pull("bench").progress().await?;
    while pull.try_next().await?.is_some() {
        seen.add(0);
    }
    Ok(seen)
}

pub async fn list(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    for container in docker.containers().list().all(true).await? {
        seen.add(container.labels.len());
    }
    Ok(seen)
}

pub async fn build(docker: &Docker, folder: &Path) -> Result<Seen> {
    let mut seen = Seen::default();
    let build = docker.images().build(BuildContext::dir(folder));
    let mut steps = build.progress().await?;
    while steps.try_next().await?.is_some() {
        seen.add(0);
    }
    Ok(seen)
}

pub async fn copy(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    let copy = docker.container("bench").copy_from("/data");
    let (_, mut tar) = copy.tar().await?;
    while let Some(bytes) = tar.try_next().await? {
        seen.bytes += bytes.len() as u64;
    }
    Ok(seen)
}

pub async fn unpack(docker: &Docker, folder: &Path) -> Result<()> {
    let copy = docker.container("bench").copy_from("/data");
    Ok(copy.to(folder).await?)
}

/// Follows that many logs, and has read the first piece of each.
pub async fn follow(docker: &Docker, count: u64) -> Result<Vec<(LogStream, Chunk)>> {
    let mut all = Vec::new();
    for _ in 0..count {
        let mut logs = docker.container("followed").logs().follow(true).await?;
        let first = logs.try_next().await?.context("no first piece")?;
        all.push((logs, first));
    }
    Ok(all)
}
