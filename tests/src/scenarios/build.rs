//! Images built: from what, by whom, with what outcome, and not to the end.

use std::fs;
use std::path::Path;

use dockwright::{ApiVersion, Build, BuildContext, Error, Image, Progress, Step};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::engine::Engine;

/// A tar archive of these files.
fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, content.as_bytes())
            .unwrap();
    }
    tar.into_inner().unwrap()
}

/// A directory with these files.
fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    directory
}

/// What a step has to show of what commands wrote.
fn output(step: Step) -> String {
    match step {
        Step::Output(text) => text,
        Step::Trace(trace) => trace.logs.iter().map(|log| log.chunk.to_string()).collect(),
        _ => String::new(),
    }
}

/// The output of the steps up to where it has this.
async fn read_to(end: &str, progress: &mut Progress<Image>) -> String {
    let mut text = String::new();
    while !text.contains(end) {
        match progress.try_next().await.unwrap() {
            Some(step) => text.push_str(&output(step)),
            None => panic!("it ended after {text:?}, without {end:?}"),
        }
    }
    text
}

/// The output of all steps, and the image.
async fn built(build: Build) -> (String, Image) {
    let mut progress = build.no_cache(true).progress().await.unwrap();
    let mut text = String::new();
    while let Some(step) = progress.try_next().await.unwrap() {
        text.push_str(&output(step));
    }
    (text, progress.await.unwrap())
}

async fn failed(build: Build) -> Error {
    build.force_rm(true).await.unwrap_err()
}

const STAGES: &str = "\
FROM busybox AS first
ARG WHO=nobody
COPY greeting /
RUN cat /greeting && echo $WHO
FROM first
ENV stage=last
";

pub async fn build_from_a_tar(engine: Engine) {
    let name = engine.name("build");
    let images = engine.docker.images();
    let context = || BuildContext::tar(tar(&[("Dockerfile", STAGES), ("greeting", "hello\n")]));
    let tags = [format!("{name}:1"), format!("{name}:2")];
    let build = images.build(context()).tag(&tags[0]).tag(&tags[1]);
    let build = build.build_arg("WHO", "world").label("a", "b");
    // Before, it is always the last stage.
    let targets = engine.docker.api_version() >= ApiVersion::new(1, 29);
    let build = if targets {
        build.target("first")
    } else {
        build
    };
    let (text, image) = built(build).await;
    assert!(
        text.contains("hello\n") && text.contains("world\n"),
        "{text}"
    );
    // Before, only its output tells which image it is, and in short.
    let told = engine.docker.api_version() >= ApiVersion::new(1, 30);
    assert!(
        !told || image.name_or_id().starts_with("sha256:"),
        "{image:?}"
    );
    let inspected = image.inspect().await.unwrap();
    assert_eq!(inspected.repo_tags.len(), 2, "{:?}", inspected.repo_tags);
    let config = inspected.config.unwrap();
    assert_eq!(config.labels.get("a").map(String::as_str), Some("b"));
    assert_eq!(config.env.contains(&"stage=last".to_owned()), !targets);

    let last = images.build(context()).tag(&tags[0]).quiet(true);
    let last = last.await.unwrap().inspect().await.unwrap();
    assert!(last.config.unwrap().env.contains(&"stage=last".to_owned()));
}

pub async fn build_by_buildkit(engine: Engine) {
    let tag = engine.name("build:1");
    let images = engine.docker.images();
    let context = || BuildContext::tar(tar(&[("Dockerfile", STAGES), ("greeting", "hello\n")]));
    let build = images.build(context()).buildkit(true).tag(&tag);
    let mut progress = build.no_cache(true).progress().await.unwrap();
    let (mut text, mut vertices, mut done) = (String::new(), 0, 0);
    while let Some(step) = progress.try_next().await.unwrap() {
        if let Step::Trace(trace) = &step {
            vertices += trace.vertices.len();
            let completed = |vertex: &&dockwright::Vertex| vertex.completed.is_some();
            done += trace.vertices.iter().filter(completed).count();
        }
        text.push_str(&output(step));
    }
    // Of two builds that are the same at the same time, 20.10 gives but one what commands write.
    if engine.is_podman() || engine.docker.api_version() > ApiVersion::new(1, 41) {
        assert!(
            text.contains("hello\n") && text.contains("nobody\n"),
            "{text}"
        );
    }
    if !engine.is_podman() {
        assert!(vertices > done && done > 0, "{vertices} {done}");
    }
    let image = progress.await.unwrap();
    let inspected = image.inspect().await.unwrap();
    let tagged = |name: &String| name.ends_with(&tag);
    assert!(
        inspected.repo_tags.iter().any(tagged),
        "{:?}",
        inspected.repo_tags
    );

    let failing = BuildContext::tar(tar(&[("Dockerfile", "FROM busybox\nRUN exit 3\n")]));
    let error = failed(images.build(failing).buildkit(true)).await;
    assert_eq!(error.exit_code(), Some(3), "{error}");
}

