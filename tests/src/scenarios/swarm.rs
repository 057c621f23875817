//! A swarm of one engine: its nodes, services, tasks, secrets and configs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use dockwright::raw::types::{
    EndpointSpec, ServiceSpec, ServiceUpdateStatusState, Task, TaskState,
};
use dockwright::{
    ApiVersion, Availability, CreateService, Docker, EndpointMode, ErrorKind, FailureAction,
    LogSource, NodeRole, Order, RestartCondition, Rollout, Service, SwarmFile,
};

use super::{assert_output, read_to};
use crate::engine::{Engine, IDLE, IMAGE};

/// Podman has no swarm: it knows where to ask for one, or not even that.
async fn has_none(engine: &Engine) {
    let docker = &engine.docker;
    for (error, status) in [
        (docker.swarm().init().await.unwrap_err(), 503),
        (docker.swarm().inspect().await.unwrap_err(), 404),
        (docker.swarm().leave().await.unwrap_err(), 503),
        (docker.nodes().list().await.unwrap_err(), 404),
        (docker.services().list().await.unwrap_err(), 404),
        (
            docker
                .services()
                .create(IMAGE)
                .resolve_image(false)
                .await
                .unwrap_err(),
            503,
        ),
        (docker.tasks().list().await.unwrap_err(), 404),
        (docker.configs().list().await.unwrap_err(), 404),
        (docker.configs().create("c", "d").await.unwrap_err(), 503),
    ] {
        assert_eq!(error.status(), Some(status), "{error}");
    }
}

pub async fn swarm_of_one(engine: Engine) {
    let docker = &engine.docker;
    let swarm = docker.swarm();
    if engine.is_podman() {
        return has_none(&engine).await;
    }
    assert_eq!(swarm.inspect().await.unwrap_err().status(), Some(503));
    assert_eq!(swarm.leave().await.unwrap_err().status(), Some(503));
    let join = swarm.join("127.0.0.1:1", "no token");
    let error = join.await.unwrap_err();
    assert_eq!(error.operation(), Some("join swarm"), "{error}");
    assert!(error.engine_message().is_some(), "{error}");

    let node = engine.init_swarm().await.unwrap();
    let again = engine.init_swarm().await.unwrap_err();
    assert_eq!(again.status(), Some(503), "{again}");

    let worker = swarm.join_token(NodeRole::Worker).await.unwrap();
    let manager = swarm.join_token(NodeRole::Manager).await.unwrap();
    assert!(worker.starts_with("SWMTKN-1-") && manager.starts_with("SWMTKN-1-"));
    let rotated = swarm.join_token(NodeRole::Worker).rotate().await.unwrap();
    assert_ne!(rotated, worker);
    let kept = swarm.join_token(NodeRole::Manager).await.unwrap();
    assert_eq!(kept, manager);
    assert_eq!(swarm.unlock_key().await.unwrap(), "");
    let unlocked = swarm.unlock("SWMKEY-1-no").await.unwrap_err();
    assert!(unlocked.is_conflict(), "{unlocked}");

    let update = swarm.update().task_history_limit(2);
    update.label("colour", "blue").await.unwrap();
    let seen = swarm.inspect().await.unwrap();
    assert!(seen.id.is_some_and(|id| !id.is_empty()));
    let spec = seen.spec.unwrap();
    let limit = spec.orchestration.unwrap().task_history_retention_limit;
    assert_eq!(limit, Some(2));
    assert_eq!(spec.labels["colour"], "blue");
    // What was not changed is there still.
    assert!(
        spec.labels.len() > 1 && spec.raft.is_some(),
        "{:?}",
        spec.raft
    );

    nodes(&engine, node.name_or_id()).await;
    let error = swarm.leave().await.unwrap_err();
    assert_eq!(error.status(), Some(503), "{error}");
    swarm.leave().force(true).await.unwrap();
    assert_eq!(swarm.inspect().await.unwrap_err().status(), Some(503));
}

