//! What a container is created with, and whether the engine took it as it was meant.

use std::time::Duration;

use dockwright::raw::types::{HealthConfig, HostConfigLogConfigType, MountType, RestartPolicyName};
use dockwright::{
    ApiVersion, HealthCheck, HostPort, Mount, NetworkEndpoint, Port, RestartPolicy, Ulimit,
};

use super::assert_output;
use crate::engine::{Engine, IDLE};

pub async fn settings_of_the_process(engine: Engine) {
    let create = engine
        .create(["true"])
        .envs([("A", "1"), ("B", "x=y")])
        .labels([("one", "1"), ("two", "2")])
        .group_add("27")
        .stop_signal("SIGINT")
        .stop_timeout(Duration::from_millis(2500))
        .init()
        .restart(RestartPolicy::OnFailure {
            max_retries: Some(4),
        })
        .log_driver("json-file")
        .log_option("max-size", "1m");
    let created = create.await.unwrap().inspect().await.unwrap();
    let config = created.config.unwrap();
    for entry in ["A=1", "B=x=y"] {
        assert!(config.env.iter().any(|env| env == entry), "{entry}");
    }
    assert_eq!(config.labels["one"], "1");
    assert_eq!(config.labels["two"], "2");
    // Podman tells the number.
    let signal = config.stop_signal.unwrap();
    assert!(matches!(&*signal, "SIGINT" | "2"), "{signal}");
    assert_eq!(config.stop_timeout, Some(3));
    let host = created.host_config.unwrap();
    assert_eq!(host.group_add, ["27"]);
    assert_eq!(host.init, Some(true));
    let policy = host.restart_policy.unwrap();
    assert_eq!(policy.name, Some(RestartPolicyName::OnFailure));
    assert_eq!(policy.maximum_retry_count, Some(4));
    let log = host.log_config.unwrap();
    assert_eq!(log.type_, Some(HostConfigLogConfigType::JsonFile));
    if !engine.is_podman() {
        assert_eq!(log.config["max-size"], "1m");
    }
}

pub async fn settings_of_isolation(engine: Engine) {
    let run = engine
        .run(["sh", "-c", "grep CapEff /proc/self/status; ulimit -n; cat /etc/hosts; cat /etc/resolv.conf; cat /proc/sys/net/ipv4/ip_local_port_range"])
        .cap_drop("all")
        .cap_add("chown")
        .cap_add("CAP_CHOWN")
        .cap_add("net_bind_service")
        .security_option("no-new-privileges")
        .sysctl("net.ipv4.ip_local_port_range", "20000 20100")
        .ulimit("nofile", (1000, 2000))
        .ulimit("core", Ulimit::from(0))
        .ipc("private")
        .add_host("elsewhere", "10.9.8.7")
        .dns([10, 1, 2, 3].into())
        .dns_search("example.com")
        .dns_option("ndots:3")
        .name(engine.name("apart"));
    let out = run.output().await.unwrap();
    let text = out.stdout_text();
    // Bits 0 (chown) and 10 (net_bind_service).
    assert!(text.contains("CapEff:\t0000000000000401"), "{text}");
    assert!(text.contains("\n1000\n"), "{text}");
    assert!(text.contains("10.9.8.7\telsewhere"), "{text}");
    assert!(text.contains("nameserver 10.1.2.3"), "{text}");
    assert!(text.contains("example.com"), "{text}");
    assert!(text.contains("ndots:3"), "{text}");
    assert!(text.contains("20000\t20100"), "{text}");
    let container = engine.docker.container(engine.name("apart"));
    let host = container.inspect().await.unwrap().host_config.unwrap();
    // Podman tells the difference to what containers have.
    if !engine.is_podman() {
        assert_eq!(host.cap_add, ["CAP_CHOWN", "CAP_NET_BIND_SERVICE"]);
        assert_eq!(host.cap_drop, ["ALL"]);
        assert_eq!(host.security_opt, ["no-new-privileges"]);
    }
}

