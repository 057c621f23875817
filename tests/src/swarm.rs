//! A swarm of three nodes: what one engine alone cannot show.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use dockwright::raw::types::{Node as NodeInfo, NodeState, Reachability, ServiceUpdateStatusState};
use dockwright::{
    Availability, Docker, EventKind, LogSource, NodeRole, Result, Rollout, Service, SwarmFile,
};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::engine::{Engine, IDLE, IMAGE};
use crate::examples::example;
use crate::target::{SwarmNode, xtask};

/// Far more than any of this takes; what hangs fails.
const LIMIT: Duration = Duration::from_secs(240);

/// Makes a swarm of three engines, and has it do what swarms are for.
///
/// # Errors
///
/// If the engines cannot be reached, or this takes too long.
///
/// # Panics
///
/// Where the swarm does not do as it is expected.
pub async fn three_nodes(nodes: [SwarmNode; 3]) -> Result<(), String> {
    let mut swarm = Vec::new();
    for node in nodes {
        let connected = Docker::connect_to(&node.host).await;
        let docker = connected.map_err(|error| error.to_string())?;
        // Whatever an earlier run has left: these engines are for this only.
        let _ = docker.swarm().leave().force(true).await;
        swarm.push(Member {
            node,
            docker,
            id: String::new(),
        });
    }
    let [one, two, three] = &mut swarm[..] else {
        return Err("there are not three nodes".to_owned());
    };
    let played = timeout(LIMIT, play(one, two, three)).await;
    for member in &swarm {
        let _ = member.docker.swarm().leave().force(true).await;
    }
    played.map_err(|_| format!("it hangs: not over after {LIMIT:?}"))?;
    run_example(&swarm).await.map_err(|error| error.to_string())
}

/// How long to wait for an event before looking again.
const PACE: Duration = Duration::from_millis(500);

struct Member {
    node: SwarmNode,
    docker: Docker,
    /// What the swarm knows it by.
    id: String,
}

async fn play(one: &mut Member, two: &mut Member, three: &mut Member) {
    form(one, two, three).await;
    let service = spread_out(one).await;
    reads_files(one, three).await;
    drain(one, two, &service).await;
    promote_and_demote(one, two).await;
    lose_and_find(one, three, &service).await;
    lock_and_unlock(one).await;
    service.remove().await.unwrap();
    take_leave(one, three).await;
}

/// The example does it all by itself, and leaves nothing.
async fn run_example(swarm: &[Member]) -> Result<()> {
    let engine = Engine::of(swarm[0].docker.clone(), "swarm").await?;
    let nodes = swarm.iter().map(|member| &member.node);
    let arguments: Vec<_> = nodes.flat_map(|node| [&node.host, &node.address]).collect();
    let said = example(&engine, "swarm_three_nodes", &arguments).await;
    let lines = |end: &str| said.lines().filter(|line| line.ends_with(end)).count();
    assert_eq!(
        (lines(" is a manager"), lines(" is a worker")),
        (1, 2),
        "{said}"
    );
    for member in swarm {
        let left = member.docker.swarm().inspect().await.unwrap_err();
        assert_eq!(left.status(), Some(503), "{left}");
    }
    Ok(())
}

async fn form(one: &mut Member, two: &mut Member, three: &mut Member) {
    let swarm = one.docker.swarm();
    let remote = format!("{}:2377", one.node.address);
    let init = swarm.init().advertise(&one.node.address).listen(&remote);
    let init = init.address_pool("10.77.0.0/16").subnet_size(26);
    one.id = init.await.unwrap().name_or_id().to_owned();
    let token = swarm.join_token(NodeRole::Worker).await.unwrap();
    for member in [two, three] {
        let address = &member.node.address;
        let joining = member.docker.swarm();
        let wrong = joining.join(&remote, token.replace("-1-", "-2-")).await;
        assert!(wrong.is_err(), "a wrong token is taken");
        let join = joining.join(&remote, &token).advertise(address);
        join.listen(format!("{address}:2377")).await.unwrap();
        let listed = nodes_are(one, |nodes| nodes.iter().all(is_ready)).await;
        let mut listed = listed.into_iter();
        let joined = listed.find(|n| address_of(n) == Some(address.as_str()));
        member.id = joined.unwrap().id.unwrap();
        let asked = member.docker.nodes().list().await.unwrap_err();
        assert_eq!(asked.status(), Some(503), "{asked}");
    }
    let seen = swarm.inspect().await.unwrap();
    assert_eq!(seen.default_addr_pool, ["10.77.0.0/16"]);
    assert_eq!(seen.subnet_size, Some(26));
    let workers = one.docker.nodes().list().role(NodeRole::Worker).await;
    assert_eq!(workers.unwrap().len(), 2);
}