async fn nodes(engine: &Engine, id: &str) {
    let docker = &engine.docker;
    let listed = docker.nodes().list().role(NodeRole::Manager).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].id.as_deref(), Some(id));
    let workers = docker.nodes().list().role(NodeRole::Worker).await.unwrap();
    assert!(workers.is_empty());

    let node = docker.node(id);
    let seen = node.inspect().await.unwrap();
    assert_eq!(seen.id.as_deref(), Some(id));
    let update = node.update().label("zone", "b").label("rack", "1");
    let update = update.remove_label("rack");
    update.availability(Availability::Pause).await.unwrap();
    let spec = docker.node(id).inspect().await.unwrap().spec.unwrap();
    assert_eq!(spec.labels["zone"], "b");
    assert_eq!(spec.labels.len(), 1);
    assert_eq!(spec.availability, Some(Availability::Pause));
    assert_eq!(spec.role, Some(NodeRole::Manager));
    assert!(node.demote().await.is_err(), "the last manager is demoted");
    assert!(node.remove().await.is_err(), "a manager is removed");
    let nowhere = docker.node("no-such-node");
    assert!(nowhere.inspect().await.unwrap_err().is_not_found());
    let error = nowhere.promote().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

pub async fn swarm_secrets_and_configs(engine: Engine) {
    let docker = &engine.docker;
    // Podman has secrets without a swarm, which cannot be changed.
    let podman = engine.is_podman();
    if !podman {
        engine.init_swarm().await.unwrap();
    }
    // Bytes whose base64 has what only the standard alphabet has.
    let data = [0xfb, 0xff, 0xfe, b'\n'];
    let name = engine.name("secret");
    let create = docker.secrets().create(&name, data).label("colour", "blue");
    assert!(!format!("{create:?}").contains("+//+"), "{create:?}");
    let secret = create.clone().await.unwrap();
    let error = create.await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    let update = secret.update().label("size", "4").await;
    assert_eq!(update.is_err_and(|error| error.is_unsupported()), podman);
    let list = docker.secrets().list().name(&name);
    let listed = match podman {
        true => list.await.unwrap(),
        false => list.label("size=4").await.unwrap(),
    };
    assert_eq!(listed.len(), 1);
    let seen = docker.secret(&name).inspect().await.unwrap();
    assert_eq!(seen, listed[0]);
    assert_eq!(seen.id.as_deref(), Some(secret.name_or_id()));
    let spec = seen.spec.unwrap();
    assert_eq!(spec.labels["colour"], "blue");
    assert_eq!(spec.labels.contains_key("size"), !podman);
    assert_eq!(spec.data, None);
    secret.remove().await.unwrap();
    assert!(secret.remove().await.unwrap_err().is_not_found());
    let update = secret.update().remove_label("size").await.unwrap_err();
    assert!(update.is_not_found(), "{update}");
    if podman {
        return;
    }

    let name = engine.name("config");
    let create = docker.configs().create(&name, data).label("colour", "red");
    if docker.api_version() < ApiVersion::new(1, 30) {
        assert!(create.await.unwrap_err().is_unsupported());
        return;
    }
    let config = create.await.unwrap();
    let update = config.update().label("size", "4").remove_label("colour");
    update.await.unwrap();
    let listed = docker.configs().list().label("size=4").await.unwrap();
    assert_eq!(listed.len(), 1);
    let spec = docker.config(&name).inspect().await.unwrap().spec.unwrap();
    assert_eq!(spec.labels.len(), 1, "{:?}", spec.labels);
    assert_eq!(spec.data.as_deref(), Some("+//+Cg=="));
    config.remove().await.unwrap();
    assert!(config.inspect().await.unwrap_err().is_not_found());
}

