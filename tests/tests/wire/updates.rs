//! What is read, changed and sent back: nothing of it may be lost.

use dockwright::Docker;
use dockwright::raw::types::ClusterVolumeSpecAvailability;
use dockwright_replay::ReplayEngine;
use serde_json::json;

use crate::peer::within;

/// A volume of a swarm, with fields that no version of the API has, and the update that is awaited.
const VOLUME: &str = r#"{
    "scenario": "update",
    "engine": {"name": "docker", "version": "29.0.0", "api": "1.52"},
    "turns": [
        {
            "request": {"line": "HEAD /_ping"},
            "response": {"status": 200, "headers": {"api-version": "1.52", "content-length": "0"}}
        },
        {
            "request": {"line": "GET /v1.52/volumes/shared"},
            "response": {"status": 200, "headers": {"content-type": "application/json"}},
            "body": [{"json": {
                "Name": "shared",
                "ClusterVolume": {
                    "ID": "v1",
                    "Version": {"Index": 18446744073709551615},
                    "Spec": {
                        "Group": "a",
                        "Availability": "active",
                        "AccessMode": {"Scope": "multi", "FromTheFuture": [1]},
                        "Later": {"Than": "this crate"}
                    }
                }
            }}]
        },
        {
            "request": {
                "line": "PUT /v1.52/volumes/shared?version=18446744073709551615",
                "body": {"json": {"Spec": {
                    "Group": "b",
                    "Availability": "drain",
                    "AccessMode": {"Scope": "multi", "FromTheFuture": [1]},
                    "Later": {"Than": "this crate"}
                }}}
            },
            "response": {"status": 200, "headers": {"content-length": "0"}}
        }
    ]
}"#;

#[tokio::test]
async fn an_update_of_a_volume_keeps_what_it_does_not_know() {
    let replayed = ReplayEngine::start(VOLUME.parse().unwrap()).await.unwrap();
    let docker = Docker::connect_to(replayed.docker_host()).await.unwrap();
    let update = docker.volume("shared").update();
    let update = update.availability(ClusterVolumeSpecAvailability::Drain);
    let update = update.spec(|spec| spec.group = Some("b".to_owned()));
    within(update.into_future()).await.unwrap();
    replayed.finish().await.unwrap();
}

#[tokio::test]
async fn an_update_of_a_volume_is_made_again_to_what_someone_else_made_of_it() {
    let volume = |version: u64, group: &str| {
        let spec = json!({"Group": group, "Availability": "active"});
        json!({"Name": "shared", "ClusterVolume": {"Version": {"Index": version}, "Spec": spec}})
    };
    let sent = |group: &str| json!({"Spec": {"Group": group, "Availability": "drain"}});
    let conflict = json!({"message": "rpc error: code = Unknown desc = update out of sequence"});
    let script = ReplayEngine::script().ping("1.51");
    let script = script.on("GET", "/v1.51/volumes/shared");
    let script = script.json(200, volume(7, "a"));
    let script = script.on("PUT", "/v1.51/volumes/shared?version=7");
    let script = script.expect_json(sent("a")).json(500, conflict);
    let script = script.on("GET", "/v1.51/volumes/shared");
    let script = script.json(200, volume(8, "theirs"));
    let script = script.on("PUT", "/v1.51/volumes/shared?version=8");
    let script = script.expect_json(sent("theirs")).json(200, json!({}));
    let engine = script.start().await.unwrap();
    let docker = within(Docker::connect_to(engine.docker_host()).into_future());
    let update = docker.await.unwrap().volume("shared").update();
    let update = update.availability(ClusterVolumeSpecAvailability::Drain);
    within(update.into_future()).await.unwrap();
    engine.finish().await.unwrap();
}
