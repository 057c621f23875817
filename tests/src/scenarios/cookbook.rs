//! The tasks of docs/cookbook.md, each performed as its reader would.

use std::fs;
use std::path::Path;

use dockwright::BuildContext;

use super::registry::{closed, tester};
use crate::engine::{Engine, IDLE, IMAGE};
use crate::examples::{example, example_fed};

/// What a task prints.
async fn perform<const N: usize>(engine: &Engine, task: &str, arguments: [&str; N]) -> String {
    let arguments: Vec<&str> = [task].into_iter().chain(arguments).collect();
    example(engine, "cookbook", &arguments).await
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

pub async fn cookbook_of_runs(engine: Engine) {
    let said = perform(&engine, "run_and_get_output", []).await;
    assert_eq!(said, "exit code: 3\nstdout: hello\nstderr: trouble\n");
    assert_eq!(perform(&engine, "run_with_input", []).await, "c\nb\na\n");
    let said = perform(&engine, "show_output_live", []).await;
    assert!(said.starts_with("step 1\nstep 2\nstep 3\n"), "{said}");
    let said = perform(&engine, "run_with_a_time_limit", []).await;
    assert_eq!(said, "it took too long\n");
    let said = perform(&engine, "publish_a_port", []).await;
    assert!(said.starts_with("listening at "), "{said}");
    let said = perform(&engine, "limit_resources", []).await;
    assert_eq!(said, "67108864 bytes of memory\n");
}

pub async fn cookbook_of_servers(engine: Engine) {
    let name = engine.name("server");
    let said = perform(&engine, "replace_a_container", [&name]).await;
    assert_eq!(said, format!("{name} is release 2\n"));
    if engine.is_podman() {
        println!("skipped: Podman checks by timers of systemd, which is not there");
        return;
    }
    let said = perform(&engine, "wait_until_healthy", []).await;
    assert_eq!(said, "healthy: true\n");

    // In place of Postgres, for no engine for tests reaches a registry that has it.
    let image = engine.name("postgres");
    let dockerfile = "FROM busybox\n\
        RUN echo '#!/bin/sh' > /bin/pg_isready && chmod +x /bin/pg_isready\n\
        CMD [\"sleep\", \"600\"]\n";
    let context = BuildContext::dockerfile(dockerfile);
    engine
        .docker
        .images()
        .build(context)
        .tag(&image)
        .await
        .unwrap();
    let said = perform(&engine, "one_off_database", [&image]).await;
    assert!(said.starts_with("postgres://postgres:test@"), "{said}");
}

pub async fn cookbook_of_labels(engine: Engine) {
    let name = engine.name("labelled");
    engine.run(IDLE).name(&name).await.unwrap();
    let label = engine.label();
    let said = perform(&engine, "list_containers", [&label]).await;
    assert!(said.starts_with(&format!("{name}: ")), "{said}");
    let said = perform(&engine, "stop_all_with_a_label", [&label]).await;
    assert!(said.ends_with(" was running\n"), "{said}");
    assert_eq!(perform(&engine, "list_containers", [&label]).await, "");

    let said = perform(&engine, "react_to_events", [&label]).await;
    assert!(said.ends_with("it ended with 5\n"), "{said}");

    engine.create(["true"]).await.unwrap();
    engine.create_volume().await.unwrap();
    let said = perform(&engine, "prune_by_label", [&label]).await;
    assert!(
        said.starts_with("1 containers\n0 networks\n1 volumes\n"),
        "{said}"
    );
}

pub async fn cookbook_inside(engine: Engine) {
    let container = engine.run(IDLE).name(engine.name("inside")).await.unwrap();
    let id = container.name_or_id();
    // The variable is set, but not expanded before the command: the shell in the container does it.
    let said = perform(&engine, "exec_in_a_container", [id]).await;
    assert_eq!(said, "hello 1000\nexit code 4\n");
    let typed = "echo $((40+2)); exit 3\n";
    let said = example_fed(&engine, "cookbook", &["interactive_shell", id], typed).await;
    assert!(said.contains("42\r\n"), "{said:?}");
    let said = perform(&engine, "watch_resource_use", [id]).await;
    assert_eq!(said.matches(" KiB of memory").count(), 2, "{said}");
    let said = perform(&engine, "files_in_memory", [id]).await;
    assert_eq!(said, "color = blue\n");
    let said = perform(&engine, "tell_errors_apart", [&engine.name("none")]).await;
    assert_eq!(said, "there is no such container\n");
}

pub async fn cookbook_of_logs(engine: Engine) {
    let label = engine.label();
    let script = ["sh", "-c", "echo said; echo cried >&2; sleep 3"];
    let names = ["one", "two"].map(|name| engine.name(name));
    for name in &names {
        engine.run(script).name(name).await.unwrap();
    }
    let said = perform(&engine, "stream_logs_of_several", [&label]).await;
    for name in &names {
        assert!(said.contains(&format!("{name} | said\n")), "{said}");
        assert!(said.contains(&format!("{name} | cried\n")), "{said}");
    }
    let said = perform(&engine, "read_logs", [&names[0]]).await;
    assert!(said.contains(" s ago: said\n"), "{said}");
    assert!(said.lines().any(|line| line.starts_with("! ")), "{said}");
}

pub async fn cookbook_of_files(engine: Engine) {
    let local = tempfile::tempdir().unwrap();
    let [folder, out, tar] = ["folder", "out", "volume.tar"].map(|name| local.path().join(name));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("file"), "kept").unwrap();

    let container = engine.create(["true"]).await.unwrap();
    let id = container.name_or_id();
    perform(&engine, "copy_a_folder_in", [text(&folder), id, "/copied"]).await;
    perform(&engine, "copy_a_file_out", [id, "/copied/file", text(&out)]).await;
    assert_eq!(fs::read_to_string(out).unwrap(), "kept");

    // The folder is below /tmp, which is the engines' too.
    let volume = engine.name("volume");
    let said = perform(
        &engine,
        "mount_folders_and_volumes",
        [text(&folder), &volume],
    )
    .await;
    assert_eq!(said, "file\n");

    let [from, to] = [engine.create_volume(), engine.create_volume()];
    let [from, to] = [from.await.unwrap(), to.await.unwrap()];
    let write = ["sh", "-c", "echo kept > /v/file"];
    let write = engine.run(write).volume(from.name(), "/v");
    write.auto_remove().output().await.unwrap();
    perform(
        &engine,
        "back_up_a_volume",
        [from.name(), text(&tar), to.name()],
    )
    .await;
    let read = engine.run(["cat", "/v/file"]).volume(to.name(), "/v");
    let read = read.auto_remove().output().await.unwrap();
    assert_eq!(read.stdout_text(), "kept\n");
}

