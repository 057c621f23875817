//! Networks, and who is connected to them.

use dockwright::{ApiVersion, ErrorKind, Subnet};

use super::pruned;
use crate::engine::{Engine, IDLE};

pub async fn network(engine: Engine) {
    let addresses = engine.addresses();
    let address = |last: &str| format!("{addresses}.{last}");
    let subnet = Subnet::new(address("0/24"))
        .ip_range(address("64/26"))
        .gateway(address("3"))
        .aux_address("router", address("65"));
    let create = engine.create_network("made").subnet(subnet).internal(true);
    let made = create.label("colour", "blue").await.unwrap();
    assert!(made.warnings().is_empty());

    let name = engine.name("made");
    let seen = engine.docker.network(&name).inspect().await.unwrap();
    assert_eq!(seen.id.as_deref(), Some(made.name_or_id()));
    assert_eq!(seen.name.as_ref(), Some(&name));
    assert_eq!(seen.driver.as_deref(), Some("bridge"));
    assert_eq!(seen.internal, Some(true));
    assert_eq!(seen.labels["colour"], "blue");
    let [config] = &seen.ipam.unwrap().config[..] else {
        panic!("the network has not one subnet");
    };
    assert_eq!(config.subnet, Some(address("0/24")));
    assert_eq!(config.gateway, Some(address("3")));
    // Podman keeps neither the range in this form nor the addresses of others.
    if !engine.is_podman() {
        assert_eq!(config.ip_range, Some(address("64/26")));
        assert_eq!(config.auxiliary_addresses["router"], address("65"));
    }

    let list = engine.docker.networks().list().label(engine.label());
    let listed = list.clone().dangling(true).driver("bridge").await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].name.as_ref(), Some(&name));
    assert!(list.name("no-such").await.unwrap().is_empty());

    made.remove().await.unwrap();
    let error = made.inspect().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let error = made.remove().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

pub async fn network_in_use(engine: Engine) {
    let addresses = engine.addresses();
    let create = engine.create_network("used");
    let used = create.subnet(format!("{addresses}.0/24")).await.unwrap();
    // Podman connects only what has a network of its own.
    let start = engine.create_network("start").await.unwrap();
    let idle = engine.run(IDLE).name(engine.name("idle"));
    let idle = idle.network(engine.name("start")).await.unwrap();

    let ip = format!("{addresses}.9");
    let connect = used.connect(idle.name_or_id()).alias("other-name").ip(&ip);
    connect.await.unwrap();
    let seen = used.inspect().await.unwrap();
    let [endpoint] = seen.containers.values().collect::<Vec<_>>()[..] else {
        panic!("it is not connected: {:?}", seen.containers);
    };
    assert_eq!(endpoint.name, Some(engine.name("idle")));
    assert_eq!(endpoint.ipv4_address, Some(format!("{ip}/24")));
    let networks = idle.inspect().await.unwrap().network_settings.unwrap();
    let settings = &networks.networks[&engine.name("used")];
    assert!(settings.aliases.iter().any(|alias| alias == "other-name"));
    assert_eq!(settings.ip_address, Some(ip));

    // Both names are found by those on the network.
    let nslookup = engine
        .run(["nslookup", "-type=a", "other-name"])
        .network(engine.name("used"));
    let found = nslookup.auto_remove().output().await.unwrap();
    assert!(found.status.success(), "{}", found.stdout_text());

    // By its id, Podman removes it all the same.
    let by_name = engine.docker.network(engine.name("used"));
    let error = by_name.remove().await.unwrap_err();
    let status = match engine.is_podman() {
        true => 500,
        false => 403,
    };
    assert_eq!(error.status(), Some(status), "{error}");

    let disconnect = used.disconnect(idle.name_or_id());
    disconnect.clone().await.unwrap();
    let error = disconnect.await.unwrap_err();
    assert_eq!(error.status(), Some(500), "{error}");

    let error = used.connect("no-such-container").await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let nowhere = engine.docker.network(engine.name("nowhere"));
    let error = nowhere.connect(idle.name_or_id()).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");

    used.remove().await.unwrap();
    idle.remove().force(true).await.unwrap();
    start.remove().await.unwrap();
}

/// Also where the engine allows two networks of one name.
pub async fn network_name_taken(engine: Engine) {
    let first = engine.create_network("taken").await.unwrap();
    let error = engine.create_network("taken").await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    assert_eq!(error.object(), Some(&*engine.name("taken")));
    first.remove().await.unwrap();
}

pub async fn network_of_settings(engine: Engine) {
    let create = engine.create_network("settings").config_only(true);
    let settings = create.await.unwrap();
    if engine.is_podman() {
        // It makes a common network of it.
        let seen = settings.inspect().await.unwrap();
        assert_eq!(seen.config_only, Some(false));
        return settings.remove().await.unwrap();
    }
    // It may have nothing of its own, not even a label.
    let create = engine.docker.networks().create(engine.name("set"));
    let set = create.config_from(engine.name("settings")).await.unwrap();
    let seen = set.inspect().scope("local").verbose(true).await.unwrap();
    let from = seen.config_from.unwrap().network;
    assert_eq!(from, Some(engine.name("settings")));
    let error = set.inspect().scope("swarm").await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    set.remove().await.unwrap();
    settings.remove().await.unwrap();
}

pub async fn network_of_one_family(engine: Engine) {
    let subnet = format!("fd{}::/64", engine.addresses().replace('.', ":"));
    let create = engine.create_network("six").ipv6(true).ipv4(false);
    let six = create.subnet(subnet).await;
    let since = ApiVersion::new(1, 48);
    if engine.docker.api_version() < since {
        let error = six.unwrap_err();
        let kind = error.kind();
        assert!(matches!(kind, ErrorKind::UnsupportedByEngine { needs, .. } if *needs == since));
        return;
    }
    let six = six.unwrap();
    let seen = six.inspect().await.unwrap();
    assert_eq!(
        (seen.enable_ipv4, seen.enable_ipv6),
        (Some(false), Some(true))
    );
    six.remove().await.unwrap();
}

pub async fn network_prune(engine: Engine) {
    let idle = engine.create_network("idle").await.unwrap();
    let kept = engine.create_network("kept").label("keep", "yes");
    let kept = kept.await.unwrap();
    let prune = engine.docker.networks().prune().label(engine.label());
    let gone = pruned(prune.without_label("keep=yes")).await;
    assert_eq!(gone.networks, [engine.name("idle")]);
    assert!(idle.inspect().await.unwrap_err().is_not_found());
    kept.remove().await.unwrap();
}
