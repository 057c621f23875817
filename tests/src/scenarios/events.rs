//! What happens on an engine is told, once and in order.

use std::time::{Duration, SystemTime};

use dockwright::{Event, EventKind, EventStream, Resumed};

use crate::engine::Engine;

/// What Docker calls a `destroy` is a `remove` to Podman.
fn is_gone(event: &Event) -> bool {
    matches!(&*event.action, "destroy" | "remove")
}

/// A container comes, fails with 3, and goes. Gives its id.
async fn come_and_go(engine: &Engine) -> String {
    let container = engine.create(["sh", "-c", "exit 3"]).await.unwrap();
    container.start().await.unwrap();
    assert_eq!(container.wait().await.unwrap().code(), 3);
    container.remove().await.unwrap();
    container.name_or_id().to_owned()
}

/// All events until a container is gone.
async fn until_gone(events: &mut EventStream) -> Vec<Event> {
    let mut came = Vec::new();
    loop {
        let event = events.try_next().await.unwrap().unwrap();
        let gone = is_gone(&event);
        came.push(event);
        if gone {
            return came;
        }
    }
}

/// What is the same on all engines.
fn check(events: &[Event], id: &str) {
    let known =
        |event: &&Event| matches!(&*event.action, "create" | "start" | "die") || is_gone(event);
    let known: Vec<_> = events.iter().filter(known).collect();
    let actions: Vec<_> = known.iter().map(|event| &*event.action).collect();
    assert_eq!(actions[..3], ["create", "start", "die"], "{actions:?}");
    assert_eq!(actions.len(), 4, "{actions:?}");
    for event in events {
        assert_eq!((&event.kind, &*event.id), (&EventKind::Container, id));
        assert!(
            event.attribute("image").unwrap().contains("busybox"),
            "{event}"
        );
        assert!(event.name().is_some(), "{event}");
        let age = SystemTime::now().duration_since(event.time);
        assert!(age.unwrap_or_default() < Duration::from_secs(60), "{event}");
    }
    assert_eq!(known[2].exit_code(), Some(3));
    assert!(events.is_sorted_by_key(|event| event.time), "{events:?}");
}

pub async fn events_of_a_container(engine: Engine) {
    let began = SystemTime::now();
    let label = engine.docker.events().label(engine.label());
    let mut events = label.clone().await.unwrap();
    let mut resumed = label.clone().resume().await.unwrap();
    let only_ends = label.clone().kind(EventKind::Container).action("die");
    let mut ends = only_ends.await.unwrap();

    let id = come_and_go(&engine).await;
    let came = until_gone(&mut events).await;
    check(&came, &id);
    for event in &came {
        let same = resumed.try_next().await.unwrap();
        assert_eq!(same, Some(Resumed::Event(event.clone())));
    }
    let end = ends.try_next().await.unwrap().unwrap();
    assert!(came.contains(&end) && end.action == "die", "{end}");

    // Who comes later is told too.
    let mut late = label.clone().since(began).await.unwrap();
    assert_eq!(until_gone(&mut late).await, came);
    let mut of_one = engine
        .docker
        .events()
        .container(&id)
        .since(began)
        .await
        .unwrap();
    assert_eq!(until_gone(&mut of_one).await, came);
    let mut past = label.since(began).until(SystemTime::now()).await.unwrap();
    if engine.is_podman() {
        // It ends before it has begun.
        while past.try_next().await.unwrap().is_some() {}
    } else {
        assert_eq!(until_gone(&mut past).await, came);
        assert_eq!(past.try_next().await.unwrap(), None);
    }
}

pub async fn events_end_in_time(engine: Engine) {
    let until = SystemTime::now() + Duration::from_secs(2);
    let events = engine.docker.events().label(engine.label()).until(until);
    let mut plain = events.clone().await.unwrap();
    assert_eq!(plain.try_next().await.unwrap(), None);
    let mut resumed = events.resume().await.unwrap();
    while let Some(item) = resumed.try_next().await.unwrap() {
        assert!(matches!(item, Resumed::Gap { .. }), "{item:?}");
    }
    assert!(SystemTime::now() >= until);
}

/// What an engine remembers of one container, which is over.
pub async fn events_of_the_past(engine: Engine) {
    let id = come_and_go(&engine).await;
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
    let events = engine.docker.events().container(&id).since(long_ago);
    let came = until_gone(&mut events.await.unwrap()).await;
    let actions: Vec<_> = came.iter().map(|event| &*event.action).collect();
    assert!(actions.starts_with(&["create"]), "{actions:?}");
    assert!(came.iter().all(|event| event.id == id), "{came:?}");
}
