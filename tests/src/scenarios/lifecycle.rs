//! What is done to a container after its creation.

use std::time::Duration;

use dockwright::raw::types::ContainerStateStatus;
use dockwright::{ChangeKind, Container, PullPolicy, TerminalSize};
use tokio::io::AsyncReadExt;

use super::assert_output;
use super::images::{imported, paths};
use crate::engine::{Engine, IDLE};

const SIZE: TerminalSize = TerminalSize {
    rows: 40,
    columns: 120,
};

async fn status(container: &Container) -> ContainerStateStatus {
    let state = container.inspect().await.unwrap().state.unwrap();
    state.status.unwrap()
}

pub async fn restart_and_pause(engine: Engine) {
    let container = engine.run(IDLE).await.unwrap();
    let started = || async {
        let state = container.inspect().await.unwrap().state.unwrap();
        (state.started_at.unwrap(), state.running)
    };
    let (first, _) = started().await;
    let restart = container.restart().grace(Duration::from_secs(5));
    restart.await.unwrap();
    let (second, running) = started().await;
    assert_ne!(first, second);
    assert_eq!(running, Some(true));

    container.pause().await.unwrap();
    assert_eq!(status(&container).await, ContainerStateStatus::Paused);
    let error = container.pause().await.unwrap_err();
    // Podman says 500 where Docker says 409.
    assert_eq!(error.is_conflict(), !engine.is_podman(), "{error}");
    container.unpause().await.unwrap();
    assert_eq!(status(&container).await, ContainerStateStatus::Running);
    let error = container.unpause().await.unwrap_err();
    assert_eq!(error.status(), Some(500), "{error}");
    // What does not run is started.
    container.kill().await.unwrap();
    container.wait().await.unwrap();
    container.restart().await.unwrap();
    assert_eq!(status(&container).await, ContainerStateStatus::Running);
}

pub async fn rename(engine: Engine) {
    let container = engine.create(["true"]).name(engine.name("old"));
    let container = container.await.unwrap();
    let renamed = container.rename(engine.name("new")).await.unwrap();
    assert_eq!(renamed, engine.docker.container(engine.name("new")));
    assert_ne!(renamed, container);
    let about = renamed.inspect().await.unwrap();
    assert_eq!(about.id.as_deref(), Some(container.name_or_id()));
    let old = engine.docker.container(engine.name("old"));
    assert!(old.inspect().await.unwrap_err().is_not_found());
    let other = engine.create(["true"]).await.unwrap();
    let error = other.rename(engine.name("new")).await.unwrap_err();
    assert_eq!(error.is_conflict(), !engine.is_podman(), "{error}");
}

pub async fn prune_containers(engine: Engine) {
    let idle = engine.run(IDLE).await.unwrap();
    let ended = engine.create(["true"]).await.unwrap();
    let kept = engine.create(["true"]).label("keep", "1").await.unwrap();
    let prune = || engine.docker.containers().prune().label(engine.label());
    let pruned = super::pruned(prune().without_label("keep")).await;
    assert_eq!(pruned.containers, [ended.name_or_id()]);
    assert!(ended.inspect().await.unwrap_err().is_not_found());
    let pruned = super::pruned(prune().until(Duration::from_secs(24 * 60 * 60))).await;
    assert!(pruned.containers.is_empty(), "{pruned:?}");
    let pruned = super::pruned(prune()).await;
    assert_eq!(pruned.containers, [kept.name_or_id()]);
    assert_eq!(status(&idle).await, ContainerStateStatus::Running);
}

pub async fn top(engine: Engine) {
    let container = engine.run(["sleep", "600"]).await.unwrap();
    if let Some(aside) = &engine.aside {
        // For a moment after its start, a container is what prepares it.
        let container = aside.container(container.name_or_id());
        let prepares = |cell: &String| cell == "runc init";
        while (container.top().await.unwrap().processes.iter().flatten()).any(prepares) {}
    }
    let top = container.top().await.unwrap();
    let command = top.titles.iter().position(|title| title == "CMD");
    let [process] = &top.processes[..] else {
        panic!("not one process: {top:?}");
    };
    assert_eq!(process[command.unwrap()], "sleep 600");
    let top = container.top().args(["-o", "pid,args"]).await.unwrap();
    assert_eq!(top.titles, ["PID", "COMMAND"]);
    assert_eq!(top.processes[0][1], "sleep 600");
    container.kill().await.unwrap();
    container.wait().await.unwrap();
    let error = container.top().await.unwrap_err();
    assert!(matches!(error.status(), Some(409 | 500)), "{error}");
}

