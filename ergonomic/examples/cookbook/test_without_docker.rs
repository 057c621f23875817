//! Test my code without Docker.
//!
//! `dockwright-replay` is an engine in the test's own process that gives answers written by hand, or recorded from a
//! real engine, and complains of whatever is asked otherwise.

use std::error::Error;

use dockwright::Docker;
use dockwright_replay::ReplayEngine;
use serde_json::json;

/// The code to test.
async fn running(docker: &Docker) -> dockwright::Result<usize> {
    Ok(docker.containers().list().await?.len())
}

pub async fn test_without_docker(_: &Docker) -> Result<(), Box<dyn Error>> {
    let script = ReplayEngine::script().ping("1.51");
    let script = script
        .on("GET", "/v1.51/containers/json")
        .json(200, json!([{ "Id": "c1" }]));
    let engine = script.start().await?;

    let docker = Docker::connect_to(engine.docker_host()).await?;
    assert_eq!(running(&docker).await?, 1);

    engine.finish().await?;
    println!("all was asked as expected");
    Ok(())
}
