//! Images that come from a registry.

use std::time::SystemTime;

use dockwright::{ApiVersion, Credentials, Image, LayerState, PullPolicy, Step};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::assert_output;
use super::images::tar;
use crate::engine::{Engine, IMAGE};
use crate::examples::example;

/// Whom the registry for tests knows.
pub(super) fn tester() -> Credentials {
    Credentials::password("tester", "s3cret")
}

/// The address of the registry that wants credentials.
pub(super) fn closed(engine: &Engine) -> String {
    let registry = engine.registry.as_deref().unwrap();
    let (host, _) = registry.rsplit_once(':').unwrap();
    format!("{host}:5001")
}

/// An image of this play that only the registry at `address` has.
pub(super) async fn pushed(engine: &Engine, address: &str, credentials: Credentials) -> Image {
    let name = format!("{address}/{}", engine.name("pushed"));
    let image = engine.docker.image(IMAGE).tag(name).await.unwrap();
    image.push().credentials(credentials).await.unwrap();
    remove(&image).await;
    image
}

pub(super) async fn remove(image: &Image) {
    image.remove().await.unwrap();
    assert!(image.inspect().await.unwrap_err().is_not_found());
}

pub async fn run_pulls_a_missing_image(engine: Engine) {
    let registry = engine.registry.clone().unwrap();
    let image = pushed(&engine, &registry, Credentials::default()).await;
    let echo = engine.run_image(image.name_or_id(), ["echo", "pulled"]);
    let out = echo.auto_remove().output().await.unwrap();
    assert_output(out.stdout, "pulled\n");
    assert!(out.status.success());
    remove(&image).await;

    let pull = engine.docker.images().pull(image.name_or_id());
    let mut pulling = pull.progress().await.unwrap();
    let mut reports = Vec::new();
    while let Some(report) = pulling.try_next().await.unwrap() {
        reports.push(report.to_string());
    }
    assert!(reports.iter().any(|line| !line.is_empty()), "{reports:?}");
    let pulled = pulling.await.unwrap().inspect().await.unwrap();
    let original = engine.docker.image(IMAGE).inspect().await.unwrap();
    assert_eq!(pulled.id, original.id);
}

/// The registry has another port for those whom it knows.
pub async fn pull_with_credentials(engine: Engine) {
    let image = pushed(&engine, &closed(&engine), tester()).await;
    let pull = || engine.docker.images().pull(image.name_or_id());
    let wrong = Credentials::password("tester", "wrong");
    for pull in [pull(), pull().credentials(wrong)] {
        let error = pull.await.unwrap_err();
        assert_eq!(error.operation(), Some("pull image"), "{error}");
        assert_eq!(error.object(), Some(image.name_or_id()), "{error}");
        let said = error.engine_message().unwrap();
        assert!(said.contains("auth"), "{error}");
        assert!(!format!("{error} {error:?}").contains("wrong"), "{error}");
        assert!(image.inspect().await.unwrap_err().is_not_found());
    }
    let pulled = pull().credentials(tester()).await.unwrap();
    assert!(pulled.inspect().await.unwrap().id.is_some());
}

