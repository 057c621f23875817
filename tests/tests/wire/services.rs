//! Services that are read, changed and sent back.

use dockwright::{Docker, Service};
use dockwright_replay::{ReplayEngine, Script};
use serde_json::{Value, json};

use crate::peer::within;

/// A service as Docker 28 tells of it, with fields that no version of the API knows, yet.
fn spec(replicas: u64) -> Value {
    json!({
        "Name": "web",
        "Labels": {"colour": "blue"},
        "FutureOfServices": {"a": [1, {"b": null}]},
        "TaskTemplate": {
            "ContainerSpec": {
                "Image": "nginx:1.27@sha256:0",
                "Env": ["A=1"],
                "FutureOfContainers": "kept",
                "Isolation": "default",
            },
            "Resources": {"Limits": {"FutureOfLimits": 0.5}},
            "Placement": {"Platforms": [{"Architecture": "amd64", "FutureOfPlatforms": [], "OS": "linux"}]},
            "ForceUpdate": 0,
            "Runtime": "container",
        },
        "Mode": {"FutureOfModes": {}, "Replicated": {"FutureOfReplicas": true, "Replicas": replicas}},
        "EndpointSpec": {"Mode": "vip"},
    })
}

fn inspected(version: u64, spec: Value) -> Value {
    json!({"ID": "s1", "Version": {"Index": version}, "Spec": spec, "FutureOfAnswers": 1})
}

const INSPECT: &str = "/v1.51/services/web";

async fn web(script: Script) -> (ReplayEngine, Service) {
    let engine = script.start().await.unwrap();
    let docker = within(Docker::connect_to(engine.docker_host()).into_future());
    let service = docker.await.unwrap().service("web");
    (engine, service)
}

#[tokio::test]
async fn what_nobody_knows_of_a_service_is_sent_back_as_it_came() {
    let script = ReplayEngine::script().ping("1.51");
    let script = script.on("GET", INSPECT).json(200, inspected(7, spec(1)));
    let update = script.on("POST", "/v1.51/services/web/update?version=7");
    // `expect_json` holds the body to all of it, and to no more.
    let script = update
        .expect_json(spec(5))
        .json(200, json!({"Warnings": null}));
    let (engine, web) = web(script).await;
    assert!(within(web.scale(5).into_future()).await.unwrap().is_empty());
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn a_change_is_made_again_to_what_someone_else_made_of_it() {
    let mut theirs = spec(1);
    theirs["Labels"]["theirs"] = json!("kept");
    let mut both = theirs.clone();
    both["Mode"]["Replicated"]["Replicas"] = json!(5);
    let conflict = json!({"message": "rpc error: code = Unknown desc = update out of sequence"});
    let script = ReplayEngine::script().ping("1.51");
    let script = script.on("GET", INSPECT).json(200, inspected(7, spec(1)));
    let update = script.on("POST", "/v1.51/services/web/update?version=7");
    let script = update.expect_json(spec(5)).json(500, conflict);
    let script = script.on("GET", INSPECT).json(200, inspected(8, theirs));
    let update = script.on("POST", "/v1.51/services/web/update?version=8");
    let script = update
        .expect_json(both)
        .json(200, json!({"Warnings": ["careful"]}));
    let (engine, web) = web(script).await;
    assert_eq!(
        within(web.scale(5).into_future()).await.unwrap(),
        ["careful"]
    );
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn a_new_image_is_pinned_by_its_digest() {
    let mut pinned = spec(1);
    let task = &mut pinned["TaskTemplate"];
    task["ContainerSpec"]["Image"] = json!("nginx:1.29@sha256:1");
    task["Placement"]["Platforms"] = json!([{"Architecture": "arm64", "OS": "linux"}]);
    let script = ReplayEngine::script().ping("1.51");
    let script = script.on("GET", INSPECT).json(200, inspected(7, spec(1)));
    let script = script
        .on("GET", "/v1.51/distribution/nginx:1.29/json")
        .json(
            200,
            json!({
                "Descriptor": {"digest": "sha256:1"},
                "Platforms": [
                    {"architecture": "arm64", "os": "linux", "variant": "v8"},
                    {"architecture": "unknown", "os": "unknown"},
                ],
            }),
        );
    let update = script.on("POST", "/v1.51/services/web/update?version=7");
    let script = update.expect_json(pinned).json(200, json!({}));
    let (engine, web) = web(script).await;
    let warnings = within(web.update().image("nginx:1.29").into_future()).await;
    assert!(warnings.unwrap().is_empty());
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn an_answer_without_a_version_is_not_sent_back() {
    for answer in [json!({"Spec": spec(1)}), json!({"Version": {"Index": 7}})] {
        let script = ReplayEngine::script().ping("1.51");
        let script = script.on("GET", INSPECT).json(200, answer);
        let (engine, web) = web(script).await;
        let error = within(web.scale(5).into_future()).await.unwrap_err();
        assert!(error.is_decode(), "{error}");
        assert_eq!(error.operation(), Some("update service"));
        engine.finish().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_no_number_of_processors_is_not_sent() {
    let engine = ReplayEngine::script().ping("1.51").start().await.unwrap();
    let docker = within(Docker::connect_to(engine.docker_host()).into_future());
    let services = docker.await.unwrap().services();
    for cpus in [f64::NAN, f64::INFINITY, -0.5] {
        let limited = services.create("nginx:1.29").limit_cpu(cpus);
        let reserved = services.create("nginx:1.29").reserve_cpu(cpus);
        for create in [limited, reserved] {
            let error = within(create.into_future()).await.unwrap_err();
            assert!(error.is_invalid_input(), "{error}");
            assert_eq!(error.operation(), Some("create service"));
        }
    }
    engine.finish().await.unwrap();
}

#[tokio::test]
async fn a_secret_is_not_sent_to_where_services_have_none() {
    let script = ReplayEngine::script().ping("1.26");
    let secret = json!({"ID": "i1", "Spec": {"Name": "key"}});
    let script = script.on("GET", "/v1.26/secrets/key").json(200, secret);
    let engine = script.start().await.unwrap();
    let docker = within(Docker::connect_to(engine.docker_host()).into_future());
    let create = docker.await.unwrap().services().create("nginx:1.29");
    let create = create.secret("key").resolve_image(false);
    let error = within(create.into_future()).await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    engine.finish().await.unwrap();
}