/// All that there is a word for, of a service that has no tasks.
pub async fn swarm_service_spec(engine: Engine) {
    let docker = &engine.docker;
    if engine.is_podman() {
        return has_none(&engine).await;
    }
    engine.init_swarm().await.unwrap();
    let name = engine.name("web");
    let secret = docker.secrets().create(engine.name("key"), "k3y").await;
    secret.unwrap();
    let create = settled(&engine, docker.services().create(IMAGE).name(&name));
    // Nobody tells the digest of the image where there is no registry.
    let service = create.clone().await.unwrap();
    let [warning] = service.warnings() else {
        panic!("{:?}", service.warnings());
    };
    assert!(warning.contains("digest"), "{warning}");
    at_rest(&engine, &service).await;
    let taken = create.resolve_image(false).await.unwrap_err();
    assert!(taken.is_conflict(), "{taken}");

    let listed = docker.services().list().name(&name).status(true).await;
    let [listed] = &listed.unwrap()[..] else {
        panic!("there is not one service");
    };
    assert_eq!(listed.id.as_deref(), Some(service.name_or_id()));
    assert_eq!(
        listed.service_status.as_ref().unwrap().desired_tasks,
        Some(0)
    );
    assert!(service.tasks().await.unwrap().is_empty());
    let spec = docker.service(&name).inspect().await.unwrap().spec.unwrap();
    assert_eq!(listed.spec.as_ref(), Some(&spec));
    assert_settled(&engine, &spec);

    // By itself: a rollback that changes ports may end as if it were an update.
    service.update().unpublish(80).await.unwrap();
    at_rest(&engine, &service).await;
    let spec = service.inspect().await.unwrap().spec.unwrap();
    let ports = &spec.endpoint_spec.as_ref().unwrap().ports;
    assert_eq!(ports.len(), 1, "{ports:?}");

    let update = service.update().env("A", "2").remove_env("B").force();
    let update = update.remove_secret(engine.name("key"));
    update
        .remove_constraint("node.role==manager")
        .await
        .unwrap();
    at_rest(&engine, &service).await;
    let updated = service.inspect().await.unwrap();
    let task = updated.spec.clone().unwrap().task_template.unwrap();
    let container = task.container_spec.unwrap();
    assert_eq!(container.env, ["A=2"]);
    assert!(container.secrets.is_empty());
    assert_eq!(task.force_update, Some(1));
    assert!(task.placement.unwrap().constraints.is_empty());
    assert_eq!(updated.previous_spec.as_ref(), Some(&spec));
    service.rollback().await.unwrap();
    at_rest(&engine, &service).await;
    let back = service.inspect().await.unwrap().spec.unwrap();
    assert_eq!(back, spec);

    service.remove().await.unwrap();
    let errors = [
        service.inspect().await.map(drop).unwrap_err(),
        service.scale(1).await.map(drop).unwrap_err(),
        service.converged().await.map(drop).unwrap_err(),
        service.remove().await.unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_not_found(), "{error}");
    }
    let global = docker.services().create(IMAGE).global();
    let global = global.name(engine.name("global"));
    let global = global.constraint("node.role==worker").resolve_image(false);
    let error = global.await.unwrap().scale(2).await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    let missing = docker.services().create(IMAGE).secret("no-such-secret");
    let error = missing.await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(error.object(), Some("no-such-secret"));
}

/// Waits until the managers have made of a service without tasks what it is to be: its ports, and the end of a rollback.
async fn at_rest(engine: &Engine, service: &Service) {
    let Some(aside) = &engine.aside else { return };
    let service = aside.service(service.name_or_id());
    loop {
        let seen = service.converged().await.unwrap();
        let ports = |spec: Option<EndpointSpec>| {
            let ports = spec.unwrap_or_default().ports.into_iter();
            ports.map(|port| port.target_port).collect::<BTreeSet<_>>()
        };
        let wanted = ports(seen.spec.unwrap().endpoint_spec);
        let endpoint = seen.endpoint.unwrap_or_default();
        let mut ports_of_all = endpoint.ports.iter();
        let published = ports_of_all.all(|port| port.published_port.is_some_and(|port| port > 0));
        if published && ports(endpoint.spec) == wanted {
            return;
        }
    }
}

fn settled(engine: &Engine, create: CreateService) -> CreateService {
    let secret = SwarmFile::new(engine.name("key")).target("key").mode(0o400);
    create
        .replicas(0)
        .label("colour", "blue")
        .container_label("shade", "dark")
        .env("A", "1")
        .env("B", "2")
        .cmd(IDLE)
        .user("1:1")
        .workdir("/tmp")
        .hostname("{{.Node.Hostname}}")
        .secret(secret.owner(1, 1))
        .publish(0, 80)
        .publish_on_host(8443, 443)
        .constraint("node.role==manager")
        .spread("node.labels.zone")
        .limit_memory(64 << 20)
        .limit_cpu(1.5)
        .limit_pids(99)
        .reserve_memory(8 << 20)
        .restart(RestartCondition::OnFailure)
        .restart_max_attempts(3)
        .stop_grace(Duration::from_secs(3))
        .update_config(Rollout::new().parallelism(2).order(Order::StartFirst))
        .rollback_config(Rollout::new().delay(Duration::from_millis(5)))
        .body(|spec| {
            let task = spec.task_template.get_or_insert_default();
            task.container_spec.get_or_insert_default().init = Some(true);
        })
}