/// A service on all nodes, and one that is updated and rolled back bit by bit.
async fn spread_out(one: &Member) -> Service {
    let docker = &one.docker;
    let create = || {
        docker
            .services()
            .create(IMAGE)
            .cmd(IDLE)
            .resolve_image(false)
    };
    let global = create().global().publish_on_host(18080, 80).await.unwrap();
    global.converged().await.unwrap();
    // A node that has just joined may have got its task a moment later.
    while nodes_of(&global).await.len() < 3 {
        global.converged().await.unwrap();
    }
    global.remove().await.unwrap();

    let rollout = Rollout::new()
        .parallelism(1)
        .monitor(Duration::from_millis(1));
    let service = create().replicas(4).update_config(rollout.clone());
    let service = service.rollback_config(rollout).await.unwrap();
    service.converged().await.unwrap();
    assert_eq!(nodes_of(&service).await.len(), 3);
    service.update().env("A", "1").await.unwrap();
    let updated = service.converged().await.unwrap();
    let status = updated.update_status.and_then(|status| status.state);
    assert_eq!(status, Some(ServiceUpdateStatusState::Completed));
    service.rollback().await.unwrap();
    let back = service.converged().await.unwrap();
    let status = back.update_status.and_then(|status| status.state);
    assert_eq!(status, Some(ServiceUpdateStatusState::RollbackCompleted));

    let job = create().cmd(["true"]).job(5).await.unwrap();
    job.converged().await.unwrap();
    job.remove().await.unwrap();
    service
}

/// Secrets and configs get to another node, and what it writes gets here.
async fn reads_files(one: &Member, three: &Member) {
    let docker = &one.docker;
    let secret = docker.secrets().create("key", "a secret\n").await.unwrap();
    let config = docker.configs().create("conf", "a config\n").await.unwrap();
    let create = docker.services().create(IMAGE).resolve_image(false);
    let create = create.cmd(["cat", "/run/secrets/key", "/etc/conf"]).job(1);
    let create = create
        .secret("key")
        .config(SwarmFile::new("conf").target("/etc/conf"));
    let job = create.constraint(format!("node.id=={}", three.id));
    let job = job.await.unwrap();
    job.converged().await.unwrap();
    let in_use = secret.remove().await.unwrap_err();
    assert!(in_use.is_invalid_input(), "{in_use}");
    let mut lines = job.logs().details(true).await.unwrap().lines();
    let mut wrote = Vec::new();
    while let Some(line) = lines.try_next().await.unwrap() {
        assert_eq!(line.source, LogSource::Stdout);
        assert_eq!(line.details["com.docker.swarm.node.id"], three.id);
        wrote.push(line.to_string());
    }
    assert_eq!(wrote, ["a secret", "a config"]);
    job.remove().await.unwrap();
    secret.remove().await.unwrap();
    config.remove().await.unwrap();
}

async fn drain(one: &Member, two: &Member, service: &Service) {
    let node = one.docker.node(&two.id);
    let update = node.update().availability(Availability::Drain);
    update.await.unwrap();
    while !node.tasks().running().await.unwrap().is_empty() {
        service.converged().await.unwrap();
    }
    service.converged().await.unwrap();
    let nodes = BTreeSet::from([&two.id]);
    assert!(nodes_of(service).await.iter().all(|id| !nodes.contains(id)));
    let update = node.update().availability(Availability::Active);
    update.await.unwrap();
}

