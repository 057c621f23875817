//! Images that come from a registry.

use dockwright::raw::{ImagePushParams, ImageTagParams};
use dockwright::{Credentials, Image};
use futures_util::TryStreamExt;

use super::assert_output;
use crate::engine::{Engine, IMAGE};

/// `{}`, as the engine wants it: no credentials.
const NOBODY: &str = "e30=";

/// `{"username":"tester","password":"s3cret"}`, whom the registry for tests knows.
const TESTER: &str = "eyJ1c2VybmFtZSI6InRlc3RlciIsInBhc3N3b3JkIjoiczNjcmV0In0=";

/// An image of this play that only the registry at `address` has.
async fn pushed(engine: &Engine, address: &str, auth: &str) -> Image {
    let raw = engine.docker.raw();
    let name = format!("{address}/{}", engine.name("pushed"));
    let tag = ImageTagParams {
        repo: Some(name.clone()),
        tag: Some("latest".to_owned()),
    };
    raw.image_tag(IMAGE, &tag).await.unwrap();
    let push = ImagePushParams {
        tag: Some("latest".to_owned()),
        x_registry_auth: auth.to_owned(),
        ..Default::default()
    };
    let reports = raw.image_push(&name, &push).await.unwrap().into_inner();
    let reports: Vec<_> = reports.into_inner().try_collect().await.unwrap();
    let reports = String::from_utf8(reports.concat()).unwrap();
    assert!(!reports.contains("\"error\""), "{reports}");
    let image = engine.docker.image(format!("{name}:latest"));
    remove(&image).await;
    image
}

async fn remove(image: &Image) {
    image.remove().await.unwrap();
    assert!(image.inspect().await.unwrap_err().is_not_found());
}

pub async fn run_pulls_a_missing_image(engine: Engine) {
    let registry = engine.registry.clone().unwrap();
    let image = pushed(&engine, &registry, NOBODY).await;
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
    let registry = engine.registry.clone().unwrap();
    let (host, _) = registry.rsplit_once(':').unwrap();
    let image = pushed(&engine, &format!("{host}:5001"), TESTER).await;
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
    let right = Credentials::password("tester", "s3cret");
    let pulled = pull().credentials(right).await.unwrap();
    assert!(pulled.inspect().await.unwrap().id.is_some());
}
