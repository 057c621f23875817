//! What takes up an engine's disk, in the form of engines that are newer than those at hand.

use dockwright::Docker;
use dockwright_replay::ReplayEngine;

use crate::peer::within;

const SUMS: &str = r#"{
    "scenario": "sums",
    "engine": {"name": "docker", "version": "29.0.0", "api": "1.52"},
    "turns": [
        {
            "request": {"line": "HEAD /_ping"},
            "response": {"status": 200, "headers": {"api-version": "1.52", "content-length": "0"}}
        },
        {
            "request": {"line": "GET /v1.52/system/df?type=image&type=volume&verbose=true"},
            "response": {"status": 200, "headers": {"content-type": "application/json"}},
            "body": [{"json": {
                "ImageUsage": {
                    "TotalCount": 3, "ActiveCount": 1, "TotalSize": 500, "Reclaimable": 200,
                    "Items": [{"Id": "sha256:a"}]
                },
                "VolumeUsage": {"TotalCount": 1, "ActiveCount": 0, "TotalSize": -1, "Items": null}
            }}]
        },
        {
            "request": {"line": "GET /v1.52/system/df"},
            "response": {"status": 200, "headers": {"content-type": "application/json"}},
            "body": [{"json": {
                "ImageUsage": {"TotalCount": 3, "ActiveCount": 1, "TotalSize": 500, "Reclaimable": 200},
                "LayersSize": 7,
                "Images": [{"Id": "sha256:a"}],
                "Containers": [{"Id": "c", "State": "exited", "SizeRw": 5}]
            }}]
        }
    ]
}"#;

#[tokio::test]
async fn sums_are_taken_as_they_are_told() {
    let replayed = ReplayEngine::start(SUMS.parse().unwrap()).await.unwrap();
    let docker = Docker::connect_to(replayed.docker_host()).await.unwrap();

    let ask = docker.disk_usage().images().volumes().verbose(true);
    let usage = within(ask.into_future()).await.unwrap();
    assert_eq!(
        (usage.images.total_count, usage.images.active_count),
        (3, 1)
    );
    assert_eq!(
        (usage.images.total_size, usage.images.reclaimable),
        (500, 200)
    );
    assert_eq!(usage.images.items.len(), 1);
    assert_eq!(
        (usage.volumes.total_count, usage.volumes.total_size),
        (1, 0)
    );
    assert_eq!(usage.containers, Default::default());

    // Sums win over the lists that engines still send besides; lists are there for the rest.
    let usage = within(docker.disk_usage().into_future()).await.unwrap();
    assert_eq!(usage.images.total_size, 500);
    assert!(usage.images.items.is_empty());
    assert_eq!(
        (usage.containers.total_count, usage.containers.reclaimable),
        (1, 5)
    );
    replayed.finish().await.unwrap();
}