pub async fn settings_of_limits(engine: Engine) {
    const MIB: u64 = 1 << 20;
    let create = engine
        .create(IDLE)
        .memory(64 * MIB)
        .memory_reservation(32 * MIB)
        .memory_swap(128 * MIB)
        .cpus(0.5)
        .cpu_shares(512)
        .cpuset_cpus("0")
        .pids_limit(50)
        .shm_size(8 * MIB);
    let container = create.await.unwrap();
    container.start().await.unwrap();
    let host = || async { container.inspect().await.unwrap().host_config.unwrap() };
    let made = host().await;
    assert_eq!(made.memory, Some(64 << 20));
    assert_eq!(made.memory_reservation, Some(32 << 20));
    assert_eq!(made.memory_swap, Some(128 << 20));
    assert_eq!(made.nano_cpus, Some(500_000_000));
    assert_eq!(made.cpu_shares, Some(512));
    assert_eq!(made.cpuset_cpus.as_deref(), Some("0"));
    assert_eq!(made.pids_limit, Some(50));
    assert_eq!(made.shm_size, Some(8 << 20));

    let update = container.update().memory(96 * MIB).memory_swap(192 * MIB);
    let update = update.cpu_shares(256);
    let pids = update.clone().pids_limit(70).await;
    // Docker would leave the limit as it was, and not say so.
    let old = engine.docker.api_version() < ApiVersion::new(1, 40);
    let warnings = match old {
        true => {
            assert!(pids.unwrap_err().is_unsupported());
            update.await.unwrap()
        }
        false => pids.unwrap(),
    };
    assert!(warnings.is_empty(), "{warnings:?}");
    let updated = host().await;
    assert_eq!(updated.memory, Some(96 << 20));
    assert_eq!(updated.memory_swap, Some(192 << 20));
    assert_eq!(updated.cpu_shares, Some(256));
    assert_eq!(updated.pids_limit, Some(if old { 50 } else { 70 }));
    // What was not named stays.
    assert_eq!(updated.nano_cpus, Some(500_000_000));
    container
        .update()
        .restart(RestartPolicy::UnlessStopped)
        .await
        .unwrap();
    let policy = host().await.restart_policy.unwrap();
    assert_eq!(policy.name, Some(RestartPolicyName::UnlessStopped));
    assert!(container.stop().await.unwrap());
}

pub async fn mounts(engine: Engine) {
    let data = engine.name("data");
    let script = "
        echo kept > /data/sub/file && echo written
        touch /folder/file 2>/dev/null || echo refused
        touch /file 2>/dev/null || echo refused
        df -m /tmpfs | tail -1 | awk '{print $2}'
        stat -c %a /tmpfs
        df -m /short | tail -1 | awk '{print $2}'";
    let run = engine
        .run(["sh", "-c", script])
        .mount(Mount::volume(&data, "/data").label("colour", "blue"))
        .mount(Mount::anonymous("/data/sub"))
        .mount(Mount::bind("/etc", "/folder").read_only())
        .mount(Mount::tmpfs("/tmpfs").size(4 << 20).mode(0o700))
        .tmpfs("/short", "size=2m")
        .read_only()
        .name(engine.name("mounting"));
    let out = run.output().await.unwrap();
    assert_output(out.stdout, "written\nrefused\nrefused\n4\n700\n2\n");
    let container = engine.docker.container(engine.name("mounting"));
    let mounts = container.inspect().await.unwrap().mounts;
    let at = |path: &str| {
        let mount = mounts
            .iter()
            .find(|m| m.destination.as_deref() == Some(path));
        mount.unwrap_or_else(|| panic!("nothing is mounted at {path}"))
    };
    assert_eq!(at("/data").type_, Some(MountType::Volume));
    assert_eq!(at("/data").name.as_ref(), Some(&data));
    assert_eq!(at("/data/sub").type_, Some(MountType::Volume));
    assert_eq!(at("/folder").rw, Some(false));
    container.remove().volumes(true).await.unwrap();

    // A part of a volume, where the engine can.
    let part = engine.run(["ls", "/part"]);
    let part = part.mount(Mount::volume(&data, "/part").subpath("sub"));
    let part = part.auto_remove().output().await;
    if engine.docker.api_version() < ApiVersion::new(1, 45) {
        let error = part.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
    } else {
        assert!(part.unwrap().status.success());
    }
    let image = engine.create(["true"]).mount(Mount::image("busybox", "/i"));
    if engine.docker.api_version() < ApiVersion::new(1, 48) {
        let error = image.await.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
    } else {
        image.await.unwrap();
    }
    for id in engine.containers().await.unwrap() {
        let container = engine.docker.container(id);
        container.remove().force(true).await.unwrap();
    }
    engine.docker.volume(&data).remove().await.unwrap();
}

