//! What holds of the raw crates of all versions, and that the newest one is as its spec gives it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::OnceLock;

use dockwright_generator::lift::Answer;
use dockwright_generator::regen::{Pipeline, Prepared};
use dockwright_generator::yaml;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn pipeline() -> &'static Pipeline {
    static PIPELINE: OnceLock<Pipeline> = OnceLock::new();
    PIPELINE.get_or_init(|| Pipeline::load(&root().join("spec")).unwrap())
}

/// Method and path of every operation of the spec as it was published.
fn published(prepared: &Prepared) -> BTreeSet<String> {
    let path = root()
        .join("spec")
        .join(prepared.lifted.version.spec_file());
    let spec: Value = yaml::read(&path).unwrap();
    let paths = spec["paths"].as_object().unwrap().iter();
    let calls = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    calls.collect()
}

#[test]
fn the_newest_crate_is_what_its_spec_gives() {
    let newest = pipeline().newest().unwrap();
    let folder = root()
        .join("generated")
        .join(newest.lifted.version.folder());
    for (path, text) in pipeline().generate(newest).unwrap().files {
        let present = std::fs::read_to_string(folder.join(&path)).unwrap_or_default();
        assert!(
            present == text,
            "{path} is not what spec/ gives; run: cargo xtask regen"
        );
    }
}

#[test]
fn every_published_operation_is_there() {
    let mut counts = Vec::new();
    for prepared in &pipeline().versions {
        let published = published(prepared);
        let operations = prepared.lifted.operations.iter();
        let lifted: BTreeSet<String> = operations
            .map(|operation| format!("{} {}", operation.method, operation.path))
            .collect();
        let missing: Vec<_> = published.difference(&lifted).collect();
        assert!(
            missing.is_empty(),
            "v{}: {missing:?}",
            prepared.lifted.version
        );
        counts.push(published.len());
    }
    let known = &counts[..31];
    assert_eq!(
        (known[0], known[30], known.iter().sum::<usize>()),
        (94, 108, 3_238)
    );
}

/// Operations to which engines answer with a status and headers alone.
const EMPTY: &[&str] = &[
    "BuildCancel",
    "CheckpointCreate",
    "CheckpointDelete",
    "ConfigDelete",
    "ConfigUpdate",
    "ContainerArchiveInfo",
    "ContainerDelete",
    "ContainerKill",
    "ContainerPause",
    "ContainerRename",
    "ContainerResize",
    "ContainerRestart",
    "ContainerStart",
    "ContainerStop",
    "ContainerUnpause",
    "ExecResize",
    "ImageTag",
    "NetworkConnect",
    "NetworkDelete",
    "NetworkDisconnect",
    "NodeDelete",
    "NodeUpdate",
    "PluginCreate",
    "PluginDelete",
    "PluginDisable",
    "PluginEnable",
    "PluginSet",
    "PutContainerArchive",
    "SecretDelete",
    "SecretUpdate",
    "ServiceDelete",
    "SwarmJoin",
    "SwarmLeave",
    "SwarmUnlock",
    "SwarmUpdate",
    "SystemPingHead",
    "VolumeDelete",
    "VolumeUpdate",
];

#[test]
fn only_what_engines_answer_with_a_status_alone_comes_out_empty() {
    let expected: BTreeSet<&str> = EMPTY.iter().copied().collect();
    let empty: BTreeSet<&str> = pipeline()
        .versions
        .iter()
        .flat_map(|prepared| &prepared.lifted.operations)
        .filter(|operation| operation.answer == Answer::Empty)
        .map(|operation| operation.id.as_str())
        .collect();
    assert_eq!(empty, expected);
}

#[test]
fn no_name_is_longer_than_48() {
    for prepared in &pipeline().versions {
        for name in prepared.lifted.types.keys() {
            assert!(name.len() <= 48, "v{}: {name}", prepared.lifted.version);
        }
    }
}