pub async fn diff_and_commit(engine: Engine) {
    let script = "echo new > /made; echo more >> /etc/passwd; rm -r /home";
    let run = engine
        .run(["sh", "-c", script])
        .name(engine.name("changed"));
    let out = run.output().await.unwrap();
    assert!(out.status.success(), "{}", out.stderr_text());
    let container = engine.docker.container(engine.name("changed"));
    let changes = container.diff().await.unwrap();
    for (path, kind) in [
        ("/made", ChangeKind::Added),
        ("/etc/passwd", ChangeKind::Modified),
        ("/home", ChangeKind::Deleted),
    ] {
        let change = changes.iter().find(|change| change.path == path);
        assert_eq!(change.map(|change| change.kind), Some(kind), "{path}");
    }

    let tag = format!("localhost/{}:1", engine.name("image"));
    let commit = container
        .commit()
        .tag(&tag)
        .author("someone")
        .message("with a file")
        .change("CMD [\"cat\", \"/made\"]")
        .change("ENV PATCHED=1")
        .pause(false);
    let image = commit.await.unwrap();
    let about = engine.docker.image(&tag).inspect().await.unwrap();
    let id = about.id.unwrap();
    // Podman leaves out the algorithm.
    assert!(id.ends_with(image.name_or_id()), "{id}");
    assert_eq!(about.author.as_deref(), Some("someone"));
    let config = about.config.unwrap();
    assert_eq!(config.cmd, ["cat", "/made"]);
    assert!(config.env.iter().any(|env| env == "PATCHED=1"));
    let out = engine.run_image(&tag, []).auto_remove().output().await;
    assert_output(out.unwrap().stdout, "new\n");
}

