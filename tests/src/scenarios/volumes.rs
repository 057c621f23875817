//! Volumes: what is kept when containers are gone.

use dockwright::ApiVersion;
use dockwright::raw::types::{ClusterVolumeSpec, Mount, MountType};

use super::pruned;
use crate::engine::Engine;

pub async fn volume(engine: Engine) {
    let create = engine.create_volume().name(engine.name("data"));
    let create = create.label("colour", "blue");
    let data = create.clone().await.unwrap();
    assert_eq!(data.name(), engine.name("data"));
    // To ask for what is there is no error.
    let again = create.label("colour", "red").await.unwrap();
    assert_eq!(again, data);

    let seen = data.inspect().await.unwrap();
    assert_eq!(seen.name, Some(engine.name("data")));
    assert_eq!(seen.driver.as_deref(), Some("local"));
    assert_eq!(seen.labels["colour"], "blue");
    assert!(seen.mountpoint.is_some_and(|path| path.ends_with("_data")));
    assert!(seen.created_at.is_some());

    let unnamed = engine.create_volume().await.unwrap();
    assert_eq!(unnamed.name().len(), 64);

    let list = engine.docker.volumes().list().label(engine.label());
    let both = list.clone().dangling(true).driver("local").await.unwrap();
    assert!(both.warnings.is_empty(), "{:?}", both.warnings);
    let both = both.volumes;
    for own in [data.name(), unnamed.name()] {
        assert!(
            both.iter()
                .any(|volume| volume.name.as_deref() == Some(own))
        );
    }
    let named = list.name(engine.name("data")).await.unwrap().volumes;
    assert!(named.iter().any(|volume| volume.name == seen.name));
    // For Podman it is enough that one of several filters holds, so those of others may be there.
    if !engine.is_podman() {
        assert_eq!((both.len(), named.len()), (2, 1));
    }

    data.remove().await.unwrap();
    unnamed.remove().await.unwrap();
    assert!(data.inspect().await.unwrap_err().is_not_found());
    assert!(data.remove().await.unwrap_err().is_not_found());
    data.remove().force(true).await.unwrap();
}

pub async fn volume_of_a_driver(engine: Engine) {
    let create = engine.create_volume().name(engine.name("tmpfs"));
    let create = create.driver("local").option("type", "tmpfs");
    let tmpfs = create.option("device", "tmpfs").option("o", "size=1m");
    let tmpfs = tmpfs.await.unwrap();
    let seen = tmpfs.inspect().await.unwrap();
    assert_eq!(seen.options["type"], "tmpfs");
    assert_eq!(seen.options["o"], "size=1m");
    tmpfs.remove().await.unwrap();

    let create = engine.create_volume().name(engine.name("nowhere"));
    let error = create.driver("no-such-driver").await.unwrap_err();
    let status = match engine.is_podman() {
        true => 500,
        false => 404,
    };
    assert_eq!(error.status(), Some(status), "{error}");
    assert_eq!(error.object(), Some(&*engine.name("nowhere")));

    let error = engine.create_volume().name("a b").await.unwrap_err();
    assert_eq!(error.is_invalid_input(), !engine.is_podman(), "{error}");
    assert!(error.status().is_some(), "{error}");
}

pub async fn volume_in_use(engine: Engine) {
    let create = engine.create_volume().name(engine.name("used"));
    let used = create.await.unwrap();
    let mount = Mount {
        type_: Some(MountType::Volume),
        source: Some(used.name().to_owned()),
        target: Some("/data".to_owned()),
        ..Default::default()
    };
    let write = engine.run(["sh", "-c", "echo kept > /data/file"]);
    let write = write.body(|body| {
        let host = body.host_config.get_or_insert_default();
        host.mounts.push(mount.clone());
    });
    let writer = write.await.unwrap();
    assert!(writer.wait().await.unwrap().success());

    let error = used.remove().await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    writer.remove().await.unwrap();

    let read = engine.run(["cat", "/data/file"]).auto_remove();
    let read = read.body(|body| {
        let host = body.host_config.get_or_insert_default();
        host.mounts.push(mount);
    });
    assert_eq!(read.output().await.unwrap().stdout_text(), "kept\n");
    used.remove().await.unwrap();
}

pub async fn volume_prune(engine: Engine) {
    let named = engine.create_volume().name(engine.name("named"));
    let named = named.label("go", "yes").await.unwrap();
    let unnamed = engine.create_volume().await.unwrap();

    let prune = engine.docker.volumes().prune().label(engine.label());
    if engine.docker.api_version() < ApiVersion::new(1, 42) {
        let error = prune.clone().await.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
        assert_eq!(error.status(), None, "{error}");
    } else if engine.is_podman() {
        // It does not know them apart; none is lost.
        let error = prune.clone().await.unwrap_err();
        assert_eq!(error.status(), Some(500), "{error}");
        assert!(error.to_string().ends_with("with a name, too"), "{error}");
    } else {
        let gone = pruned(prune.clone()).await.volumes;
        assert_eq!(gone, [unnamed.name()]);
    }
    assert!(named.inspect().await.is_ok(), "it has a name");

    let kept = engine.create_volume().name(engine.name("kept"));
    let kept = kept.await.unwrap();
    let gone = pruned(prune.all(true).label("go=yes")).await.volumes;
    assert_eq!(gone, [named.name()]);
    assert!(kept.inspect().await.is_ok());
    kept.remove().await.unwrap();
    let _ = unnamed.remove().await;
}

/// Which these engines are not in.
pub async fn volume_of_a_swarm(engine: Engine) {
    let knows = engine.docker.api_version() >= ApiVersion::new(1, 42);
    let create = engine.create_volume().name(engine.name("shared"));
    let create = create.driver("csi").cluster(ClusterVolumeSpec {
        group: Some("group".to_owned()),
        ..Default::default()
    });
    let error = create.await.unwrap_err();
    match (knows, engine.is_podman()) {
        (false, _) => assert!(error.is_unsupported(), "{error}"),
        (true, true) => assert_eq!(error.status(), Some(500), "{error}"),
        (true, false) => assert_eq!(error.status(), Some(503), "{error}"),
    }

    let local = engine.create_volume().name(engine.name("local"));
    let local = local.await.unwrap();
    let update = local.update().spec(|spec| spec.group = None);
    let error = update.await.unwrap_err();
    assert_eq!(error.is_unsupported(), !knows, "{error}");
    assert_eq!(error.is_invalid_input(), knows, "{error}");
    assert_eq!(error.status(), None, "{error}");
    local.remove().await.unwrap();
}
