//! What containers use.

use dockwright::ApiVersion;

use crate::engine::{Engine, IDLE};

pub async fn stats(engine: Engine) {
    let container = engine.run(IDLE).await.unwrap();
    let sample = container.stats().await.unwrap();
    assert!(sample.time().is_some());
    assert!(sample.memory_used().unwrap() > 0);
    assert!(sample.memory_limit().unwrap() > sample.memory_used().unwrap());
    assert!((0.0..100.0).contains(&sample.memory_percent().unwrap()));
    assert!(sample.pids().unwrap() >= 1);
    assert!(sample.network_received().is_some() && sample.network_sent().is_some());
    // Podman has no second before.
    let busy = sample.cpu_percent();
    assert_eq!(busy.is_none(), engine.is_podman(), "{busy:?}");
    assert!(busy.is_none_or(|percent| (0.0..6400.0).contains(&percent)));

    let at_once = container.stats().one_shot(true).await;
    if engine.docker.api_version() < ApiVersion::new(1, 41) {
        assert!(at_once.unwrap_err().is_unsupported());
    } else {
        let at_once = at_once.unwrap();
        assert_eq!(at_once.cpu_percent(), None);
        assert!(at_once.memory_used().unwrap() > 0);
    }
    container.remove().force(true).await.unwrap();
    let error = container.stats().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

pub async fn stats_of_a_stopped_one(engine: Engine) {
    let container = engine.create(["true"]).await.unwrap();
    match container.stats().await {
        Err(error) => {
            assert!(engine.is_podman(), "{error}");
            assert_eq!(error.status(), Some(500));
            assert_eq!(error.engine_message(), Some("container is stopped"));
        }
        Ok(sample) => {
            assert!(!engine.is_podman(), "{sample:?}");
            assert_eq!(sample.time(), None);
            assert_eq!(sample.cpu_percent(), None);
            assert_eq!(sample.memory_used(), None);
            assert_eq!(sample.pids(), None);
        }
    }
}

/// One that does nothing but work keeps about one processor busy.
pub async fn stats_as_a_stream(engine: Engine) {
    let run = engine.run(["sh", "-c", "while :; do :; done"]);
    let container = run.await.unwrap();
    let mut samples = container.stats().stream().await.unwrap();
    let mut last = None;
    let percent = loop {
        let sample = samples.try_next().await.unwrap().unwrap();
        assert!(sample.time() > last, "{:?} after {last:?}", sample.time());
        last = sample.time();
        if let Some(percent) = sample.cpu_percent() {
            break percent;
        }
    };
    // A loop keeps one processor busy, as far as the machine has one to give.
    assert!((1.0..150.0).contains(&percent), "{percent} %");
}
