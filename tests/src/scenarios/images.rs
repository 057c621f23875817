//! Images: made, listed, used, removed, and not to be had.

use dockwright::Upload;
use futures_util::stream;

use crate::engine::{Engine, IMAGE};

/// A tar archive of one file.
fn tar(path: &str, content: &str) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    let mut tar = tar::Builder::new(Vec::new());
    tar.append_data(&mut header, path, content.as_bytes())
        .unwrap();
    tar.into_inner().unwrap()
}

pub async fn image_from_a_tar(engine: Engine) {
    let name = engine.name("image");
    let images = engine.docker.images();
    let tar = tar("etc/greeting", "hello");
    // Once from memory, once in pieces of a length that nobody knows beforehand.
    let pieces: Vec<_> = tar.chunks(1000).map(|piece| Ok(piece.to_vec())).collect();
    let streamed = Upload::stream(stream::iter(pieces));
    for (tag, upload) in [("whole", Upload::from(tar)), ("streamed", streamed)] {
        let import = images.import(upload).name(format!("{name}:{tag}"));
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
    let error = images.pull("UPPER").await.unwrap_err();
    assert!(error.engine_message().is_some(), "{error}");
}