pub async fn build_failures(engine: Engine) {
    let images = engine.docker.images();
    let of = |dockerfile: &str| images.build(BuildContext::tar(tar(&[("Dockerfile", dockerfile)])));
    let error = failed(of("FROM busybox\nRUN echo no >&2; exit 3\n")).await;
    assert_eq!(error.exit_code(), Some(3), "{error}");
    assert_eq!(error.operation(), Some("build image"));
    assert_eq!(error.status(), None);

    let error = failed(of("FROM busybox\nNOPE\n").tag(engine.name("never:1"))).await;
    assert!(error.engine_message().unwrap().contains("NOPE"), "{error}");
    assert_eq!(error.object(), Some(&*engine.name("never:1")));
    // Podman finds it when it gets there.
    assert_eq!(error.is_invalid_input(), !engine.is_podman(), "{error}");

    let error = failed(of("FROM scratch\n").file("elsewhere/Dockerfile")).await;
    assert!(error.engine_message().is_some(), "{error}");
    let error = failed(of("FROM 127.0.0.1:1/nowhere\n")).await;
    assert!(
        error.engine_message().unwrap().contains("refused"),
        "{error}"
    );

    // Nothing is sent.
    let error = failed(of("FROM scratch\n").tag("a b")).await;
    assert!(
        error.is_invalid_input() && error.status().is_none(),
        "{error}"
    );
}

/// Tells the files of the context, and whose they are.
const LIST: &str = "\
FROM busybox
COPY . /context
RUN cd /context && echo \"=$(find . -type f | sort | xargs)= $(stat -c %u:%g $(find . -type f) | sort -u)\"
";

/// The files that a build finds in its context.
async fn context_of(build: Build) -> String {
    let (text, _) = built(build).await;
    let mut parts = text.rsplit('=');
    let (Some(owner), Some(files)) = (parts.next(), parts.next()) else {
        panic!("no list in {text:?}");
    };
    assert!(owner.trim_start().starts_with("0:0"), "{text}");
    files.to_owned()
}

pub async fn build_from_a_directory(engine: Engine) {
    let tag = engine.name("build:1");
    let directory = directory(&[
        ("Dockerfile", LIST),
        (".dockerignore", "*\n!keep\n!deep/**/*.txt\n**/no.txt\n"),
        ("Dockerfile.dockerignore", "deep\n*ignore\n"),
        // Makes it a build that no other play has at the same time.
        ("keep", &*tag),
        ("drop", ""),
        ("deep/down/yes.txt", ""),
        ("deep/down/no.txt", ""),
        ("deep/down/other", ""),
    ]);
    let images = engine.docker.images();
    let build = || images.build(BuildContext::dir(directory.path())).tag(&tag);
    let context = context_of(build()).await;
    if engine.is_podman() {
        // It reads the rules once more, and has no look into what they ignore.
        assert_eq!(context, "./keep");
        return;
    }
    assert_eq!(context, "./deep/down/yes.txt ./keep");
    let context = context_of(build().buildkit(true)).await;
    assert_eq!(context, "./Dockerfile ./drop ./keep");
}

pub async fn build_by_another_dockerfile(engine: Engine) {
    let tag = engine.name("build:1");
    let directory = directory(&[
        ("app/Dockerfile", "FROM nowhere\n"),
        ("app/docker/Dockerfile", LIST),
        ("app/file", ""),
        ("Dockerfile", LIST),
    ]);
    let app = directory.path().join("app");
    let absolute = directory.path().join("Dockerfile");
    let images = engine.docker.images();
    let build = || images.build(BuildContext::dir(&app)).tag(&tag);
    let all = "./Dockerfile ./docker/Dockerfile ./file";
    for build in [
        build().file("docker/Dockerfile"),
        build().file("../Dockerfile"),
        build().file(&absolute),
        build().dockerfile(LIST),
    ] {
        assert_eq!(context_of(build).await, all);
    }
    let alone = images.build(BuildContext::dockerfile(LIST)).tag(&tag);
    assert_eq!(context_of(alone).await, "./Dockerfile");

    let error = failed(build().file("nowhere")).await;
    assert!(error.is_local_file(), "{error}");
    let nowhere = images.build(BuildContext::dir(app.join("nowhere")));
    assert!(failed(nowhere).await.is_invalid_input());
    fs::write(app.join(".dockerignore"), "[").unwrap();
    assert!(failed(build()).await.is_invalid_input());
}

