//! Images: made, listed, used, removed, and not to be had.

use std::path::PathBuf;

use dockwright::{ApiVersion, Image, PullPolicy, Upload};
use futures_util::stream;

use super::pruned;
use crate::engine::{Engine, IMAGE};

/// A tar archive of one file.
pub(super) fn tar(path: &str, content: &str) -> Vec<u8> {
    tar_of(&[(path, content.as_bytes())])
}

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, *content).unwrap();
    }
    tar.into_inner().unwrap()
}

/// What is in a tar archive.
pub(super) fn paths(archive: &[u8]) -> Vec<PathBuf> {
    let mut archive = tar::Archive::new(archive);
    let entries = archive.entries().unwrap().map(Result::unwrap);
    entries
        .map(|entry| entry.path().unwrap().into_owned())
        .collect()
}

pub async fn image_from_a_tar(engine: Engine) {
    let name = engine.name("image");
    let images = engine.docker.images();
    let tar = tar("etc/greeting", "hello");
    // Once from memory, once in pieces of a length that nobody knows beforehand.
    let pieces: Vec<_> = tar.chunks(1000).map(|piece| Ok(piece.to_vec())).collect();
    let streamed = Upload::stream(stream::iter(pieces));
    for (tag, upload) in [("whole", Upload::from(tar)), ("streamed", streamed)] {
        let import = images.import(upload).tag(format!("{name}:{tag}"));
        let import = import
            .change("ENV A=b")
            .change("CMD [\"x\"]")
            .message("why");
        let image = import.await.unwrap();
        let inspected = image.inspect().await.unwrap();
        let config = inspected.config.unwrap();
        assert!(config.env.contains(&"A=b".to_owned()), "{:?}", config.env);
        assert_eq!(config.cmd, ["x"]);
        assert_eq!(inspected.comment.as_deref(), Some("why"));
    }
    // Podman puts a registry before names that have none.
    let filter = if engine.is_podman() {
        format!("*/{name}")
    } else {
        name.clone()
    };
    let listed = images.list().filter("reference", filter).await.unwrap();
    let tags: Vec<_> = listed
        .into_iter()
        .flat_map(|image| image.repo_tags)
        .collect();
    assert_eq!(tags.len(), 2, "{tags:?}");
    for tag in ["whole", "streamed"] {
        let image = engine.docker.image(format!("{name}:{tag}"));
        assert!(!image.remove().await.unwrap().is_empty());
        assert!(image.inspect().await.unwrap_err().is_not_found());
        assert!(image.remove().await.unwrap_err().is_not_found());
    }
    let broken = images
        .import(b"no archive at all".to_vec())
        .await
        .unwrap_err();
    assert!(broken.engine_message().is_some(), "{broken}");
}

pub async fn image_in_use(engine: Engine) {
    let container = engine.create(["true"]).await.unwrap();
    let image = engine.docker.image(IMAGE).inspect().await.unwrap();
    let made_of = container.inspect().await.unwrap().image;
    assert_eq!(made_of, image.id);
    let error = engine
        .docker
        .image(image.id.unwrap())
        .remove()
        .await
        .unwrap_err();
    assert!(error.is_conflict(), "{error}");
}

pub async fn pull_from_nowhere(engine: Engine) {
    let images = engine.docker.images();
    let image = "127.0.0.1:1/dockwright/missing:1";
    let error = images.pull(image).await.unwrap_err();
    assert_eq!(error.object(), Some(image), "{error}");
    assert!(
        error.engine_message().unwrap().contains("refused"),
        "{error}"
    );
    assert!(
        engine
            .docker
            .image(image)
            .inspect()
            .await
            .unwrap_err()
            .is_not_found()
    );
    assert!(images.pull("UPPER").await.unwrap_err().is_invalid_input());
}

/// An image of this play, of one file, with its label.
pub(super) async fn imported(engine: &Engine, tag: &str) -> Image {
    let tar = tar("etc/greeting", &engine.label());
    let import = engine.docker.images().import(tar);
    let import = import.change(format!("LABEL {}", engine.label()));
    import.tag(engine.name(tag)).await.unwrap()
}

