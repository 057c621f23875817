//! No secret shows: not in `Debug`, not in errors, not in spans.
//!
//! Every public type is in one of the two lists below. A new one fails the test until it is put
//! there: among the samples if a secret can be in it, or else among those that cannot hold one.

use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::fmt::Debug;

use dockwright::raw::types::ContainerConfig;
use dockwright::{
    BuildContext, Credentials, Docker, Error, HealthCheck, Mount, NetworkEndpoint, Tls, Upload,
};
use dockwright_replay::wire::{Play, Wire};

use crate::peer::{answer, connected, within};
use crate::spans::Spans;

/// What must not show. It is no word of anything else.
const SECRET: &str = "s3cret-marker";

fn credentials() -> Credentials {
    Credentials::password("me", SECRET).registry("r.example")
}

/// A type that may hold a secret, and how one is printed that does.
fn samples(docker: &Docker) -> Vec<(&'static str, String)> {
    fn shown(sample: impl Debug) -> String {
        format!("{sample:?} {sample:#?}")
    }
    let tls = Tls::new().client_certificate(SECRET, SECRET).ca(SECRET);
    let host = format!("tcp://me:{SECRET}@h:1");
    let connect = Docker::connect_to(host).tls(tls.clone());
    let connect = connect.header("Authorization", SECRET);
    let (images, image) = (docker.images(), docker.image("a"));
    let (containers, container) = (docker.containers(), docker.container("c1"));
    let services = docker.services();
    let secret = docker.secret("s").update();
    let upload = || Upload::from(SECRET);
    let plugins = docker.plugins();
    let config = |config: &mut ContainerConfig| config.env = vec![format!("A={SECRET}")];
    let build = docker.images().build(BuildContext::dir("."));
    let build = build.credentials(credentials()).build_arg("A", SECRET);
    let mount = Mount::volume("v", "/v").driver_option("o", SECRET);
    let health = HealthCheck::shell(format!("curl -u me:{SECRET} localhost"));
    let endpoint = NetworkEndpoint::new("n").driver_option("k", SECRET);
    let volume = docker.volumes().create().option("o", SECRET);
    vec![
        (
            "AskPrivileges",
            shown(plugins.privileges("p").credentials(credentials())),
        ),
        ("Build", shown(build)),
        (
            "BuildContext",
            shown(BuildContext::dockerfile(format!("RUN {SECRET}"))),
        ),
        ("Commit", shown(container.commit().body(config))),
        ("Connect", shown(connect)),
        ("CreateConfig", shown(docker.configs().create("c", SECRET))),
        (
            "CreateContainer",
            shown(
                containers
                    .create("a")
                    .env("A", SECRET)
                    .mount(mount.clone())
                    .credentials(credentials()),
            ),
        ),
        ("CreateSecret", shown(docker.secrets().create("s", SECRET))),
        (
            "CreateService",
            shown(
                services
                    .create("a")
                    .env("A", SECRET)
                    .credentials(credentials()),
            ),
        ),
        ("CreateVolume", shown(volume)),
        (
            "Credentials",
            shown((credentials(), Credentials::identity_token(SECRET))),
        ),
        (
            "Distribution",
            shown(image.distribution().credentials(credentials())),
        ),
        ("Docker", shown((docker, docker.raw()))),
        ("Exec", shown(container.exec(["a"]).env("A", SECRET))),
        ("HealthCheck", shown(health)),
        (
            "Import",
            shown(images.import(upload()).change(format!("ENV A={SECRET}"))),
        ),
        (
            "InitSwarm",
            shown(docker.swarm().init().body(|body| {
                let spec = body.spec.get_or_insert_default();
                spec.ca_config.get_or_insert_default().signing_ca_key = Some(SECRET.into());
            })),
        ),
        (
            "InstallPlugin",
            shown(
                plugins
                    .install("p")
                    .set(format!("A={SECRET}"))
                    .credentials(credentials()),
            ),
        ),
        ("JoinSwarm", shown(docker.swarm().join("h:2377", SECRET))),
        ("Load", shown(images.load(upload()))),
        ("Login", shown(docker.login(credentials()))),
        ("Mount", shown(mount)),
        ("NetworkEndpoint", shown(endpoint)),
        ("Pull", shown(images.pull("a").credentials(credentials()))),
        (
            "PullAll",
            shown(images.pull("a").credentials(credentials()).all_tags()),
        ),
        ("Push", shown(image.push().credentials(credentials()))),
        (
            "PushAll",
            shown(image.push().credentials(credentials()).all_tags()),
        ),
        (
            "PushPlugin",
            shown(docker.plugin("p").push().credentials(credentials())),
        ),
        (
            "Run",
            shown(
                containers
                    .run("a")
                    .env("A", SECRET)
                    .credentials(credentials()),
            ),
        ),
        (
            "SearchImages",
            shown(images.search("a").credentials(credentials())),
        ),
        (
            "SetPlugin",
            shown(docker.plugin("p").set([format!("A={SECRET}")])),
        ),
        ("Tls", shown(tls)),
        ("UnlockSwarm", shown(docker.swarm().unlock(SECRET))),
        (
            "UpdateSecret",
            shown(secret.spec(|spec| spec.data = Some(SECRET.into()))),
        ),
        (
            "UpdateService",
            shown(
                docker
                    .service("s")
                    .update()
                    .env("A", SECRET)
                    .credentials(credentials()),
            ),
        ),
        (
            "UpdateSwarm",
            shown(docker.swarm().update().label("a", "b")),
        ),
        (
            "UpgradePlugin",
            shown(docker.plugin("p").upgrade().credentials(credentials())),
        ),
        ("Upload", shown(upload())),
    ]
}

