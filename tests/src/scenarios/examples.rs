//! The examples, each as its user runs it.

use crate::engine::{Engine, IDLE, IMAGE};
use crate::examples::{example, example_fed};

const NONE: [&str; 0] = [];

pub async fn example_run(engine: Engine) {
    assert_eq!(example(&engine, "run", &NONE).await, "hello world\n");
}

pub async fn example_run_detached(engine: Engine) {
    let id = example(&engine, "run_detached", &NONE).await;
    let container = engine.docker.container(id.trim());
    let state = container.inspect().await.unwrap().state.unwrap();
    assert_eq!(state.running, Some(true));
    container.kill().await.unwrap();
}

pub async fn example_list_and_stop_all(engine: Engine) {
    let container = engine.run(IDLE).name(engine.name("idle")).await.unwrap();
    let id = container.name_or_id();
    let listed = example(&engine, "list", &NONE).await;
    let mut lines = listed.lines().filter(|line| line.starts_with(id));
    let line = lines
        .next()
        .unwrap_or_else(|| panic!("{id} is not in {listed}"));
    assert!(line.ends_with(&engine.name("idle")), "{line}");
    let stopped = example(&engine, "stop_all", &[engine.label()]).await;
    assert_eq!(stopped, format!("{id} has stopped\n"));
    let state = container.inspect().await.unwrap().state.unwrap();
    assert_eq!(state.running, Some(false));
}

pub async fn example_logs(engine: Engine) {
    let container = engine.run(["echo", "said"]).await.unwrap();
    container.wait().await.unwrap();
    assert_eq!(
        example(&engine, "logs", &[container.name_or_id()]).await,
        "said\n"
    );
}

pub async fn example_list_images(engine: Engine) {
    let images = example(&engine, "list_images", &NONE).await;
    assert!(images.contains("busybox:latest"), "{images}");
}

pub async fn example_cp(engine: Engine) {
    let container = engine.create(["true"]).await.unwrap();
    let local = tempfile::tempdir().unwrap();
    let [there, back] = ["there", "back"].map(|name| local.path().join(name));
    std::fs::write(&there, "copied").unwrap();
    let [there, back] = [there, back].map(|path| path.to_str().unwrap().to_owned());
    let inside = format!("{}:/etc/copy", container.name_or_id());
    example(&engine, "cp", &[&there, &inside]).await;
    example(&engine, "cp", &[&inside, &back]).await;
    assert_eq!(std::fs::read_to_string(back).unwrap(), "copied");
}

pub async fn example_events(engine: Engine) {
    let told = example(&engine, "events", &NONE).await;
    let last = told.lines().last().unwrap();
    assert!(
        told.contains(" container start ") && told.contains("exitCode=0"),
        "{told}"
    );
    assert!(
        last.contains(" container destroy ") || last.contains(" container remove "),
        "{told}"
    );
}

pub async fn example_stats(engine: Engine) {
    let name = engine.name("busy");
    engine.run(IDLE).name(&name).await.unwrap();
    let table = example(&engine, "stats", &NONE).await;
    assert!(
        table.starts_with("NAME") && table.contains(&name),
        "{table}"
    );
}

pub async fn example_build(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let dockerfile = "FROM busybox\nRUN echo said\n";
    std::fs::write(folder.path().join("Dockerfile"), dockerfile).unwrap();
    let context = folder.path().to_str().unwrap().to_owned();
    let told = example(&engine, "build", &[context, engine.name("build:1")]).await;
    assert!(
        told.lines().last().unwrap().starts_with("sha256:"),
        "{told}"
    );
}

/// Without a terminal of its own, it relays pipes.
pub async fn example_exec_tty(engine: Engine) {
    let container = engine.run(IDLE).await.unwrap();
    let arguments = [container.name_or_id()];
    let said = example_fed(&engine, "exec_tty", &arguments, "echo $((40+2))\n").await;
    assert_eq!(said, "42\n");
}

pub async fn example_commit(engine: Engine) {
    let name = engine.name("commit");
    let id = example(&engine, "commit", &[&name]).await;
    let image = engine.docker.image(&name).inspect().await.unwrap();
    // Podman tells of a commit without the algorithm.
    assert!(image.id.unwrap().ends_with(id.trim()), "{id}");
    let run = engine.run_image(&name, ["ls", "/helloworld"]);
    let listed = run.output().await.unwrap();
    assert_eq!(listed.stdout_text(), "/helloworld\n");
}

pub async fn example_service_on_a_swarm(engine: Engine) {
    // Podman has no swarms.
    if engine.is_podman() {
        return;
    }
    engine.init_swarm().await.unwrap();
    let said = example(&engine, "service", &[IMAGE]).await;
    let lines = |end: &str| said.lines().filter(|line| line.ends_with(end)).count();
    assert_eq!(lines(" is running"), 3, "{said}");
    assert!(said.contains(" wrote: a task on "), "{said}");
    assert!(engine.docker.services().list().await.unwrap().is_empty());
}