fn assert_settled(engine: &Engine, spec: &ServiceSpec) {
    assert_eq!(spec.labels["colour"], "blue");
    let task = spec.task_template.as_ref().unwrap();
    let container = task.container_spec.as_ref().unwrap();
    assert_eq!(container.image.as_deref(), Some("busybox:latest"));
    assert_eq!(container.labels["shade"], "dark");
    assert_eq!(container.env, ["A=1", "B=2"]);
    assert_eq!(container.args, IDLE);
    assert_eq!(container.user.as_deref(), Some("1:1"));
    assert_eq!(container.dir.as_deref(), Some("/tmp"));
    assert_eq!(container.hostname.as_deref(), Some("{{.Node.Hostname}}"));
    assert_eq!(container.stop_grace_period, Some(3_000_000_000));
    assert_eq!(container.init, Some(true));
    let secret = &container.secrets[0];
    assert_eq!(secret.secret_name, Some(engine.name("key")));
    let file = secret.file.as_ref().unwrap();
    assert_eq!(file.name.as_deref(), Some("key"));
    assert_eq!((file.uid.as_deref(), file.mode), (Some("1"), Some(0o400)));
    let ports = &spec.endpoint_spec.as_ref().unwrap().ports;
    let targets: Vec<_> = ports.iter().map(|port| port.target_port).collect();
    assert_eq!(targets, [Some(80), Some(443)]);
    let resources = task.resources.as_ref().unwrap();
    let limits = resources.limits.as_ref().unwrap();
    assert_eq!(limits.nano_cpus, Some(1_500_000_000));
    assert_eq!(
        (limits.memory_bytes, limits.pids),
        (Some(64 << 20), Some(99))
    );
    let reserved = resources.reservations.as_ref().unwrap();
    assert_eq!(reserved.memory_bytes, Some(8 << 20));
    let restart = task.restart_policy.as_ref().unwrap();
    assert_eq!(restart.condition, Some(RestartCondition::OnFailure));
    assert_eq!(restart.max_attempts, Some(3));
    let update = spec.update_config.as_ref().unwrap();
    assert_eq!(
        (update.parallelism, &update.order),
        (Some(2), &Some(Order::StartFirst))
    );
    let rollback = spec.rollback_config.as_ref().unwrap();
    assert_eq!(rollback.delay, Some(5_000_000));
}

/// A service that runs: files and variables in its containers, logs, updates.
pub async fn swarm_service_runs(engine: Engine) {
    let docker = &engine.docker;
    if engine.is_podman() {
        return has_none(&engine).await;
    }
    let node = engine.init_swarm().await.unwrap();
    let [key, conf] = ["key", "conf"].map(|of| engine.name(of));
    docker.secrets().create(&key, "a secret\n").await.unwrap();
    docker.configs().create(&conf, "a config\n").await.unwrap();
    let quick = Rollout::new().monitor(Duration::from_millis(1));
    let create = docker.services().create(IMAGE).name(engine.name("runs"));
    let create = create.cmd(["sh", "-c", WRITES]).env("WORD", "first");
    let create = create.secret(SwarmFile::new(&key).target("key"));
    let create = create.config(SwarmFile::new(&conf).target("/etc/conf"));
    let create = create.update_config(quick.clone().parallelism(0));
    let create = create.rollback_config(quick.parallelism(0));
    let create = create.endpoint_mode(EndpointMode::Dnsrr).replicas(2);
    let service = create.resolve_image(false).await.unwrap();
    service.converged().await.unwrap();
    assert_eq!(writers(docker, &service, "first").await.len(), 2);

    service.scale(3).await.unwrap();
    service.converged().await.unwrap();
    let running = service.tasks().running().await.unwrap();
    let running_on_node = node.tasks().running().await.unwrap();
    assert_eq!((running.len(), running_on_node.len()), (3, 3));
    let wrote = writers(docker, &service, "first").await;
    assert_eq!(wrote, running.iter().map(id).collect());
    apart(&service, &wrote).await;

    service.update().env("WORD", "second").await.unwrap();
    let updated = service.converged().await.unwrap();
    let status = updated.update_status.and_then(|status| status.state);
    assert_eq!(status, Some(ServiceUpdateStatusState::Completed));
    assert_eq!(writers(docker, &service, "second").await.len(), 3);
    service.rollback().await.unwrap();
    let back = service.converged().await.unwrap();
    let status = back.update_status.and_then(|status| status.state);
    assert_eq!(status, Some(ServiceUpdateStatusState::RollbackCompleted));
    assert_eq!(writers(docker, &service, "first").await.len(), 3);
    let stable = service.converged().stable_for(Duration::from_millis(300));
    stable.await.unwrap();
    service.remove().await.unwrap();
}

