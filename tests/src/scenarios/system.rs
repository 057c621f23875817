//! Connecting, and the engine itself.

use std::process::Command;

use dockwright::raw::types::{Mount, MountType};
use dockwright::{ApiVersion, Contexts, Credentials, Docker, Origin};

use super::assert_output;
use crate::engine::{Engine, IDLE};

pub async fn system(engine: Engine) {
    let docker = &engine.docker;
    let ping = docker.ping().await.unwrap();
    assert_eq!(ping.os.as_deref(), Some("linux"));
    assert_eq!(ping.libpod_version.is_some(), engine.is_podman());
    // It is agreed on, or an older one is asked for.
    let newest = ping.api_version.min(ApiVersion::CEILING);
    assert!(docker.api_version() <= newest, "{newest}");

    let version = docker.version().await.unwrap();
    assert_eq!(version.api_version, Some(ping.api_version.to_string()));
    let own = match engine.is_podman() {
        true => "Podman Engine",
        false => "Engine",
    };
    let part = version
        .components
        .iter()
        .find(|part| part.name.as_deref() == Some(own));
    assert_eq!(part.unwrap().version, version.version);

    let info = docker.info().await.unwrap();
    assert_eq!(info.os_type.as_deref(), Some("linux"));
    assert!(info.ncpu.unwrap() > 0);
    // Podman has none, and not the path either.
    let plugins = docker.plugins().list().await;
    assert_eq!(plugins.is_err(), engine.is_podman());
}

/// Every version from the engine's oldest to its newest runs a container, whatever that takes in
/// the old ones: a wait that cannot be registered, a removal that the client has to do.
pub async fn every_api_version(engine: Engine) {
    let version = engine.docker.version().await.unwrap();
    let oldest: ApiVersion = version.min_api_version.unwrap().parse().unwrap();
    let oldest = oldest.max(ApiVersion::FLOOR);
    for minor in oldest.minor()..=engine.docker.api_version().minor() {
        let pinned = ApiVersion::new(1, minor);
        let host = engine.docker.endpoint().to_string();
        let docker = Docker::connect_to(host).api_version(pinned).await.unwrap();
        let engine = engine.with(docker);
        let echo = engine.run(["sh", "-c", "echo out; echo err >&2; exit 3"]);
        let out = echo.auto_remove().output().await.unwrap();
        assert_eq!(out.status.code(), 3, "{pinned}");
        assert_output(&out.stdout, "out\n");
        assert_output(&out.stderr, "err\n");
        let left = engine.containers().await.unwrap();
        assert!(left.is_empty(), "{pinned}: {left:?}");
        let images = engine.docker.images().list().await.unwrap();
        assert!(!images.is_empty(), "{pinned}");
        assert!(engine.docker.info().await.is_ok(), "{pinned}");
    }
}

/// A context that the CLI makes leads to its engine, and is listed.
pub async fn by_context(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let host = format!("host={}", engine.docker.endpoint());
    let mut docker = Command::new("docker");
    docker.arg("--config").arg(folder.path());
    docker.args(["context", "create", "here", "--docker", &host]);
    if !docker.output().is_ok_and(|output| output.status.success()) {
        println!("skipped: there is no docker CLI here to make a context");
        return;
    }
    let connect = Docker::connect().config_dir(folder.path());
    let docker = connect.context("here").await.unwrap();
    assert_eq!(docker.endpoint(), engine.docker.endpoint());
    assert_eq!(
        *docker.endpoint().origin(),
        Origin::Context("here".to_owned())
    );
    assert_eq!(docker.api_version(), engine.docker.api_version());

    let contexts = Contexts::in_dir(folder.path());
    let here = contexts.inspect("here").unwrap();
    assert_eq!(here.endpoint().unwrap(), docker.endpoint());
    let listed = contexts.list().unwrap();
    assert!(listed.iter().any(|context| context.name() == "here"));

    let connect = Docker::connect().config_dir(folder.path());
    let error = connect.context("there").await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert!(error.to_string().contains("default, here"), "{error}");
}

