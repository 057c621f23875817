//! Names that cannot be sent: found out before anything is.

use dockwright::{Docker, Error};
use dockwright_replay::wire::Play;

use crate::peer::{connected, json, within};

/// No engine has anything of these names, and in a path they would mean something else.
const BAD: [&str; 9] = [
    "", " ", "/", "..", "../x", "a/../b", "a//b", r"..\x", "a\nb",
];

/// What is attempted is refused, by its name.
async fn refused<T: std::fmt::Debug>(
    request: impl IntoFuture<Output = Result<T, Error>>,
    operation: &str,
    name: &str,
) {
    let error = within(request.into_future()).await.unwrap_err();
    assert!(error.is_invalid_input(), "{operation} {name:?}: {error}");
    assert_eq!(error.operation(), Some(operation), "{name:?}");
    assert_eq!(error.status(), None, "{operation} {name:?}: it was sent");
}

async fn network(docker: &Docker, name: &str) {
    let network = docker.network(name);
    refused(network.inspect(), "inspect network", name).await;
    refused(network.remove(), "remove network", name).await;
    refused(network.connect("web"), "connect to network", name).await;
    refused(network.disconnect("web"), "disconnect from network", name).await;
    let network = docker.network("good");
    refused(network.connect(name), "connect to network", name).await;
    refused(network.disconnect(name), "disconnect from network", name).await;
}

async fn volume(docker: &Docker, name: &str) {
    let volume = docker.volume(name);
    refused(volume.inspect(), "inspect volume", name).await;
    refused(volume.update(), "update volume", name).await;
    refused(volume.remove(), "remove volume", name).await;
}

async fn plugin(docker: &Docker, name: &str) {
    let plugin = docker.plugin(name);
    refused(plugin.inspect(), "inspect plugin", name).await;
    refused(plugin.enable(), "enable plugin", name).await;
    refused(plugin.disable(), "disable plugin", name).await;
    refused(plugin.set(["A=1"]), "set up plugin", name).await;
    refused(plugin.push(), "push plugin", name).await;
    refused(plugin.upgrade(), "upgrade plugin", name).await;
    refused(plugin.remove(), "remove plugin", name).await;
    let plugins = docker.plugins();
    refused(plugins.create(name, "."), "create plugin", name).await;
    refused(plugins.install(name), "install plugin", name).await;
    let install = plugins.install("good").name(name);
    refused(install, "install plugin", name).await;
}

#[tokio::test]
async fn what_is_no_name_is_not_sent() {
    let (wire, docker) = connected([]).await;
    for name in BAD {
        network(&docker, name).await;
        volume(&docker, name).await;
        plugin(&docker, name).await;
    }
    for empty in ["", " ", "\n"] {
        let create = docker.networks().create(empty);
        refused(create, "create network", empty).await;
    }
    wire.finish().await.unwrap();
}

/// What engines allow, they get: as one segment of a path.
#[tokio::test]
async fn free_names_are_encoded() {
    let path = "/v1.44/networks/a%2Fb%20%25%3F%23:%C3%A9";
    let inspect = Play::on("GET", path).server(json("200 OK", r#"{"Name":"a"}"#));
    let (wire, docker) = connected([inspect]).await;
    let network = docker.network("a/b %?#:é");
    let seen = within(network.inspect().into_future()).await.unwrap();
    assert_eq!(seen.name.as_deref(), Some("a"));
    wire.finish().await.unwrap();
}