/// What a container of the service writes and does.
const WRITES: &str = "echo $WORD; echo error >&2; cat /run/secrets/key /etc/conf; \
                      trap 'exit 0' TERM; sleep 600 & wait";

/// The tasks that run, each of which has written all that it had to write.
async fn writers(docker: &Docker, service: &Service, word: &str) -> BTreeSet<String> {
    let tasks = service.tasks().running().await.unwrap();
    for task in &tasks {
        let logs = docker.task(id(task)).logs().stderr(false).follow(true);
        let text = read_to("a config\n", &mut logs.await.unwrap()).await;
        assert_output(text, format!("{word}\na secret\na config\n"));
    }
    tasks.iter().map(id).collect()
}

/// The logs of a service tell which task has written what.
async fn apart(service: &Service, tasks: &BTreeSet<String>) {
    let logs = service.logs().details(true).timestamps(true);
    let mut lines = logs.await.unwrap().lines();
    let mut wrote = BTreeMap::<String, BTreeSet<String>>::new();
    while let Some(line) = lines.try_next().await.unwrap() {
        assert!(line.time.is_some(), "{line:?}");
        assert_eq!(line.source == LogSource::Stderr, line.text() == "error");
        let task = &line.details["com.docker.swarm.task.id"];
        wrote
            .entry(task.clone())
            .or_default()
            .insert(line.to_string());
    }
    assert_eq!(&wrote.keys().cloned().collect::<BTreeSet<_>>(), tasks);
    let all = ["a config", "a secret", "error", "first"].map(str::to_owned);
    for lines in wrote.into_values() {
        assert_eq!(lines, BTreeSet::from(all.clone()));
    }
}

fn id(task: &Task) -> String {
    task.id.clone().unwrap()
}

pub async fn swarm_jobs(engine: Engine) {
    let docker = &engine.docker;
    if engine.is_podman() {
        return has_none(&engine).await;
    }
    engine.init_swarm().await.unwrap();
    let create = || docker.services().create(IMAGE).resolve_image(false);
    let job = create()
        .cmd(["true"])
        .job(3)
        .max_concurrent(2)
        .await
        .unwrap();
    job.converged().await.unwrap();
    let tasks = job.tasks().await.unwrap();
    let complete = tasks.iter().filter(|task| {
        let state = task
            .status
            .as_ref()
            .and_then(|status| status.state.as_ref());
        state == Some(&TaskState::Complete)
    });
    assert_eq!(complete.count(), 3);
    // Once more, which the old tasks do not count for.
    job.update().cmd(["sh", "-c", "exit 0"]).await.unwrap();
    job.converged().await.unwrap();
    assert_eq!(job.tasks().await.unwrap().len(), 6);
    job.remove().await.unwrap();

    let everywhere = create().cmd(["true"]).global_job().await.unwrap();
    everywhere.converged().await.unwrap();
    everywhere.remove().await.unwrap();
    let global = create().cmd(IDLE).global().await.unwrap();
    global.converged().await.unwrap();
    assert_eq!(global.tasks().running().await.unwrap().len(), 1);
    global.remove().await.unwrap();
}

/// An update that makes tasks fail is paused, or rolled back by itself.
pub async fn swarm_failing_update(engine: Engine) {
    let docker = &engine.docker;
    if engine.is_podman() {
        return has_none(&engine).await;
    }
    engine.init_swarm().await.unwrap();
    let rollout = Rollout::new().monitor(Duration::from_secs(5));
    let quick = Rollout::new().monitor(Duration::from_millis(1));
    let create = docker
        .services()
        .create(IMAGE)
        .cmd(IDLE)
        .rollback_config(quick);
    let create = create.restart(RestartCondition::None).resolve_image(false);
    let create = create.update_config(rollout.clone().on_failure(FailureAction::Pause));
    let service = create.await.unwrap();
    service.converged().await.unwrap();
    service.update().cmd(["false"]).await.unwrap();
    let error = service.converged().await.unwrap_err();
    let said = error.engine_message().unwrap();
    assert!(said.contains("paused"), "{error}");
    assert_eq!(error.operation(), Some("wait for service"));

    let rollout = rollout.on_failure(FailureAction::Rollback);
    service
        .update()
        .cmd(IDLE)
        .update_config(rollout)
        .await
        .unwrap();
    service.converged().await.unwrap();
    service.update().cmd(["false"]).await.unwrap();
    let back = service.converged().await.unwrap();
    let status = back.update_status.and_then(|status| status.state);
    assert_eq!(status, Some(ServiceUpdateStatusState::RollbackCompleted));
    let task = back.spec.unwrap().task_template.unwrap();
    assert_eq!(task.container_spec.unwrap().args, IDLE);
    service.remove().await.unwrap();
}