/// What is made here is found in what the disk is taken by, as what it is.
pub async fn disk_usage(engine: Engine) {
    let volume = engine.create_volume().await.unwrap();
    let mount = Mount {
        type_: Some(MountType::Volume),
        source: Some(volume.name().to_owned()),
        target: Some("/data".to_owned()),
        ..Default::default()
    };
    let write = "head -c 300000 /dev/zero > /data/file; head -c 200000 /dev/zero > /file";
    let ended = engine.run(["sh", "-c", write]).body(|body| {
        let host = body.host_config.get_or_insert_default();
        host.mounts.push(mount);
    });
    let ended = ended.await.unwrap();
    assert!(ended.wait().await.unwrap().success());
    let idle = engine.run(IDLE).await.unwrap();

    let usage = engine.docker.disk_usage().verbose(true).await.unwrap();
    assert!(usage.images.active_count >= 1);
    assert!(usage.images.total_size > 1_000_000);
    assert!(usage.images.reclaimable <= usage.images.total_size);
    assert!(usage.containers.total_count >= 2);
    assert!(usage.containers.active_count >= 1);
    assert!(usage.containers.reclaimable >= 200_000);
    assert!(usage.volumes.active_count >= 1);
    assert!(usage.volumes.total_size >= 300_000);
    let of = |id| move |c: &&dockwright::raw::types::ContainerSummary| c.id.as_deref() == Some(id);
    let mut containers = usage.containers.items.iter();
    let container = containers.find(of(ended.name_or_id())).unwrap();
    assert!(container.size_rw >= Some(200_000), "{container:?}");
    let mut containers = usage.containers.items.iter();
    assert!(containers.any(|container| of(idle.name_or_id())(&container)));
    let mut volumes = usage.volumes.items.iter();
    let seen = volumes.find(|v| v.name.as_deref() == Some(volume.name()));
    let size = seen.unwrap().usage_data.clone().unwrap().size;
    assert!(size >= Some(300_000), "{size:?}");

    // Less is asked for, and no more is given, by whatever version of the API.
    let usage = engine.docker.disk_usage().volumes().await.unwrap();
    assert!(usage.volumes.total_size >= 300_000);
    assert!(usage.volumes.items.is_empty());
    assert_eq!(usage.images, Default::default());
    assert_eq!(usage.containers, Default::default());

    for container in [ended, idle] {
        container.remove().force(true).await.unwrap();
    }
    volume.remove().await.unwrap();
}

pub async fn check_credentials(engine: Engine) {
    let registry = engine.registry.as_deref().unwrap();
    let host = registry.split_once(':').unwrap().0;
    let check = async |password, port| {
        let credentials = Credentials::password("tester", password);
        let credentials = credentials.registry(format!("{host}:{port}"));
        engine.docker.check_credentials(&credentials).await
    };
    if engine.is_podman() {
        // It asks registries without TLS only in pulls and pushes.
        let error = check("s3cret", 5001).await.unwrap_err();
        assert_eq!(error.status(), Some(500), "{error}");
        assert!(!error.is_unauthorized(), "{error}");
        return;
    }
    let accepted = check("s3cret", 5001).await.unwrap();
    assert_eq!(accepted.status, "Login Succeeded");
    assert_eq!(accepted.identity_token, None);

    let error = check("wr0ng", 5001).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!(error.operation(), Some("check credentials"));
    assert_eq!(error.object(), Some(&*format!("{host}:5001")));
    assert!(!format!("{error} {error:?}").contains("wr0ng"));

    // Where there is no registry, that is not for the credentials.
    let error = check("s3cret", 1).await.unwrap_err();
    assert!(!error.is_unauthorized(), "{error}");
    assert_eq!(error.status(), Some(500), "{error}");
}