/// What is made of a secret elsewhere, or of none.
const CANNOT_HOLD_ONE: &str = "
    Accepted Answer ApiVersion AskDiskUsage Attach Attached Attestations Aux Availability
    Builder CancelBuild Change ChangeKind Checkpoint Chunk Config Configs ConnectNetwork
    Container ContainerRef Containers Context Contexts Converge CopyFrom CopyTo CreateCheckpoint
    CreateNetwork CreatePlugin Device Dial Diff DisablePlugin DisconnectNetwork DiskUsage
    EnablePlugin Endpoint EndpointMode Error ErrorKind Event EventKind EventScope EventStream
    Events ExecInstance ExitStatus Export FailureAction FileMode Gpus HistoryEntry HostPort
    Image ImageHistory Images InspectConfig InspectContainer InspectImage InspectNetwork
    InspectNode InspectPlugin InspectSecret InspectService InspectSwarm InspectTask
    InspectVolume JoinToken Kill Layer LayerState LayerStep Layers LeaveSwarm ListCheckpoints
    ListConfigs ListContainers ListImages ListNetworks ListNodes ListPlugins ListSecrets
    ListServices ListTasks ListVolumes LogLine LogLines LogSource LogStream Logout Logs Moment
    Network Networks Node NodeRole Nodes Order Origin Output OutputStream PathStat Pause Ping
    Plugin Plugins Port Process Progress Propagation PruneBuildCache PruneContainers PruneImages
    PruneNetworks PruneVolumes PrunedBuildCache PrunedContainers PrunedImages PrunedNetworks
    PrunedVolumes PublishedPort PullPolicy Pushed Reference RemoveCheckpoint RemoveConfig
    RemoveContainer RemoveImage RemoveNetwork RemoveNode RemovePlugin RemoveSecret RemoveService
    RemoveVolume RemovedImages RenameContainer Resizer Restart RestartCondition RestartPolicy
    Result Resumed ResumedEvents ResumedLogs Rollout Save Secret Secrets Service ServiceLogs
    Services Start StatPath Stats StatsSample StatsStream Status Stdin Step Stop Subnet Swarm
    SwarmFile TagImage TarStream Task TaskLogs Tasks Terminal TerminalSize Timeouts Top Trace
    Ulimit UnlockKey Unpause UpdateConfig UpdateContainer UpdateNode UpdateVolume Usage Vertex
    VertexLog VertexState VertexStatus VertexWarning Volume Volumes Wait WaitCondition
    WaitHealthy Waiting
";