async fn promote_and_demote(one: &Member, two: &Member) {
    let node = one.docker.node(&two.id);
    node.promote().await.unwrap();
    nodes_are(one, |nodes| {
        let managers = nodes.iter().filter_map(|node| node.manager_status.as_ref());
        let reachable = Some(Reachability::Reachable);
        managers
            .filter(|status| status.reachability == reachable)
            .count()
            == 2
    })
    .await;
    // It is a manager to itself, too, in a moment.
    while two.docker.nodes().list().await.is_err() {}
    node.demote().await.unwrap();
    nodes_are(one, |nodes| {
        let managers = nodes.iter().filter(|node| node.manager_status.is_some());
        managers.count() == 1
    })
    .await;
}

/// A node goes down, its tasks go elsewhere, and it comes back.
async fn lose_and_find(one: &Member, three: &Member, service: &Service) {
    engine("down", &three.node.name).await;
    nodes_are(one, |nodes| !nodes.iter().all(is_ready)).await;
    let lost = one.docker.node(&three.id).inspect().await.unwrap();
    assert_eq!(lost.status.unwrap().state, Some(NodeState::Down));
    while nodes_of(service).await.contains(&three.id) {
        service.converged().await.unwrap();
    }
    service.converged().await.unwrap();
    engine("up", &three.node.name).await;
    nodes_are(one, |nodes| nodes.iter().all(is_ready)).await;
}

async fn lock_and_unlock(one: &Member) {
    let swarm = one.docker.swarm();
    swarm.update().autolock(true).await.unwrap();
    let first = swarm.unlock_key().await.unwrap();
    let key = swarm.unlock_key().rotate().await.unwrap();
    assert_ne!(first, key);
    engine("down", &one.node.name).await;
    engine("up", &one.node.name).await;
    let locked = swarm.inspect().await.unwrap_err();
    assert_eq!(locked.status(), Some(503), "{locked}");
    assert!(locked.to_string().contains("encrypted"), "{locked}");
    assert!(swarm.unlock(&first).await.is_err(), "an old key unlocks");
    swarm.unlock(&key).await.unwrap();
    // Its node is there at once, and leads the swarm in a moment.
    while one.docker.nodes().list().await.is_err() {}
    nodes_are(one, |nodes| nodes.iter().all(is_ready)).await;
}

async fn take_leave(one: &Member, three: &Member) {
    let node = one.docker.node(&three.id);
    assert!(node.remove().await.is_err(), "a node that is up is removed");
    three.docker.swarm().leave().await.unwrap();
    nodes_are(one, |nodes| !nodes.iter().all(is_ready)).await;
    node.remove().await.unwrap();
    assert_eq!(one.docker.nodes().list().await.unwrap().len(), 2);
    assert!(node.inspect().await.unwrap_err().is_not_found());
}

/// The nodes, once that is true of them. Events tell when to look again, but not of everything:
/// none comes when a new manager is reachable.
async fn nodes_are(one: &Member, hold: impl Fn(&[NodeInfo]) -> bool) -> Vec<NodeInfo> {
    let mut events = one.docker.events().kind(EventKind::Node).await.unwrap();
    loop {
        let nodes = one.docker.nodes().list().await.unwrap();
        if hold(&nodes) {
            return nodes;
        }
        if let Ok(event) = timeout(PACE, events.try_next()).await {
            assert!(event.unwrap().is_some(), "the events end");
        }
    }
}

fn is_ready(node: &NodeInfo) -> bool {
    node.status
        .as_ref()
        .and_then(|status| status.state.as_ref())
        == Some(&NodeState::Ready)
}

fn address_of(node: &NodeInfo) -> Option<&str> {
    node.status.as_ref()?.addr.as_deref()
}

/// Where the tasks of a service are to run.
async fn nodes_of(service: &Service) -> BTreeSet<String> {
    let tasks = service.tasks().running().await.unwrap();
    tasks.into_iter().filter_map(|task| task.node_id).collect()
}

/// Stops or starts an engine, which keeps what it knows.
async fn engine(command: &'static str, name: &str) {
    let mut task = Command::new(xtask().expect("xtask is built: it has told of the nodes"));
    task.args(["engine", command, name]);
    let output = spawn_blocking(move || task.output())
        .await
        .unwrap()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`xtask engine {command}`: {said}");
}