pub async fn push_and_pull(engine: Engine) {
    let registry = engine.registry.clone().unwrap();
    let name = format!("{registry}/{}", engine.name("moved"));
    let tar = tar("etc/greeting", &name);
    let import = engine.docker.images().import(tar);
    let image = import.tag(format!("{name}:1")).await.unwrap();
    let mut push = image.push().progress().await.unwrap();
    let mut steps = Vec::new();
    while let Some(step) = push.try_next().await.unwrap() {
        steps.push(step);
    }
    // Podman does not tell of the layers of a push.
    let layers = push.layers();
    assert_eq!(layers.is_empty(), engine.is_podman(), "{steps:?}");
    assert_eq!(
        (layers.complete(), layers.done()),
        (layers.len(), layers.total())
    );
    let pushed = push.await.unwrap();
    assert_eq!(pushed.tag, "1");
    assert!(pushed.digest.starts_with("sha256:"), "{pushed:?}");
    assert!(pushed.manifest_size.unwrap() > 0, "{pushed:?}");
    remove(&image).await;

    // By its tag, only if it is missing: first it is, then it is not.
    let images = engine.docker.images();
    for missing in [true, false] {
        let pull = images.pull(image.name_or_id()).policy(PullPolicy::Missing);
        let mut pull = pull.progress().await.unwrap();
        let mut steps = Vec::new();
        while let Some(step) = pull.try_next().await.unwrap() {
            steps.push(step);
        }
        assert_eq!(!steps.is_empty(), missing, "{steps:?}");
        let layers = pull.layers();
        assert_eq!(!layers.is_empty(), missing, "{steps:?}");
        assert_eq!(
            (layers.complete(), layers.done()),
            (layers.len(), layers.total())
        );
        for layer in layers {
            assert!(!matches!(layer.state, LayerState::Other(_)), "{layer:?}");
        }
        assert!(
            !steps.iter().any(|step| matches!(step, Step::Other(_))),
            "{steps:?}"
        );
        assert_eq!(pull.await.unwrap(), image);
    }
    remove(&image).await;

    // By its digest.
    let digest = format!("{name}@{}", pushed.digest);
    let pulled = images.pull(&digest).await.unwrap();
    let digests = pulled.inspect().await.unwrap().repo_digests;
    assert!(digests.contains(&digest), "{digests:?}");
    pulled.remove().await.unwrap();

    let error = images.pull(format!("{name}:2")).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let error = engine
        .docker
        .image(format!("{name}:2"))
        .push()
        .await
        .unwrap_err();
    assert!(error.engine_message().is_some(), "{error}");
    for refused in [&digest, "sha256:0123456789ab"] {
        let error = engine.docker.image(refused).push().await.unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
    }
}

pub async fn push_with_credentials(engine: Engine) {
    let name = format!("{}/{}", closed(&engine), engine.name("own"));
    let image = engine.docker.image(IMAGE).tag(name).await.unwrap();
    let wrong = Credentials::password("tester", "wrong");
    for push in [image.push(), image.push().credentials(wrong)] {
        let error = push.await.unwrap_err();
        assert_eq!(error.operation(), Some("push image"), "{error}");
        let said = error.engine_message().unwrap();
        assert!(said.contains("auth"), "{error}");
        assert!(!format!("{error} {error:?}").contains("wrong"), "{error}");
    }
    let pushed = image.push().credentials(tester()).await.unwrap();
    assert_eq!(pushed.tag, "latest");
    remove(&image).await;
}

pub async fn all_tags(engine: Engine) {
    let registry = engine.registry.clone().unwrap();
    let name = format!("{registry}/{}", engine.name("tags"));
    let mut images = Vec::new();
    for tag in ["1", "2"] {
        let tagged = engine.docker.image(IMAGE).tag(format!("{name}:{tag}"));
        images.push(tagged.await.unwrap());
    }
    let pushed = engine.docker.image(&name).push().all_tags().await;
    if engine.is_podman() {
        // It looks for the one tagged `latest`.
        assert!(pushed.unwrap_err().is_not_found());
        for image in &images {
            remove(image).await;
        }
        return;
    }
    let mut tags: Vec<_> = pushed
        .unwrap()
        .into_iter()
        .map(|pushed| pushed.tag)
        .collect();
    tags.sort();
    assert_eq!(tags, ["1", "2"]);
    for image in &images {
        remove(image).await;
    }
    let pull = || engine.docker.images().pull(&name);
    let mut pulled = pull().all_tags().await.unwrap();
    pulled.sort_by(|a, b| a.name_or_id().cmp(b.name_or_id()));
    assert_eq!(pulled, images);
    for image in &images {
        remove(image).await;
    }
    let tagged = engine.docker.images().pull(images[0].name_or_id());
    assert!(tagged.all_tags().await.unwrap_err().is_invalid_input());
    let missing = pull().policy(PullPolicy::Missing);
    assert!(missing.all_tags().await.unwrap_err().is_invalid_input());
}