pub async fn cookbook_of_images(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let dockerfile = folder.path().join("Dockerfile");
    let [built, made, tag] = ["built:1", "made:1", "tagged:1"].map(|name| engine.name(name));
    fs::write(
        &dockerfile,
        "FROM busybox\nARG PROFILE\nRUN echo for $PROFILE\n",
    )
    .unwrap();
    let said = perform(
        &engine,
        "build_and_show_progress",
        [text(folder.path()), &built],
    )
    .await;
    assert!(said.contains("for debug"), "{said}");
    assert!(said.contains("\nbuilt sha256:"), "{said}");
    assert_eq!(
        perform(&engine, "build_from_memory", [&made]).await,
        "built\n"
    );
    let said = perform(&engine, "tag_and_remove_images", [&built, &tag]).await;
    assert!(said.contains(" bytes\nuntagged: "), "{said}");
    let host = engine.docker.endpoint().to_string();
    let said = perform(&engine, "move_an_image", [&built, &host]).await;
    assert!(said.starts_with("loaded "), "{said}");
}

pub async fn cookbook_of_the_engine(engine: Engine) {
    let said = perform(&engine, "which_engine", []).await;
    assert!(
        said.contains(&engine.docker.endpoint().to_string()),
        "{said}"
    );
    let said = perform(&engine, "one_frozen_api_version", []).await;
    assert_eq!(said, "spoken: 1.41\ntrue\n");
    let said = perform(&engine, "call_what_has_no_word", []).await;
    assert!(said.ends_with(" containers\n"), "{said}");
    let said = perform(&engine, "test_without_docker", []).await;
    assert_eq!(said, "all was asked as expected\n");
    let said = perform(&engine, "what_takes_up_space", []).await;
    assert!(said.contains(" images: "), "{said}");
    let network = engine.name("network");
    let said = perform(&engine, "connect_two_containers", [&network]).await;
    assert_eq!(said, "hello\n");
}

pub async fn cookbook_of_a_swarm(engine: Engine) {
    // Podman has no swarms.
    if engine.is_podman() {
        return;
    }
    engine.init_swarm().await.unwrap();
    let said = perform(&engine, "update_a_service", [&engine.name("service")]).await;
    assert_eq!(said, "2 tasks run\n");
    let said = perform(&engine, "give_a_service_a_secret", [&engine.name("secret")]).await;
    assert_eq!(said, "a secret of 6 bytes\n");
}

pub async fn cookbook_of_registries(engine: Engine) {
    let target = format!("{}/{}", closed(&engine), engine.name("cooked:1"));
    let push = |password| {
        perform(
            &engine,
            "push_to_a_private_registry",
            [IMAGE, &target, "tester", password],
        )
    };
    let said = push("s3cret").await;
    assert!(said.starts_with(&format!("{target} is sha256:")), "{said}");
    engine.docker.image(&target).remove().await.unwrap();
    let pull = engine.docker.images().pull(&target).credentials(tester());
    pull.await.unwrap();

    let open = format!(
        "{}/{}",
        engine.registry.as_deref().unwrap(),
        engine.name("open:1")
    );
    let image = engine.docker.image(IMAGE).tag(&open).await.unwrap();
    image.push().await.unwrap();
    let said = perform(&engine, "pull_with_progress", [&open]).await;
    assert!(said.starts_with("pulled "), "{said}");
}
