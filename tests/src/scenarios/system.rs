//! Connecting, and the engine itself.

use dockwright::{ApiVersion, Docker};

use super::assert_output;
use crate::engine::Engine;

pub async fn system(engine: Engine) {
    let docker = &engine.docker;
    let ping = docker.ping().await.unwrap();
    assert_eq!(ping.os.as_deref(), Some("linux"));
    assert_eq!(ping.libpod_version.is_some(), engine.is_podman());
    assert_eq!(
        docker.api_version(),
        ping.api_version.min(ApiVersion::CEILING)
    );

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