pub async fn what_a_registry_has(engine: Engine) {
    let name = format!("{}/{}", closed(&engine), engine.name("offered"));
    let image = engine.docker.image(IMAGE).tag(name).await.unwrap();
    let pushed = image.push().credentials(tester()).await.unwrap();
    remove(&image).await;
    let offered = image.distribution().credentials(tester()).await;
    if engine.is_podman() {
        // It does not have this at all.
        assert!(offered.unwrap_err().is_not_found());
        return;
    }
    let offered = offered.unwrap();
    assert_eq!(offered.descriptor.unwrap().digest.unwrap(), pushed.digest);
    assert_eq!(offered.platforms[0].os.as_deref(), Some("linux"));
    let error = image.distribution().await.unwrap_err();
    assert!(error.engine_message().unwrap().contains("auth"), "{error}");
}

/// The engine fetches an archive from where it reaches the registry, which reaches this too.
pub async fn import_from_a_url(engine: Engine) {
    let registry = TcpStream::connect(engine.registry.as_deref().unwrap());
    let here = registry.await.unwrap().local_addr().unwrap().ip();
    let server = TcpListener::bind((here, 0)).await.unwrap();
    let address = server.local_addr().unwrap();
    let tar = tar("etc/greeting", "fetched");
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\nConnection: close\r\n";
    let answer = [
        format!("{head}Content-Length: {}\r\n\r\n", tar.len()).as_bytes(),
        &tar,
    ]
    .concat();
    let serve = async {
        loop {
            let (mut peer, _) = server.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(peer.read_u8().await.unwrap());
            }
            peer.write_all(&answer).await.unwrap();
            peer.shutdown().await.unwrap();
        }
    };
    let import = async {
        let images = engine.docker.images();
        let import = images.import_url(format!("http://{address}/root.tar"));
        import.tag(engine.name("fetched:1")).await
    };
    let image = tokio::select! {
        () = serve => unreachable!("it serves without end"),
        image = import => image.unwrap(),
    };
    let inspected = image.inspect().await.unwrap();
    let names = inspected.repo_tags;
    assert!(
        names.iter().any(|name| name.ends_with("fetched:1")),
        "{names:?}"
    );
    image.remove().await.unwrap();
}

pub async fn example_pull_progress(engine: Engine) {
    let registry = engine.registry.clone().unwrap();
    let image = pushed(&engine, &registry, Credentials::default()).await;
    let said = example(&engine, "pull_progress", &[image.name_or_id()]).await;
    assert_eq!(said, format!("pulled {}\n", image.name_or_id()));
    remove(&image).await;
}

/// Pulled by the example of the getting-started guide.
pub async fn example_pull(engine: Engine) {
    let registry = engine.registry.clone().unwrap();
    let image = pushed(&engine, &registry, Credentials::default()).await;
    let id = example(&engine, "pull", &[image.name_or_id()]).await;
    let pulled = image.inspect().await.unwrap();
    assert_eq!(pulled.id.as_deref(), Some(id.trim()));
}

/// The shortest way there and back, for those whom the registry knows and for others.
pub async fn push_then_pull(engine: Engine) {
    let closed = format!("{}/{}", closed(&engine), engine.name("own"));
    // A layer that the registry cannot have.
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let layer = tar("etc/greeting", &format!("{:020}", now.as_nanos()));
    let import = engine.docker.images().import(layer);
    let image = import.tag(format!("{closed}:latest")).await.unwrap();
    image.push().await.unwrap_err();
    image.push().credentials(tester()).await.unwrap();
    remove(&image).await;
    let offered = image.distribution().credentials(tester()).await;
    if engine.is_podman() || engine.docker.api_version() < ApiVersion::new(1, 30) {
        offered.unwrap_err();
    } else {
        assert!(offered.unwrap().descriptor.unwrap().digest.is_some());
    }
    engine.docker.images().pull(&closed).await.unwrap_err();
    let pull = engine.docker.images().pull(&closed);
    let pulled = pull.credentials(tester()).await.unwrap();
    assert!(pulled.inspect().await.unwrap().id.is_some());
    remove(&pulled).await;
}