/// All that is in the archive passes through here, and little of it is kept.
pub async fn export(engine: Engine) {
    let run = engine.run(["sh", "-c", "echo inside > /marker"]);
    let run = run.name(engine.name("packed")).output().await.unwrap();
    assert!(run.status.success());
    let container = engine.docker.container(engine.name("packed"));
    let mut archive = Vec::new();
    let mut export = container.export().await.unwrap();
    export.read_to_end(&mut archive).await.unwrap();
    let mut archive = tar::Archive::new(&archive[..]);
    let marker = archive
        .entries()
        .unwrap()
        .map(Result::unwrap)
        .find(|entry| entry.path().is_ok_and(|path| path.ends_with("marker")));
    let mut text = String::new();
    std::io::Read::read_to_string(&mut marker.unwrap(), &mut text).unwrap();
    assert_eq!(text, "inside\n");

    // As a stream, to its end; and given up after its beginning.
    let mut export = container.export().await.unwrap();
    let mut length = 0;
    while let Some(bytes) = export.try_next().await.unwrap() {
        length += bytes.len();
    }
    assert!(length > 512, "{length}");
    let mut export = container.export().await.unwrap();
    assert!(export.try_next().await.unwrap().is_some());
    drop(export);
    container.remove().await.unwrap();
    let error = container.export().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

/// A container of one file, and of what engines put into each.
pub async fn export_of_little(engine: Engine) {
    let image = imported(&engine, "little:1").await;
    let container = engine.create_of(image.name_or_id(), ["/none"]);
    let container = container.await.unwrap();
    let mut archive = Vec::new();
    let mut export = container.export().await.unwrap();
    export.read_to_end(&mut archive).await.unwrap();
    assert!(paths(&archive).contains(&"etc/greeting".into()));
    container.remove().await.unwrap();
    let error = container.export().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

/// A terminal has the size that it was given, in a container and beside what runs there.
pub async fn resize(engine: Engine) {
    let container = engine.create(IDLE).tty().await.unwrap();
    container.start().await.unwrap();
    container.resize(SIZE).await.unwrap();
    let size = container.exec(["stty", "-F", "/proc/1/fd/0", "size"]);
    assert_output(size.output().await.unwrap().stdout, "40 120\n");
    let exec = container.exec(IDLE).body(|body| body.tty = Some(true));
    let exec = exec.create().await.unwrap();
    exec.start().await.unwrap();
    exec.resize(SIZE).await.unwrap();
    container.kill().await.unwrap();
    container.wait().await.unwrap();
    let error = container.resize(SIZE).await;
    assert!(error.unwrap_err().is_conflict());
}

/// Nowhere but on engines that were started for experiments: Docker says so, Podman has no such
/// resource.
pub async fn checkpoints(engine: Engine) {
    let container = engine.run(IDLE).await.unwrap();
    let checkpoint = container.checkpoint("warm");
    let errors = [
        checkpoint.create().leave_running(true).await.unwrap_err(),
        container.checkpoints().await.unwrap_err(),
        checkpoint.remove().await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.is_unsupported(), !engine.is_podman(), "{error}");
        assert_eq!(error.is_not_found(), engine.is_podman(), "{error}");
        assert_eq!(error.object(), Some(container.name_or_id()));
    }
}

pub async fn replace(engine: Engine) {
    let name = engine.name("replaced");
    let create = || engine.create(["true"]).name(&name).replace();
    // There is nothing to replace, something that does not run, and something that runs.
    let first = create().await.unwrap();
    let second = create().await.unwrap();
    assert!(first.inspect().await.unwrap_err().is_not_found());
    let running = engine.run(IDLE).name(&name).replace().await.unwrap();
    assert!(second.inspect().await.unwrap_err().is_not_found());
    let out = engine.run(["echo", "new"]).name(&name).replace();
    assert_output(out.output().await.unwrap().stdout, "new\n");
    assert!(running.inspect().await.unwrap_err().is_not_found());
    // What would not take its place leaves it alone.
    let missing = engine.docker.containers();
    let missing = missing.create("127.0.0.1:1/no/such:1").name(&name);
    assert!(missing.replace().await.unwrap_err().is_not_found());
    engine.docker.container(&name).wait().await.unwrap();
    assert_eq!(engine.containers().await.unwrap().len(), 1);
}

/// What the engine refuses takes nobody's place. Docker looks at the name first, so that it refuses
/// this for another reason as long as the name is taken.
pub async fn replace_by_what_is_refused(engine: Engine) {
    let name = engine.name("kept");
    let kept = engine.run(IDLE).name(&name).await.unwrap();
    let bad = || engine.run(["true"]).security_option("no-such-option=1");
    for error in [
        bad().name(&name).replace().await.unwrap_err(),
        bad().name(&name).replace().output().await.unwrap_err(),
    ] {
        assert_eq!(error.operation(), Some("create container"), "{error}");
        assert_eq!(error.object(), Some(&*name));
        assert!(error.to_string().contains("no-such-option"), "{error}");
        assert_eq!(error.container(), None);
    }
    assert_eq!(status(&kept).await, ContainerStateStatus::Running);
    assert_eq!(engine.containers().await.unwrap().len(), 1);
}

/// The new one has the name, and nothing else of the name that it was created under.
pub async fn replace_in_a_network(engine: Engine) {
    engine.create_network("net").await.unwrap();
    let name = engine.name("peer");
    let run = || {
        let run = engine.run(IDLE).name(&name).network(engine.name("net"));
        run.auto_remove().replace()
    };
    let old = run().await.unwrap();
    let new = run().await.unwrap();
    assert!(old.inspect().await.unwrap_err().is_not_found());
    let about = new.inspect().await.unwrap();
    assert_eq!(about.name, Some(format!("/{name}")));
    let networks = about.network_settings.unwrap().networks;
    let endpoint = &networks[&engine.name("net")];
    let mut names = endpoint.aliases.iter().chain(&endpoint.dns_names);
    let id = new.name_or_id();
    assert!(
        names.all(|alias| *alias == name || id.starts_with(alias)),
        "{endpoint:?}"
    );
    let found = engine.run(["nslookup", &name]).network(engine.name("net"));
    let found = found.output().await.unwrap();
    let address = endpoint.ip_address.as_deref().unwrap();
    assert!(found.stdout_text().contains(address), "{found:?}");
}

/// Many at once replace one container: one of them comes last, and nobody fails for the name.
pub async fn replace_at_once(engine: Engine) {
    let name = engine.name("contended");
    let mut racers = Vec::new();
    for _ in 0..3 {
        let create = engine.create(["true"]).name(&name).replace();
        racers.push(tokio::spawn(create.into_future()));
    }
    for racer in racers {
        racer.await.unwrap().unwrap();
    }
    assert_eq!(engine.containers().await.unwrap().len(), 1);
}

pub async fn run_errors_know_the_container(engine: Engine) {
    let bad = || engine.run(["/no/such/binary"]);
    for error in [
        bad().await.unwrap_err(),
        bad().output().await.unwrap_err(),
        bad().auto_remove().output().await.unwrap_err(),
    ] {
        let id = error.container().unwrap();
        assert!(error.container_was_removed(), "{error}");
        let container = engine.docker.container(id);
        assert!(container.inspect().await.unwrap_err().is_not_found());
    }
    // The engine goes on with what was started.
    let flood = engine.run([
        "sh",
        "-c",
        "echo 12345; trap 'exit 0' TERM; sleep 600 & wait",
    ]);
    let error = flood.max_output(3).output().await.unwrap_err();
    assert!(!error.container_was_removed(), "{error}");
    let container = engine.docker.container(error.container().unwrap());
    assert_eq!(status(&container).await, ContainerStateStatus::Running);
    let unknown = engine.create(["true"]).name("a/b").await.unwrap_err();
    assert_eq!(unknown.container(), None);
}

pub async fn pull_policies(engine: Engine) {
    let image = "127.0.0.1:1/dockwright/missing:1";
    let containers = engine.docker.containers();
    let never = containers.run(image).pull(PullPolicy::Never).await;
    let never = never.unwrap_err();
    assert!(never.is_not_found(), "{never}");
    assert_eq!(never.operation(), Some("create container"));
    let missing = containers.create(image).pull(PullPolicy::Missing).await;
    assert_eq!(missing.unwrap_err().operation(), Some("pull image"));
    // The image is there, and pulled all the same.
    let always = engine.create(["true"]).pull(PullPolicy::Always);
    assert_eq!(always.await.unwrap_err().operation(), Some("pull image"));
    let id = engine.docker.image("busybox").inspect().await.unwrap().id;
    let by_id = containers.create(id.unwrap()).pull(PullPolicy::Always);
    assert!(by_id.await.unwrap_err().is_invalid_input());
    assert!(engine.containers().await.unwrap().is_empty());
}

pub async fn typed_filters(engine: Engine) {
    let volume = "/filtered";
    let idle = engine.run(IDLE).name(engine.name("idle"));
    let idle = idle.volume("/tmp", volume).await.unwrap();
    let ended = engine
        .run(["sh", "-c", "exit 5"])
        .name(engine.name("ended"));
    ended.output().await.unwrap();
    let ended = engine.docker.container(engine.name("ended"));
    // An exit is told before all is tidied up.
    ended.wait().await.unwrap();
    let ended = ended.inspect().await.unwrap().id.unwrap();
    let (idle, ended) = (idle.name_or_id(), &*ended);
    let list = || {
        engine
            .docker
            .containers()
            .list()
            .all(true)
            .label(engine.label())
    };
    for (list, expected) in [
        (list().status("running"), vec![idle]),
        (list().status("exited"), vec![ended]),
        (list().name(engine.name("idle")), vec![idle]),
        (list().id(&ended[..20]), vec![ended]),
        (list().ancestor("busybox"), vec![idle, ended]),
        (list().exited(5), vec![ended]),
        (list().exited(6), vec![]),
        (list().volume(volume), vec![idle]),
        (list().before(engine.name("ended")), vec![idle]),
        (list().since(engine.name("idle")), vec![ended]),
        (list().health("healthy"), vec![]),
        (list().network("no-such-network"), vec![]),
    ] {
        let asked = format!("{list:?}");
        let found = list
            .await
            .unwrap_or_else(|error| panic!("{asked}: {error}"));
        let mut found: Vec<_> = found.iter().filter_map(|c| c.id.as_deref()).collect();
        let mut expected = expected;
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{asked}");
    }
    let sized = engine.docker.container(idle).inspect().size(true);
    assert!(sized.await.unwrap().size_root_fs.is_some());
}

/// 200 lives as short as can be, four at a time: each tells its exit status and all that it wrote.
pub async fn fast_exits(engine: Engine) {
    let lane = |lane: usize| {
        let engine = engine.clone();
        async move {
            for round in 0..50 {
                fast_exit(&engine, lane * 50 + round).await;
            }
        }
    };
    futures_util::future::join_all((0..4).map(lane)).await;
}

async fn fast_exit(engine: &Engine, round: usize) {
    let code = round % 3;
    let script = format!("echo line {round}; exit {code}");
    let container = engine.run(["sh", "-c", &script]).await.unwrap();
    let status = container.wait().await.unwrap();
    assert_eq!(status.code(), code as i64, "round {round}");
    let mut logs = container.logs().follow(true).await.unwrap();
    let mut came = String::new();
    while let Some(chunk) = logs.try_next().await.unwrap() {
        came.push_str(&chunk.to_string());
    }
    assert_output(came, format!("line {round}\n"));
    container.remove().await.unwrap();
}