/// The names that `lib.rs` gives to its users.
fn public_types() -> BTreeSet<&'static str> {
    let source = include_str!("../../../ergonomic/src/lib.rs");
    let uses = source.split("\npub use ").skip(1);
    let lists = uses
        .filter_map(|one| one.split_once(';'))
        .map(|(list, _)| list);
    let names = lists.flat_map(|list| {
        let names = list.split_once('{').map_or(list, |(_, names)| names);
        let words = names
            .split([',', '}', ' ', '\n'])
            .filter(|word| !word.is_empty());
        words.map(|word| word.rsplit("::").next().unwrap_or(word))
    });
    names
        .filter(|name| name.starts_with(char::is_uppercase))
        .collect()
}

#[tokio::test]
async fn no_public_type_prints_a_secret() {
    let ping = Play::on("HEAD", "/_ping").server(answer("200 OK", "Api-Version: 1.44\r\n", ""));
    let wire = Wire::start([ping]).await.unwrap();
    let connect = Docker::connect_to(wire.docker_host()).header("X-Token", SECRET);
    let docker = within(connect.into_future()).await.unwrap();
    let samples = samples(&docker);
    for (name, shown) in &samples {
        assert!(!shown.contains(SECRET), "{name}: {shown}");
    }
    let mut known: BTreeSet<_> = samples.iter().map(|(name, _)| *name).collect();
    for name in CANNOT_HOLD_ONE.split_whitespace() {
        assert!(known.insert(name), "{name} is listed twice");
    }
    let public = public_types();
    let missing: Vec<_> = public.difference(&known).collect();
    assert!(
        missing.is_empty(),
        "decide whether these can hold a secret: {missing:?}"
    );
    let gone: Vec<_> = known.difference(&public).collect();
    assert!(gone.is_empty(), "these are no public types: {gone:?}");
}

/// An error and all beneath it, in both ways to print them.
fn printed(error: &Error) -> String {
    let causes = std::iter::successors(Some(error as &dyn StdError), |&cause| cause.source());
    causes.map(|cause| format!("{cause} {cause:?}\n")).collect()
}

/// Requests that carry a secret, and fail in each of the ways that requests fail.
#[tokio::test]
async fn no_failed_request_tells_a_secret() {
    let cut = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n[{";
    let not_json = answer("200 OK", "Content-Type: application/json\r\n", "<html>");
    let refusal = answer("500 Internal Server Error", "", "no");
    let moved = answer(
        "301 Moved Permanently",
        "Location: http://elsewhere/\r\n",
        "",
    );
    for failure in ["", "\0\0\0\0", cut, &not_json, &refusal, &moved] {
        let targets = [
            "/v1.44/auth",
            "/v1.44/secrets/create",
            "/v1.44/swarm/join",
            "/v1.44/swarm/unlock",
            "/v1.44/images/create?{any}",
            "/v1.44/images/a/push?{any}",
            "/v1.44/services/create",
            "/v1.44/containers/create",
        ];
        let plays = targets.map(|target| Play::on("POST", target).server(failure));
        let (spans, _guard) = Spans::record();
        let (_wire, docker) = connected(plays).await;
        let credentials = credentials();
        let mut errors = Vec::new();
        within(async {
            errors.extend(docker.check_credentials(&credentials).await.err());
            errors.extend(docker.secrets().create("s", SECRET).await.err());
            errors.extend(docker.swarm().join("h:2377", SECRET).await.err());
            errors.extend(docker.swarm().unlock(SECRET).await.err());
            let pull = docker.images().pull("a").credentials(credentials.clone());
            errors.extend(pull.await.err());
            let push = docker.image("a").push().credentials(credentials.clone());
            errors.extend(push.await.err());
            let service = docker.services().create("a").env("A", SECRET);
            errors.extend(service.credentials(credentials.clone()).await.err());
            let create = docker.containers().create("a").env("A", SECRET);
            errors.extend(create.await.err());
        })
        .await;
        assert!(errors.len() >= 6, "{failure:?}: {errors:?}");
        for error in &errors {
            let printed = printed(error);
            assert!(!printed.contains(SECRET), "{failure:?}: {printed}");
        }
        let told = spans.text();
        assert!(
            told.contains("SystemAuth") && !told.contains(SECRET),
            "{told}"
        );
    }
}
