//! A container that takes the place of another.

use dockwright_replay::wire::Play;

use crate::peer::{answer, connected, json, within};

const NAMED: &str = "/v1.44/containers/create?name=web";
const UNNAMED: &str = "/v1.44/containers/create";

fn refusal(status: &str, message: &str) -> String {
    json(status, &format!(r#"{{"message":"{message}"}}"#))
}

fn taken() -> Play {
    Play::on("POST", NAMED).server(refusal("409 Conflict", "the name is in use"))
}

fn created() -> Play {
    Play::on("POST", UNNAMED).server(json("201 Created", r#"{"Id":"c2","Warnings":[]}"#))
}

fn removed(path: &str) -> Play {
    Play::on("DELETE", path).server(answer("204 No Content", "", ""))
}

/// There is no play for a removal.
#[tokio::test]
async fn what_is_refused_replaces_nothing() {
    let refused = refusal("500 Internal Server Error", "no such driver");
    let refused = Play::on("POST", UNNAMED).server(refused);
    let (wire, docker) = connected([taken(), refused]).await;
    let create = docker.containers().create("app").name("web").replace();
    let error = within(create.into_future()).await.unwrap_err();
    assert_eq!(error.engine_message(), Some("no such driver"));
    assert_eq!(error.object(), Some("web"));
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn what_does_not_get_the_name_is_removed_again() {
    let rename = Play::on("POST", "/v1.44/containers/c2/rename?name=web");
    let rename = rename.server(refusal("500 Internal Server Error", "no space left"));
    let plays = [
        taken(),
        created(),
        removed("/v1.44/containers/web?force=true"),
        rename,
        removed("/v1.44/containers/c2?force=true&v=true"),
    ];
    let (wire, docker) = connected(plays).await;
    let create = docker.containers().create("app").name("web").replace();
    let error = within(create.into_future()).await.unwrap_err();
    assert_eq!(error.operation(), Some("rename container"));
    assert_eq!(error.container(), Some("c2"));
    assert!(error.container_was_removed(), "{error}");
    let said = error.to_string();
    assert!(said.contains("container c2 was removed again"), "{said}");
    wire.finish().await.unwrap();
}
