//! Images where no engine at hand goes: what it is too old for, what it says in odd places.

use std::fmt;

use dockwright::{Credentials, Error};
use dockwright_replay::wire::Play;

use crate::peer::{all, connected, head, json, within};

/// How a request fails that is not to be sent.
async fn refused<T: fmt::Debug>(
    request: impl IntoFuture<Output = Result<T, Error>>,
) -> Result<(), Error> {
    within(request.into_future()).await.map(|_| ())
}

#[tokio::test]
async fn what_an_engine_is_too_old_for_is_not_sent() {
    let (wire, docker) = connected([]).await;
    let (images, image) = (docker.images(), docker.image("alpine"));
    let arm = "linux/arm64";
    for (outcome, minor) in [
        (refused(image.inspect().manifests(true)).await, "1.48"),
        (refused(image.inspect().platform(arm)).await, "1.49"),
        (refused(image.history().platform(arm)).await, "1.48"),
        (refused(image.save().platform(arm)).await, "1.48"),
        (refused(images.save(["a", "b"]).platform(arm)).await, "1.48"),
        (
            refused(image.save().platform(arm).platform("linux/amd64")).await,
            "1.52",
        ),
        (refused(images.load("").platform(arm)).await, "1.48"),
        (refused(image.push().platform(arm)).await, "1.46"),
        (refused(image.push().platform(arm).all_tags()).await, "1.46"),
        (refused(images.list().manifests(true)).await, "1.47"),
        (refused(images.list().identity(true)).await, "1."),
        (refused(image.remove().platform(arm)).await, "1.50"),
        (refused(image.attestations()).await, "1.55"),
    ] {
        let error = outcome.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
        assert!(error.to_string().contains(minor), "{error}");
    }
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn what_is_no_platform_or_name_is_not_sent() {
    let (wire, docker) = connected([]).await;
    let (images, image) = (docker.images(), docker.image("alpine"));
    let digest = format!("alpine@sha256:{}", "0".repeat(64));
    for outcome in [
        refused(image.inspect().platform("arm64")).await,
        refused(image.tag("UPPER")).await,
        refused(image.tag(&digest)).await,
        refused(docker.image(&digest).push()).await,
        refused(docker.image("alpine:3").push().all_tags()).await,
        refused(images.pull(&digest).all_tags()).await,
        refused(images.pull("sha256:0123456789ab")).await,
        refused(images.save(["alpine", ""])).await,
        refused(images.save(Vec::<String>::new())).await,
        refused(docker.image("../containers").inspect()).await,
    ] {
        let error = outcome.unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
    }
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn a_push_always_tells_who_pushes() {
    let target = "/v1.44/images/r:5%2Fa/push?tag=latest";
    let done = "{\"status\":\"latest: digest: sha256:abc size: 7\"}";
    for (credentials, header) in [
        (None, "x-registry-auth: e30=\r\n"),
        (
            Some(Credentials::identity_token("t")),
            "x-registry-auth: eyJpZGVudGl0eXRva2VuIjoidCJ9\r\n",
        ),
    ] {
        let play = Play::on("POST", target).server([&head("application/json"), done].concat());
        let (wire, docker) = connected([play]).await;
        let mut push = docker.image("r:5/a").push();
        if let Some(credentials) = credentials {
            push = push.credentials(credentials);
        }
        let pushed = within(push.into_future()).await.unwrap();
        assert_eq!(
            (&*pushed.digest, pushed.manifest_size),
            ("sha256:abc", Some(7))
        );
        let heads = wire.heads().concat().to_lowercase();
        assert!(heads.contains(&header.to_lowercase()), "{heads}");
        wire.finish().await.unwrap();
    }
}

/// Podman refuses a push in the words of a stream.
#[tokio::test]
async fn a_refusal_in_the_words_of_a_stream_is_understood() {
    let body = r#"{"errorDetail":{"message":"authentication required"},"error":"other"}"#;
    let target = "/v1.44/images/a/push?tag=1";
    let play = Play::on("POST", target).server(json("500 Internal Server Error", body));
    let (wire, docker) = connected([play]).await;
    let push = docker.image("a:1").push();
    let error = within(push.into_future()).await.unwrap_err();
    assert_eq!(error.engine_message(), Some("authentication required"));
    assert_eq!(error.status(), Some(500));
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn a_push_without_a_digest_is_an_error() {
    let target = "/v1.44/images/a/push?tag=1";
    let play = Play::on("POST", target).server(head("application/json"));
    let (wire, docker) = connected([play]).await;
    let push = docker.image("a:1").push();
    assert!(within(push.into_future()).await.unwrap_err().is_decode());
    wire.finish().await.unwrap();
}

/// Docker has only this way to say so, once the archive has begun.
#[tokio::test]
async fn a_failure_in_the_middle_of_an_archive_is_an_error() {
    let failure =
        "{\"errorDetail\":{\"message\":\"a layer is gone\"},\"error\":\"a layer is gone\"}\r\n";
    for begun in ["", "the beginning of an archive"] {
        let answer = [&head("application/x-tar"), begun, failure].concat();
        let play = Play::on("GET", "/v1.44/images/alpine/get").server(answer);
        let (wire, docker) = connected([play]).await;
        let save = docker.image("alpine").save();
        let tar = within(save.into_future()).await.unwrap();
        let (_, error) = all(tar).await;
        let error = error.unwrap();
        assert_eq!(error.engine_message(), Some("a layer is gone"), "{error}");
        assert_eq!(error.operation(), Some("save images"));
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn several_images_are_saved_by_their_names() {
    let target = "/v1.44/images/get?names=alpine&names=b%3A1";
    let empty = "\0".repeat(1024);
    let play = Play::on("GET", target).server([&head("application/x-tar"), &*empty].concat());
    let (wire, docker) = connected([play]).await;
    let save = docker.images().save(["alpine", "b:1"]);
    let tar = within(save.into_future()).await.unwrap();
    let (pieces, error) = all(tar).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(pieces.concat(), empty.as_bytes());
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn a_search_is_narrowed() {
    let filters =
        "%7B%22is-official%22%3A%7B%22true%22%3Atrue%7D%2C%22stars%22%3A%7B%223%22%3Atrue%7D%7D";
    let target = format!("/v1.44/images/search?filters={filters}&limit=5&term=alpine");
    let body = r#"[{"name":"alpine","is_official":true,"star_count":9,"description":"small"}]"#;
    let play = Play::on("GET", &target).server(json("200 OK", body));
    let (wire, docker) = connected([play]).await;
    let search = docker
        .images()
        .search("alpine")
        .official(true)
        .stars(3)
        .limit(5);
    let found = within(search.into_future()).await.unwrap();
    assert_eq!(found[0].name.as_deref(), Some("alpine"));
    wire.finish().await.unwrap();
}

/// The engine may name images in any pieces of text.
#[tokio::test]
async fn loaded_images_are_named_however_the_text_comes() {
    let body = concat!(
        "{\"status\":\"Loading layer\",\"progressDetail\":{\"current\":5,\"total\":5},\"id\":\"a\"}",
        "{\"stream\":\"Loaded image: a:1\\nLoaded image ID: sha256:0123456789ab\\n\"}",
        "{\"stream\":\"Loaded image: b:1,r:5/c:2\"}",
    );
    let target = "/v1.44/images/load?quiet=false";
    let play = Play::on("POST", target).server([&head("application/json"), body].concat());
    let (wire, docker) = connected([play]).await;
    let load = docker.images().load("an archive").progress();
    let mut load = within(load).await.unwrap();
    while within(load.try_next()).await.unwrap().is_some() {}
    assert_eq!((load.layers().complete(), load.layers().total()), (1, 5));
    let loaded = within(load.into_future()).await.unwrap();
    let names: Vec<_> = loaded.iter().map(|image| image.name_or_id()).collect();
    assert_eq!(names, ["a:1", "sha256:0123456789ab", "b:1", "r:5/c:2"]);
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn all_tags_are_those_that_the_engine_names() {
    let target = "/v1.44/images/create?fromImage=r%3A5%2Fa";
    for (body, tags) in [
        (
            "{\"status\":\"Pulling from a\",\"id\":\"2\"}{\"status\":\"Digest: x\"}{\"status\":\"Pulling from a\",\"id\":\"1\"}",
            Some(vec!["r:5/a:2", "r:5/a:1"]),
        ),
        ("{\"status\":\"Download complete\"}", None),
    ] {
        let play = Play::on("POST", target).server([&head("application/json"), body].concat());
        let (wire, docker) = connected([play]).await;
        let pull = docker.images().pull("r:5/a").all_tags();
        let pulled = within(pull.into_future()).await;
        let names = pulled.as_ref().ok().map(|images| {
            let names = images.iter().map(|image| image.name_or_id());
            names.collect::<Vec<_>>()
        });
        assert_eq!(names, tags);
        assert!(pulled.is_ok() || pulled.unwrap_err().is_decode());
        wire.finish().await.unwrap();
    }
}
