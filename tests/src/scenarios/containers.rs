//! Containers by name: lists, states, ends.

use std::collections::BTreeSet;

use dockwright::WaitCondition;
use dockwright::raw::types::ContainerSummary;

use super::assert_output;
use crate::engine::{Engine, IDLE};

/// Docker lists the newest first, Podman the oldest.
fn ids(containers: Vec<ContainerSummary>) -> BTreeSet<String> {
    let ids = containers.into_iter().filter_map(|container| container.id);
    ids.collect()
}

pub async fn list_by_filter(engine: Engine) {
    let set = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<BTreeSet<_>>();
    let running = engine.run(IDLE).label("team", "a=b").await.unwrap();
    let created = engine.create(["true"]).label("team", "c d").await.unwrap();
    let (running, created) = (running.name_or_id(), created.name_or_id());

    let list = || {
        engine
            .docker
            .containers()
            .list()
            .filter("label", engine.label())
    };
    assert_eq!(ids(list().await.unwrap()), set(&[running]));
    assert_eq!(
        ids(list().all(true).await.unwrap()),
        set(&[created, running])
    );
    assert_eq!(ids(list().limit(1).await.unwrap()), set(&[created]));
    for (key, value, expected) in [
        ("label", "team=a=b", set(&[running])),
        ("label", "team=c d", set(&[created])),
        ("status", "created", set(&[created])),
        ("status", "paused", set(&[])),
        ("id", running, set(&[running])),
    ] {
        let found = list().all(true).filter(key, value).await.unwrap();
        assert_eq!(ids(found), expected, "{key}={value}");
    }
    let both = list()
        .filter("status", "created")
        .filter("status", "running");
    assert_eq!(ids(both.await.unwrap()), set(&[created, running]));
    let bad = list().filter("no-such-filter", "1").await.unwrap_err();
    // Podman says 500 where Docker says 400.
    assert_eq!(bad.is_invalid_input(), !engine.is_podman(), "{bad}");
}

pub async fn inspect(engine: Engine) {
    let name = engine.name("inspected");
    let create = engine
        .create(["cat"])
        .name(&name)
        .env("A", "b=c")
        .user("1:1");
    let create = create.workdir("/tmp").hostname("host").open_stdin();
    let container = create.await.unwrap();
    let by_name = engine.docker.container(&name).inspect().await.unwrap();
    let by_id = container.inspect().await.unwrap();
    assert_eq!(by_name, by_id);
    assert_eq!(by_id.id.as_deref(), Some(container.name_or_id()));
    assert_eq!(by_id.name, Some(format!("/{name}")));
    let config = by_id.config.unwrap();
    assert_eq!(config.cmd, ["cat"]);
    assert!(config.env.contains(&"A=b=c".to_owned()), "{:?}", config.env);
    assert_eq!(config.user.as_deref(), Some("1:1"));
    assert_eq!(config.working_dir.as_deref(), Some("/tmp"));
    assert_eq!(config.hostname.as_deref(), Some("host"));
    assert_eq!(config.open_stdin, Some(true));
    assert_eq!(config.tty, Some(false));
    assert_eq!(by_id.state.unwrap().running, Some(false));
    // The name as the engine gives it, with its slash, is a name too.
    let slashed = engine.docker.container(format!("/{name}"));
    slashed.remove().await.unwrap();
    assert!(container.inspect().await.unwrap_err().is_not_found());
}

pub async fn name_taken(engine: Engine) {
    let name = engine.name("taken");
    engine.create(["true"]).name(&name).await.unwrap();
    let error = engine.create(["true"]).name(&name).await.unwrap_err();
    assert_eq!(error.object(), Some(&*name));
    assert!(error.engine_message().unwrap().contains(&name), "{error}");
    // Podman says 500 where Docker says 409.
    assert_eq!(error.is_conflict(), !engine.is_podman(), "{error}");
    assert_eq!(engine.containers().await.unwrap().len(), 1);
}

pub async fn start_and_stop_twice(engine: Engine) {
    let container = engine.create(IDLE).await.unwrap();
    assert!(container.start().await.unwrap());
    assert!(!container.start().await.unwrap());
    container.pause().await.unwrap();
    container.unpause().await.unwrap();
    container.restart().await.unwrap();
    assert!(container.stop().await.unwrap());
    assert!(!container.stop().await.unwrap());
}

pub async fn kill(engine: Engine) {
    let container = engine.run(IDLE).await.unwrap();
    let end = container.wait().condition(WaitCondition::NextExit);
    let end = end.registered().await.unwrap();
    container.kill().await.unwrap();
    assert_eq!(end.await.unwrap().code(), 137);
    let error = container.kill().await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
}

/// As short as can be, 30 times: neither the output nor the end is ever missed.
pub async fn short_lives(engine: Engine) {
    for round in 0..15 {
        let container = engine.create(["true"]).await.unwrap();
        let end = container.wait().condition(WaitCondition::NextExit);
        let end = end.registered().await.unwrap();
        container.start().await.unwrap();
        assert!(end.await.unwrap().success(), "round {round}");
        // Asked afterwards, too.
        assert!(container.wait().await.unwrap().success(), "round {round}");
        container.remove().await.unwrap();

        let run = engine.run(["echo", "here"]).auto_remove();
        let out = run.output().await.unwrap();
        assert_output(&out.stdout, "here\n");
        assert!(out.status.success(), "round {round}");
    }
}

pub async fn removed_meanwhile(engine: Engine) {
    let name = engine.name("gone");
    let container = engine.create(["true"]).name(&name).await.unwrap();
    let removed = container.wait().condition(WaitCondition::Removed);
    let removed = removed.registered().await.unwrap();
    engine.docker.container(&name).remove().await.unwrap();
    removed.await.unwrap();
    let errors = [
        container.inspect().await.unwrap_err(),
        container.start().await.unwrap_err(),
        container.stop().await.unwrap_err(),
        container.kill().await.unwrap_err(),
        container.logs().await.unwrap_err(),
        container.attach().await.unwrap_err(),
        container.wait().await.unwrap_err(),
        container.remove().await.unwrap_err(),
        container.remove().force(true).await.unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_not_found(), "{error}");
        assert_eq!(error.object(), Some(container.name_or_id()), "{error}");
    }
}

pub async fn remove_a_running_one(engine: Engine) {
    let container = engine.run(IDLE).await.unwrap();
    let error = container.remove().await.unwrap_err();
    // Podman says 500 where Docker says 409.
    assert_eq!(error.is_conflict(), !engine.is_podman(), "{error}");
    container.remove().force(true).await.unwrap();
    assert!(engine.containers().await.unwrap().is_empty());
}