pub async fn build_dropped(engine: Engine) {
    if engine.is_podman() {
        println!("podman tells no container of a step, so that its end cannot be seen");
        return;
    }
    let context = BuildContext::dockerfile("FROM busybox\nRUN echo begun; sleep 600\n");
    let build = engine.docker.images().build(context).force_rm(true);
    let mut progress = build.no_cache(true).progress().await.unwrap();
    let text = read_to("begun\n", &mut progress).await;
    let (_, id) = text.rsplit_once("Running in ").unwrap();
    let step = engine
        .docker
        .container(id.split_whitespace().next().unwrap());
    drop(progress);
    // It is stopped and removed: either comes first.
    if let Err(error) = step.wait().await {
        assert!(error.is_not_found(), "{error}");
    }
}

pub async fn build_cancelled(engine: Engine) {
    let builder = engine.docker.builder();
    if engine.is_podman() {
        let error = builder.cancel("none").await.unwrap_err();
        assert!(error.is_not_found(), "{error}");
        return;
    }
    builder.cancel("none").await.unwrap();
    let id = engine.name("build");
    let context = BuildContext::dockerfile("FROM busybox\nRUN echo begun; sleep 600\n");
    let build = engine.docker.images().build(context).buildkit(true);
    let build = build.build_id(&id).no_cache(true);
    let mut progress = build.progress().await.unwrap();
    read_to("begun\n", &mut progress).await;
    builder.cancel(&id).await.unwrap();
    let error = progress.await.unwrap_err();
    assert!(
        error.engine_message().unwrap().contains("cancel"),
        "{error}"
    );
}

pub async fn prune_build_cache(engine: Engine) {
    // Nothing that others use.
    let prune = engine.docker.builder().prune().all(true);
    let prune = prune
        .filter("id", engine.name("none"))
        .reserved_space(1 << 40);
    if engine.is_podman() {
        let error = prune.await.unwrap_err();
        assert!(error.is_not_found(), "{error}");
        return;
    }
    let pruned = prune.await.unwrap();
    assert!(
        pruned.caches.is_empty() && pruned.reclaimed == 0,
        "{pruned:?}"
    );
}

/// How much memory this process has, in bytes.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = status.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

pub async fn build_of_512_mib(engine: Engine) {
    let directory = directory(&[("Dockerfile", "FROM scratch\nLABEL a=b\n")]);
    let file = fs::File::create(directory.path().join("zeros")).unwrap();
    file.set_len(512 << 20).unwrap();
    let before = resident();
    let context = BuildContext::dir(Path::new(directory.path()));
    let build = engine
        .docker
        .images()
        .build(context)
        .tag(engine.name("build:1"));
    let mut build = std::pin::pin!(build.into_future());
    let mut most = before;
    std::future::poll_fn(|cx| {
        most = most.max(resident());
        build.as_mut().poll(cx)
    })
    .await
    .unwrap();
    assert!(
        most - before < 64 << 20,
        "{} MiB more",
        (most - before) >> 20
    );
}

/// A server of one file on this machine, where engines of the registry's network reach it.
async fn serve(content: Vec<u8>, engine: &Engine) -> String {
    let registry = engine.registry.as_deref().unwrap();
    let way = TcpStream::connect(registry).await.unwrap();
    let listener = TcpListener::bind((way.local_addr().unwrap().ip(), 0))
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\nContent-Length: {}\r\n\
                 Connection: close\r\n\r\n",
                content.len()
            );
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(connection.read_u8().await.unwrap_or(b'\n'));
            }
            let _ = connection
                .write_all(&[head.as_bytes(), &content].concat())
                .await;
        }
    });
    format!("http://{address}/context.tar")
}

pub async fn build_from_a_url(engine: Engine) {
    let files = [("Dockerfile", "FROM nowhere\n"), ("other", LIST)];
    let url = serve(tar(&files), &engine).await;
    let build = engine.docker.images().build(BuildContext::url(url));
    let build = build.file("other").tag(engine.name("build:1"));
    if engine.is_podman() {
        // It does not fetch.
        let error = failed(build).await;
        assert!(
            error.engine_message().unwrap().contains("no such file"),
            "{error}"
        );
        return;
    }
    assert_eq!(context_of(build).await, "./Dockerfile ./other");
}
