//! Engines that are spoken to in old versions of the API.

use std::time::Duration;

use dockwright::{ApiVersion, Docker, HealthCheck, Mount, NetworkEndpoint};
use tokio::io::AsyncReadExt;

use super::pruned;
use crate::engine::{Engine, IDLE};

const MAC: &str = "92:d0:c6:0a:29:34";

/// The engine, spoken to in this minor version of API 1.
async fn spoken_to_in(minor: u16, engine: &Engine) -> Engine {
    let host = engine.docker.endpoint().to_string();
    let pinned = ApiVersion::new(1, minor);
    let docker = Docker::connect_to(host).api_version(pinned).await;
    engine.with(docker.unwrap())
}

async fn oldest(engine: &Engine) -> u16 {
    let version = engine.docker.version().await.unwrap();
    let oldest: ApiVersion = version.min_api_version.unwrap().parse().unwrap();
    oldest.max(ApiVersion::FLOOR).minor()
}

/// What a version lacks is an error before anything is sent.
pub async fn settings_of_newer_versions(engine: Engine) {
    let second = Duration::from_secs(1);
    for minor in oldest(&engine).await..=engine.docker.api_version().minor() {
        let engine = spoken_to_in(minor, &engine).await;
        let create = || engine.create(["true"]);
        let check = HealthCheck::cmd(["true"]);
        let [front, back] = ["front", "back"].map(|name| NetworkEndpoint::new(engine.name(name)));
        for (since, create) in [
            (25, create().auto_remove()),
            (25, create().stop_timeout(second)),
            (25, create().cpus(0.5)),
            (25, create().mount(Mount::tmpfs("/t"))),
            (28, create().device_cgroup_rule("c 1:3 r")),
            (
                29,
                create().health_check(check.clone().start_period(second)),
            ),
            (41, create().cgroupns("private")),
            (41, create().platform("linux/amd64")),
            (
                42,
                create().body(|body| {
                    let host = body.host_config.get_or_insert_default();
                    host.console_size = vec![24, 80];
                }),
            ),
            (43, create().annotation("a", "b")),
            (44, create().health_check(check.start_interval(second))),
            (44, create().network(front).network(back)),
            (45, create().mount(Mount::volume("v", "/v").subpath("s"))),
            (48, create().mount(Mount::image("busybox", "/i"))),
        ] {
            if minor < since {
                let error = create.await.unwrap_err();
                assert!(error.is_unsupported(), "{minor}: {error}");
                assert_eq!(error.status(), None, "{minor}: {error}");
            }
        }
        if minor < 25 {
            let prune = engine.docker.containers().prune().label(engine.label());
            let error = prune.await.unwrap_err();
            assert!(
                error.is_unsupported() && error.status().is_none(),
                "{error}"
            );
        }
        if minor < 42 {
            let restart = engine.docker.container("none").restart();
            let error = restart.signal("SIGINT").await.unwrap_err();
            assert!(
                error.is_unsupported() && error.status().is_none(),
                "{error}"
            );
        }
    }
    assert!(engine.containers().await.unwrap().is_empty());
}

/// Every verb does what it does in the newest version, whatever an old one wants for it.
pub async fn verbs_in_old_versions(engine: Engine) {
    for minor in [oldest(&engine).await, 29, 40] {
        let engine = spoken_to_in(minor, &engine).await;
        let run = engine.run(IDLE).memory(32 << 20).cap_add("net_admin");
        let container = run.name(engine.name(minor)).await.unwrap();
        container.restart().await.unwrap();
        container.pause().await.unwrap();
        container.unpause().await.unwrap();
        container.update().cpu_shares(100).await.unwrap();
        let container = container.rename(engine.name("renamed")).await.unwrap();
        assert_eq!(container.top().await.unwrap().processes.len(), 2);
        container.diff().await.unwrap();
        let mut export = container.export().await.unwrap();
        let mut block = [0; 512];
        export.read_exact(&mut block).await.unwrap();
        drop(export);
        let image = container.commit().tag(engine.name("image")).await.unwrap();
        image.inspect().await.unwrap();
        assert!(container.stop().await.unwrap());
        assert!(!container.stop().await.unwrap());
        if minor >= 25 {
            let prune = engine.docker.containers().prune();
            let pruned = pruned(prune.label(engine.label())).await;
            assert_eq!(pruned.containers.len(), 1, "{minor}");
        }
        engine.clean_up().await.unwrap();
    }
}

/// A hardware address is one of the container before it is one of each of its connections.
pub async fn hardware_address_in_old_versions(engine: Engine) {
    for minor in [oldest(&engine).await, 41, 43] {
        if minor > engine.docker.api_version().minor() {
            continue;
        }
        let engine = spoken_to_in(minor, &engine).await;
        let network = engine.name(format!("net{minor}"));
        engine.create_network(format!("net{minor}")).await.unwrap();
        let endpoint = NetworkEndpoint::new(&network).mac_address(MAC).alias("web");
        let container = engine.run(IDLE).network(endpoint).await.unwrap();
        let about = container.inspect().await.unwrap();
        let joined = &about.network_settings.unwrap().networks[&network];
        assert_eq!(joined.mac_address.as_deref(), Some(MAC), "{minor}");
        engine.clean_up().await.unwrap();
    }
}