pub async fn image_names(engine: Engine) {
    let first = imported(&engine, "names:1").await;
    let id = first.inspect().await.unwrap().id.unwrap();
    let other = engine.name("others/names:2");
    let second = first.tag(&other).await.unwrap();
    assert_eq!(second, engine.docker.image(&other));
    assert_eq!(second.inspect().await.unwrap().id.unwrap(), id);

    let images = engine.docker.images();
    let labelled = images.list().label(engine.label()).dangling(false);
    let listed = labelled.await.unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
    let tags = &listed[0].repo_tags;
    assert!(
        tags.len() == 2 && tags.iter().all(|tag| tag.contains("names:")),
        "{tags:?}"
    );
    let dangling = images
        .list()
        .label(engine.label())
        .dangling(true)
        .await
        .unwrap();
    assert!(dangling.is_empty(), "{dangling:?}");

    // Whatever was made before it and after it, it was not made before or after itself.
    let before = images
        .list()
        .before(&id)
        .label(engine.label())
        .await
        .unwrap();
    let since = images
        .list()
        .since(&id)
        .label(engine.label())
        .await
        .unwrap();
    assert!(
        before.is_empty() && since.is_empty(),
        "{before:?} {since:?}"
    );

    let removed = first.remove().await.unwrap();
    assert_eq!(removed.untagged.len(), 1, "{removed:?}");
    assert!(removed.deleted.is_empty(), "{removed:?}");
    let removed = second.remove().await.unwrap();
    let digits = id.trim_start_matches("sha256:");
    assert!(removed.untagged[0].contains("names:2"), "{removed:?}");
    assert!(
        removed
            .deleted
            .iter()
            .any(|deleted| deleted.ends_with(digits)),
        "{removed:?}"
    );
    let error = second.tag(engine.name("names:3")).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

pub async fn image_history(engine: Engine) {
    let image = imported(&engine, "history:1").await;
    let history = image.history().await.unwrap();
    assert!(!history.is_empty());
    let newest = &history[0];
    assert!(
        newest.id.is_some() && newest.created.is_some(),
        "{newest:?}"
    );
    assert!(
        newest.tags.iter().any(|tag| tag.ends_with("history:1")),
        "{newest:?}"
    );
    assert!(history.iter().any(|entry| entry.size > 0), "{history:?}");
    image.remove().await.unwrap();
    assert!(image.history().await.unwrap_err().is_not_found());
}

pub async fn prune_images(engine: Engine) {
    let images = engine.docker.images();
    let import = images.import(tar("etc/greeting", &engine.name("unnamed")));
    let unnamed = import
        .change(format!("LABEL {}", engine.label()))
        .await
        .unwrap();
    let named = imported(&engine, "prune:1").await;

    let prune = images.prune().label(engine.label());
    let gone = pruned(prune.clone()).await;
    assert!(!gone.images.deleted.is_empty(), "{gone:?}");
    assert!(unnamed.inspect().await.unwrap_err().is_not_found());
    assert!(named.inspect().await.is_ok());

    let prune = prune.all(true);
    let gone = pruned(prune.clone()).await;
    assert!(gone.reclaimed > 0, "{gone:?}");
    assert!(named.inspect().await.unwrap_err().is_not_found());
    let nothing = pruned(prune).await;
    assert!(
        nothing.images.is_empty() && nothing.reclaimed == 0,
        "{nothing:?}"
    );
}

pub async fn pull_by_policy(engine: Engine) {
    let images = engine.docker.images();
    let image = engine.docker.image(IMAGE).inspect().await.unwrap();
    let platform = format!("{}/{}", image.os.unwrap(), image.architecture.unwrap());
    for policy in [PullPolicy::Missing, PullPolicy::Never] {
        let pull = images.pull(IMAGE).policy(policy).platform(&platform);
        let mut pull = pull.progress().await.unwrap();
        assert_eq!(pull.try_next().await.unwrap(), None);
        assert_eq!(pull.await.unwrap().name_or_id(), IMAGE);
    }
    let missing = || images.pull("127.0.0.1:1/dockwright/missing:1");
    let error = missing().policy(PullPolicy::Never).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let error = missing().policy(PullPolicy::Missing).await.unwrap_err();
    assert!(
        error.engine_message().unwrap().contains("refused"),
        "{error}"
    );
    let other = images.pull(IMAGE).policy(PullPolicy::Never);
    let error = other.platform("plan9/mips").await.unwrap_err();
    // Older engines do not look for a platform, but tell which one they have.
    let looks = engine.docker.api_version() >= ApiVersion::new(1, 49);
    assert_eq!(error.is_not_found(), looks, "{error}");
    assert_eq!(error.is_invalid_input(), !looks, "{error}");
}

pub async fn save_and_load(engine: Engine) {
    let images = engine.docker.images();
    let one = imported(&engine, "saved:1").await;
    let two = one.tag(engine.name("saved:2")).await.unwrap();
    for saved in [vec![&one], vec![&one, &two]] {
        let names = saved.iter().map(|image| image.name_or_id());
        let mut tar = match saved[..] {
            [image] => image.save().await.unwrap(),
            _ => images.save(names.clone()).await.unwrap(),
        };
        let mut archive = Vec::new();
        while let Some(bytes) = tar.try_next().await.unwrap() {
            archive.extend_from_slice(&bytes);
        }
        for image in &saved {
            image.remove().await.unwrap();
        }
        let mut load = images.load(archive).progress().await.unwrap();
        while load.try_next().await.unwrap().is_some() {}
        let mut loaded = load.await.unwrap();
        loaded.sort_by(|a, b| a.name_or_id().cmp(b.name_or_id()));
        assert_eq!(loaded.len(), saved.len(), "{loaded:?}");
        for (loaded, name) in loaded.iter().zip(names) {
            assert!(loaded.name_or_id().ends_with(name), "{loaded:?}");
            loaded.inspect().await.unwrap();
        }
    }
    for image in [one, two] {
        image.remove().await.unwrap();
    }
}

/// The digest of the archive of one file, `etc/greeting` with `hello`.
const LAYER: &str = "sha256:bbe3bda94123be0fbc6829a1318579391eeef84c0dfc21468370976c93be3ac7";

/// An image of this name and of one file as `docker save` packs it, the same each time.
fn packed(name: &str) -> Vec<u8> {
    // As text, for the order of the keys decides on the ids.
    let config = format!(
        r#"{{"architecture":"amd64","config":{{"Cmd":["/none"]}},"created":"2020-01-01T00:00:00Z","history":[{{"created":"2020-01-01T00:00:00Z","created_by":"hand"}}],"os":"linux","rootfs":{{"diff_ids":["{LAYER}"],"type":"layers"}}}}"#
    );
    let manifest =
        format!(r#"[{{"Config":"config.json","Layers":["layer.tar"],"RepoTags":["{name}"]}}]"#);
    tar_of(&[
        ("layer.tar", &tar("etc/greeting", "hello")),
        ("config.json", config.as_bytes()),
        ("manifest.json", manifest.as_bytes()),
    ])
}

pub async fn load_and_save_little(engine: Engine) {
    let name = format!("localhost/{}", engine.name("little:2"));
    let loaded = engine.docker.images().load(packed(&name)).await.unwrap();
    let [image] = &loaded[..] else {
        panic!("not one image: {loaded:?}");
    };
    assert_eq!(image.name_or_id(), name);
    let config = image.inspect().await.unwrap().config.unwrap();
    assert_eq!(config.cmd, ["/none"]);
    let mut archive = Vec::new();
    let mut saved = image.save().await.unwrap();
    while let Some(bytes) = saved.try_next().await.unwrap() {
        archive.extend_from_slice(&bytes);
    }
    let paths = paths(&archive);
    assert!(paths.contains(&"manifest.json".into()), "{paths:?}");
    image.remove().await.unwrap();
}

pub async fn save_and_load_by_id(engine: Engine) {
    let images = engine.docker.images();
    let import = images.import(tar("etc/greeting", "by id"));
    let image = import
        .change(format!("LABEL {}", engine.label()))
        .await
        .unwrap();
    let mut archive = Vec::new();
    let mut tar = image.save().await.unwrap();
    while let Some(bytes) = tar.try_next().await.unwrap() {
        archive.extend_from_slice(&bytes);
    }
    image.remove().await.unwrap();
    let loaded = images.load(archive).await.unwrap();
    assert_eq!(loaded.len(), 1, "{loaded:?}");
    let id = loaded[0].inspect().await.unwrap().id;
    assert_eq!(id.as_deref(), Some(image.name_or_id()));
    loaded[0].remove().await.unwrap();
}

pub async fn save_and_load_nothing(engine: Engine) {
    let images = engine.docker.images();
    let missing = engine.name("missing");
    let error = engine.docker.image(&missing).save().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let error = images.save([IMAGE, &missing]).await.unwrap_err();
    // Podman answers 500, in the same words.
    assert_eq!(error.is_not_found(), !engine.is_podman(), "{error}");
    assert!(error.engine_message().is_some(), "{error}");
    let error = images.load("no archive at all").await.unwrap_err();
    assert!(error.engine_message().is_some(), "{error}");
}

/// There is no registry with a search here: how engines say so.
pub async fn search_nowhere(engine: Engine) {
    let search = engine.docker.images().search("127.0.0.1:1/busybox");
    let error = search.stars(3).official(true).limit(5).await.unwrap_err();
    assert_eq!(error.operation(), Some("search images"));
    let said = error.engine_message().unwrap();
    // Podman stumbles over a registry that does not answer.
    assert!(said.contains("refused") || engine.is_podman(), "{error}");
}