/// Spoken to in an old version, an engine is not asked for what came later.
pub async fn swarm_of_old_versions(engine: Engine) {
    if engine.is_podman() {
        return has_none(&engine).await;
    }
    engine.init_swarm().await.unwrap();
    let host = engine.docker.endpoint().to_string();
    let speaking = async |minor| {
        let connect = Docker::connect_to(&host).api_version(ApiVersion::new(1, minor));
        connect.await.unwrap()
    };
    let docker = speaking(24).await;
    let [secret, config] = [
        docker.secrets().create("s", "x").await.map(drop),
        docker.configs().list().await.map(drop),
    ];
    let jobs = speaking(40).await.services().create(IMAGE).global_job();
    let rollback = docker.service("s").rollback().await.map(drop);
    for outcome in [secret, config, jobs.await.map(drop), rollback] {
        let error = outcome.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::UnsupportedByEngine { .. }),
            "{error}"
        );
    }
    // What is old enough can be made, and changed even where more was said of it.
    let name = engine.name("old");
    let service = docker.services().create(IMAGE).name(&name).replicas(0);
    service.await.unwrap();
    let new = engine.docker.service(&name);
    new.update().limit_pids(9).await.unwrap();
    docker
        .service(&name)
        .update()
        .label("a", "b")
        .await
        .unwrap();
    let spec = new.inspect().await.unwrap().spec.unwrap();
    assert_eq!(spec.labels["a"], "b");
    // The engine itself takes away what is newer than the version that it is spoken to in.
    let limits = spec.task_template.unwrap().resources.unwrap().limits;
    assert_eq!(limits.and_then(|limits| limits.pids), None);
}

/// A service that every version can make, without tasks.
pub async fn swarm_of_a_service(engine: Engine) {
    if engine.is_podman() {
        return has_none(&engine).await;
    }
    let docker = &engine.docker;
    engine.init_swarm().await.unwrap();
    let create = docker.services().create(IMAGE).name(engine.name("old"));
    let create = create.cmd(["sleep", "600"]).env("A", "b").label("a", "b");
    let service = create.replicas(0).resolve_image(false).await.unwrap();
    let spec = service.inspect().await.unwrap().spec.unwrap();
    assert_eq!(spec.labels["a"], "b");
    service.update().label("c", "d").await.unwrap();
    let listed = docker.services().list().name(engine.name("old")).await;
    assert_eq!(listed.unwrap().len(), 1);
    assert!(docker.tasks().list().await.unwrap().is_empty());
    assert_eq!(docker.nodes().list().await.unwrap().len(), 1);
    service.remove().await.unwrap();
    assert!(service.inspect().await.unwrap_err().is_not_found());
}

/// A service of one task, which has written what it had to write.
pub async fn swarm_of_a_task(engine: Engine) {
    let docker = &engine.docker;
    if engine.is_podman() {
        return has_none(&engine).await;
    }
    let node = engine.init_swarm().await.unwrap();
    let create = docker.services().create(IMAGE).name(engine.name("writes"));
    let script = format!("echo written; {}", IDLE[2]);
    let create = create.cmd(["sh", "-c", &script]).resolve_image(false);
    let service = create.await.unwrap();
    if let Some(aside) = &engine.aside {
        let service = aside.service(service.name_or_id());
        let mut logs = service.logs().follow(true).await.unwrap();
        read_to("written\n", &mut logs).await;
        service.converged().await.unwrap();
    }

    let running = service.tasks().running().await.unwrap();
    assert_eq!(running.len(), 1);
    let task = docker.task(id(&running[0]));
    let seen = task.inspect().await.unwrap();
    assert_eq!(seen, running[0]);
    assert_eq!(seen.node_id.as_deref(), Some(node.name_or_id()));
    assert_eq!(seen.service_id.as_deref(), Some(service.name_or_id()));
    let mut logs = service.logs().await.unwrap();
    assert_output(read_to("written\n", &mut logs).await, "written\n");
    let mut logs = task.logs().await.unwrap();
    assert_output(read_to("written\n", &mut logs).await, "written\n");
    service.remove().await.unwrap();
}
