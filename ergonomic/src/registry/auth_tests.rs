//! Refusals by a registry, and who asks again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use dockwright_replay::wire::{Play, Wire};

use super::super::helper::tests::Programs;
use super::*;

const PULL: &str = "/v1.44/images/create?fromImage=r.example%2Fa&tag=latest";

fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

fn refused() -> Play {
    let body = r#"{"message":"unauthorized: authentication required"}"#;
    Play::on("POST", PULL).server(answer("401 Unauthorized", body))
}

/// A machine whose helper has these passwords, one after another.
fn machine(passwords: &[&str]) -> Programs {
    let programs = Programs::new();
    std::fs::create_dir(programs.folder().join(".docker")).unwrap();
    let config = programs.folder().join(".docker/config.json");
    std::fs::write(config, r#"{"credsStore":"turns"}"#).unwrap();
    let passwords = passwords.join("\n");
    programs.add(
        "docker-credential-turns",
        &format!(
            r#"echo >> asked; turn=$(wc -l < asked)
            password=$(printf '%s\n' '{passwords}' | sed -n "${{turn}}p")
            test "$password" || {{ echo the vault is locked; exit 1; }}
            echo "{{\"Username\":\"me\",\"Secret\":\"$password\"}}""#
        ),
    );
    programs
}

async fn connected(programs: &Programs, plays: impl IntoIterator<Item = Play>) -> (Wire, Docker) {
    let ping =
        "HTTP/1.1 200 OK\r\nApi-Version: 1.44\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let ping = Play::on("HEAD", "/_ping").server(ping);
    let wire = Wire::start([ping].into_iter().chain(plays)).await.unwrap();
    let connect = Docker::connect_to(wire.docker_host());
    let docker = connect.environment(programs.environment()).await.unwrap();
    (wire, docker)
}

/// The passwords that the peer was shown.
fn shown(wire: &Wire) -> Vec<String> {
    let heads = wire.heads();
    let lines = heads.iter().flat_map(|head| head.lines());
    let headers = lines.filter_map(|line| line.split_once(": "));
    let proofs = headers.filter(|(name, _)| name.eq_ignore_ascii_case("x-registry-auth"));
    proofs
        .map(|(_, value)| {
            let json = URL_SAFE.decode(value).unwrap();
            let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
            json["password"].as_str().unwrap_or_default().to_owned()
        })
        .collect()
}

#[tokio::test]
async fn what_has_changed_is_shown_once_more() {
    let programs = machine(&["old", "new"]);
    let taken = Play::on("POST", PULL).server(answer("200 OK", r#"{"status":"done"}"#));
    let (wire, docker) = connected(&programs, [refused(), taken]).await;
    docker.images().pull("r.example/a").await.unwrap();
    assert_eq!(shown(&wire), ["old", "new"]);
    wire.finish().await.unwrap();

    // But only once.
    let programs = machine(&["old", "new", "newer"]);
    let (wire, docker) = connected(&programs, [refused(), refused()]).await;
    let error = docker.images().pull("r.example/a").await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!(shown(&wire), ["old", "new"]);
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn what_is_the_same_or_cannot_be_read_again_is_not() {
    for passwords in [&["old", "old"][..], &["old"]] {
        let programs = machine(passwords);
        let (wire, docker) = connected(&programs, [refused()]).await;
        let error = docker.images().pull("r.example/a").await.unwrap_err();
        assert!(error.is_unauthorized(), "{error}");
        let told = error.to_string();
        assert!(told.contains("configured for `r.example`"), "{told}");
        assert_eq!(shown(&wire), ["old"]);
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn what_was_given_counts_alone() {
    let programs = machine(&["old", "new"]);
    let (wire, docker) = connected(&programs, [refused(), refused()]).await;
    for given in [
        Credentials::password("me", "given"),
        Credentials::anonymous(),
    ] {
        let pull = docker.images().pull("r.example/a").credentials(given);
        assert!(pull.await.unwrap_err().is_unauthorized());
    }
    assert_eq!(shown(&wire), ["given", ""]);
    assert_eq!(programs.read("asked"), "");
    wire.finish().await.unwrap();
}