pub async fn published_ports(engine: Engine) {
    let create = engine
        .run(IDLE)
        .publish(0, 80)
        .publish(0, Port::udp(53))
        .publish(HostPort::from(0).ip([127, 0, 0, 1].into()), 82)
        .expose(9);
    // Podman takes no range.
    let create = match engine.is_podman() {
        true => create.publish(0, 81),
        false => create.publish(47_100..=47_199, 81),
    };
    let container = create.await.unwrap();
    let tcp = container.port(80).await.unwrap();
    assert!(
        !tcp.is_empty() && tcp.iter().all(|at| at.port() > 0),
        "{tcp:?}"
    );
    assert!(!container.port(Port::udp(53)).await.unwrap().is_empty());
    let one_of = container.port(81).await.unwrap();
    let range = match engine.is_podman() {
        true => 1..=u16::MAX,
        false => 47_100..=47_199,
    };
    let inside = one_of.iter().all(|at| range.contains(&at.port()));
    assert!(inside && !one_of.is_empty(), "{one_of:?}");
    let local = container.port(82).await.unwrap();
    assert!(local.iter().all(|at| at.ip().is_loopback()), "{local:?}");
    assert_eq!(local.len(), 1);
    assert!(container.port(9).await.unwrap().is_empty());
    assert!(container.port(1).await.unwrap().is_empty());

    let list = || engine.docker.containers().list().label(engine.label());
    for (list, count) in [
        (list().publish(tcp[0].port()), 1),
        (list().publish(1), 0),
        (list().expose(80), 1),
    ] {
        // Podman knows neither filter.
        match list.await {
            Ok(found) => assert_eq!(found.len(), count),
            Err(error) => assert!(engine.is_podman(), "{error}"),
        }
    }
}

pub async fn networks_at_creation(engine: Engine) {
    const MAC: &str = "92:d0:c6:0a:29:33";
    let addresses = engine.addresses();
    let front = engine.create_network("front");
    front.subnet(format!("{addresses}.0/24")).await.unwrap();
    engine.create_network("back").await.unwrap();
    let endpoint = NetworkEndpoint::new(engine.name("front"))
        .alias("web")
        .ip(format!("{addresses}.77"))
        .mac_address(MAC);
    let one = engine.run(IDLE).network(endpoint.clone()).await.unwrap();
    let networks = || async {
        let about = one.inspect().await.unwrap();
        about.network_settings.unwrap().networks
    };
    let joined = networks().await;
    let joined = &joined[&engine.name("front")];
    assert_eq!(joined.ip_address, Some(format!("{addresses}.77")));
    assert_eq!(joined.mac_address.as_deref(), Some(MAC));
    assert!(joined.aliases.iter().any(|alias| alias == "web"));
    one.remove().force(true).await.unwrap();

    let both = engine.create(IDLE).network(endpoint);
    let both = both.network(engine.name("back")).await;
    if engine.docker.api_version() < ApiVersion::new(1, 44) {
        let error = both.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
        return;
    }
    let both = both.unwrap();
    both.start().await.unwrap();
    let about = both.inspect().await.unwrap();
    let networks = about.network_settings.unwrap().networks;
    assert_eq!(networks.len(), 2, "{networks:?}");
    let joined = &networks[&engine.name("front")];
    assert_eq!(joined.mac_address.as_deref(), Some(MAC));
    both.remove().force(true).await.unwrap();
}

pub async fn settings_of_health(engine: Engine) {
    let check = HealthCheck::cmd(["test", "-e", "/ok"])
        .interval(Duration::from_secs(2))
        .timeout(Duration::from_secs(3))
        .start_period(Duration::from_secs(4))
        .retries(5);
    let config = |check: HealthCheck| async {
        let create = engine.create(["true"]).health_check(check);
        let created = create.await?.inspect().await?;
        Ok::<HealthConfig, dockwright::Error>(created.config.unwrap().healthcheck.unwrap())
    };
    let made = config(check.clone()).await.unwrap();
    assert_eq!(made.test, ["CMD", "test", "-e", "/ok"]);
    assert_eq!(made.interval, Some(2_000_000_000));
    assert_eq!(made.timeout, Some(3_000_000_000));
    assert_eq!(made.start_period, Some(4_000_000_000));
    assert_eq!(made.retries, Some(5));
    let made = config(HealthCheck::shell("true || false")).await.unwrap();
    assert_eq!(made.test, ["CMD-SHELL", "true || false"]);
    let made = config(HealthCheck::none()).await.unwrap();
    assert_eq!(made.test, ["NONE"]);
    let made = config(check.start_interval(Duration::from_secs(1))).await;
    if engine.docker.api_version() < ApiVersion::new(1, 44) {
        let error = made.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
    } else if !engine.is_podman() {
        assert_eq!(made.unwrap().start_interval, Some(1_000_000_000));
    }
}
