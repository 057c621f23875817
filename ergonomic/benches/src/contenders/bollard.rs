//! What a user of bollard writes.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, StartExecResults};
use bollard::query_parameters::{
    AttachContainerOptions, CreateImageOptions, DownloadFromContainerOptions,
    InspectContainerOptions, ListContainersOptions, LogsOptions, StatsOptions,
};
use bollard::{API_DEFAULT_VERSION, Docker};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, TryStreamExt, pin_mut};

use crate::Seen;

pub fn connect(socket: &Path) -> Result<Docker> {
    let socket = socket.to_str().context("a path that is no text")?;
    Ok(Docker::connect_with_unix(socket, 120, API_DEFAULT_VERSION)?)
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
    for _ in 0..count {
        let about = docker
            .inspect_container("bench", None::<InspectContainerOptions>)
            .await?;
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

async fn output(
    output: impl Stream<Item = Result<LogOutput, bollard::errors::Error>>,
) -> Result<Seen> {
    let mut seen = Seen::default();
    pin_mut!(output);
    while let Some(chunk) = output.try_next().await? {
        seen.add(chunk.as_ref().len());
    }
    Ok(seen)
}

fn followed(docker: &Docker, container: &str, follow: bool) -> BoxStream<'static, Output> {
    let options = LogsOptions {
        stdout: true,
        stderr: true,
        follow,
        ..Default::default()
    };
    docker.logs(container, Some(options)).boxed()
}

type Output = Result<LogOutput, bollard::errors::Error>;

pub async fn logs(docker: &Docker) -> Result<Seen> {
    output(followed(docker, "bench", false)).await
}

pub async fn attach(docker: &Docker) -> Result<Seen> {
    let options = AttachContainerOptions {
        stream: true,
        stdout: true,
        stderr: true,
        ..Default::default()
    };
    let attached = docker.attach_container("bench", Some(options)).await?;
    output(attached.output).await
}

pub async fn exec(docker: &Docker) -> Result<Seen> {
    let options = CreateExecOptions {
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        cmd: Some(vec!["cat"]),
        ..Default::default()
    };
    let exec = docker.create_exec("bench", options).await?;
    match docker.start_exec(&exec.id, None).await? {
        StartExecResults::Attached { output: chunks, .. } => output(chunks).await,
        StartExecResults::Detached => bail!("detached"),
    }
}

pub async fn events(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    let events = docker.events(None);
    pin_mut!(events);
    while let Some(event) = events.try_next().await? {
        let attributes = event.actor.and_then(|actor| actor.attributes);
        seen.add(attributes.map_or(0, |attributes| attributes.len()));
    }
    Ok(seen)
}

pub async fn stats(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    let stats = docker.stats("bench", None::<StatsOptions>);
    pin_mut!(stats);
    while let Some(sample) = stats.try_next().await? {
        seen.add(sample.networks.map_or(0, |networks| networks.len()));
    }
    Ok(seen)
}

pub async fn pull(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    let options = CreateImageOptions {
        from_image: Some("bench".to_owned()),
        tag: Some("latest".to_owned()),
        ..Default::default()
    };
    let steps = docker.create_image(Some(options), None, None);
    pin_mut!(steps);
    while steps.try_next().await?.is_some() {
        seen.add(0);
    }
    Ok(seen)
}

pub async fn list(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    let options = ListContainersOptions {
        all: true,
        ..Default::default()
    };
    for container in docker.list_containers(Some(options)).await? {
        seen.add(container.labels.map_or(0, |labels| labels.len()));
    }
    Ok(seen)
}

pub async fn copy(docker: &Docker) -> Result<Seen> {
    let mut seen = Seen::default();
    let options = DownloadFromContainerOptions {
        path: "/data".to_owned(),
    };
    let bytes = docker.download_from_container("bench", Some(options));
    pin_mut!(bytes);
    while let Some(bytes) = bytes.try_next().await? {
        seen.bytes += Bytes::len(&bytes) as u64;
    }
    Ok(seen)
}

/// Follows that many logs, and has read the first piece of each.
pub async fn follow(
    docker: &Docker,
    count: u64,
) -> Result<Vec<(BoxStream<'static, Output>, LogOutput)>> {
    let mut all = Vec::new();
    for _ in 0..count {
        let mut logs = followed(docker, "followed", true);
        let first = logs.try_next().await?.context("no first piece")?;
        all.push((logs, first));
    }
    Ok(all)
}
