//! Logins at a peer that takes everything, and what is on the machine afterwards.

use std::fs;

use dockwright_replay::wire::{Play, Wire};
use serde_json::json;

use super::super::helper::tests::Programs;
use super::*;
use crate::ApiVersion;

const REGISTRY: &str = "r.example:5000";

/// A machine with this `config.json`, and with helpers: `keep` keeps what it is told in files, `fail`
/// fails.
fn machine(config: &str) -> Programs {
    let programs = Programs::new();
    fs::create_dir(programs.folder().join(".docker")).unwrap();
    fs::write(programs.folder().join(".docker/config.json"), config).unwrap();
    programs.add(
        "docker-credential-keep",
        r#"echo "$1" >> asked
        case $1 in
        store) cat > kept ;;
        erase) key=$(cat); echo "$key" >> erased; rm kept 2>&- || { echo no such key; exit 1; } ;;
        esac"#,
    );
    programs.add("docker-credential-fail", "echo the vault is locked; exit 1");
    programs
}

fn config(programs: &Programs) -> Value {
    serde_json::from_str(&programs.read(".docker/config.json")).unwrap()
}

/// A client on that machine, of a peer that is asked nothing but `plays`.
async fn connected(programs: &Programs, plays: impl IntoIterator<Item = Play>) -> (Wire, Docker) {
    let ping =
        "HTTP/1.1 200 OK\r\nApi-Version: 1.44\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let ping = Play::on("HEAD", "/_ping").server(ping);
    let wire = Wire::start([ping].into_iter().chain(plays)).await.unwrap();
    let docker = Docker::connect_to(wire.docker_host())
        .environment(programs.environment())
        .await
        .unwrap();
    assert_eq!(docker.api_version(), ApiVersion::new(1, 44));
    (wire, docker)
}

/// What the engine answers after it has asked the registry.
fn asked(status: &str, answer: &str) -> Play {
    let length = answer.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{answer}"
    );
    Play::on("POST", "/v1.44/auth").server(head)
}

fn taken(token: &str) -> Play {
    let answer = json!({"Status": "Login Succeeded", "IdentityToken": token});
    asked("200 OK", &answer.to_string())
}

fn me() -> Credentials {
    Credentials::password("me", "s3cret").registry(REGISTRY)
}

#[tokio::test]
async fn a_login_goes_to_the_file_and_leaves_the_rest_of_it() {
    let programs = machine(
        r#"{"new":{"b":1,"a":2},"auths":{"q.example":{"auth":"x","more":1}},"HttpHeaders":{}}"#,
    );
    let (wire, docker) = connected(&programs, [taken("")]).await;
    let accepted = docker.login(me()).await.unwrap();
    assert_eq!(accepted.status, "Login Succeeded");
    assert_eq!(
        config(&programs),
        json!({
            "new": {"b": 1, "a": 2},
            "HttpHeaders": {},
            "auths": {
                "q.example": {"auth": "x", "more": 1},
                REGISTRY: {"auth": "bWU6czNjcmV0"},
            },
        })
    );
    assert!(docker.logout(REGISTRY).await.unwrap());
    assert_eq!(
        config(&programs)["auths"],
        json!({"q.example": {"auth": "x", "more": 1}})
    );
    assert!(!docker.logout(REGISTRY).await.unwrap());
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn a_token_takes_the_place_of_the_password() {
    let programs = machine("");
    let (wire, docker) = connected(&programs, [taken("t0ken")]).await;
    let accepted = docker.login(me()).await.unwrap();
    assert_eq!(accepted.identity_token.as_deref(), Some("t0ken"));
    let kept = json!({REGISTRY: {"auth": "bWU6", "identitytoken": "t0ken"}});
    assert_eq!(config(&programs)["auths"], kept);
    wire.finish().await.unwrap();

    let programs = machine(r#"{"credsStore":"keep"}"#);
    let (wire, docker) = connected(&programs, [taken("t0ken")]).await;
    docker.login(me()).await.unwrap();
    let kept: Value = serde_json::from_str(&programs.read("kept")).unwrap();
    let expected = json!({"ServerURL": REGISTRY, "Username": "<token>", "Secret": "t0ken"});
    assert_eq!(kept, expected);
    wire.finish().await.unwrap();
}

/// As the CLI does: without its name in the file the helper would not be asked any more.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_first_login_names_the_helper_of_the_system() {
    let programs = machine("{}");
    programs.add("pass", "");
    programs.add(
        "docker-credential-pass",
        "case $1 in store) cat > kept ;; get) cat > asked && cat kept ;; esac",
    );
    let pull = Play::on(
        "POST",
        "/v1.44/images/create?fromImage=r.example%3A5000%2Fa&tag=latest",
    )
    .server("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    let (wire, docker) = connected(&programs, [taken(""), pull]).await;
    docker.login(me()).await.unwrap();
    let expected = json!({"auths": {REGISTRY: {}}, "credsStore": "pass"});
    assert_eq!(config(&programs), expected);

    docker.images().pull("r.example:5000/a").await.unwrap();
    assert_eq!(programs.read("asked").trim(), REGISTRY);
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn a_login_goes_to_the_helper_and_the_file_tells_only_that() {
    for helpers in [
        json!({"credsStore": "keep"}),
        json!({"credsStore": "fail", "credHelpers": {REGISTRY: "keep"}}),
    ] {
        let mut before = helpers.clone();
        before["auths"] = json!({REGISTRY: {"auth": "bWU6b2xk"}});
        let programs = machine(&before.to_string());
        let (wire, docker) = connected(&programs, [taken("")]).await;
        docker.login(me()).await.unwrap();
        let kept: Value = serde_json::from_str(&programs.read("kept")).unwrap();
        let expected = json!({"ServerURL": REGISTRY, "Username": "me", "Secret": "s3cret"});
        assert_eq!(kept, expected);
        assert_eq!(config(&programs)["auths"], json!({REGISTRY: {}}));

        assert!(docker.logout(REGISTRY).await.unwrap());
        assert_eq!(config(&programs)["auths"], json!({}));
        let erased = format!("{REGISTRY}\nhttp://{REGISTRY}\nhttps://{REGISTRY}\n");
        assert_eq!(programs.read("erased"), erased);
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_not_kept_is_told_and_the_file_stays() {
    let before = r#"{"auths":{"r.example:5000":{"auth":"bWU6b2xk"}},"credsStore":"fail"}"#;
    let programs = machine(before);
    let (wire, docker) = connected(&programs, [taken("")]).await;
    let error = docker.login(me()).await.unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(error.is_credentials(), "{told}");
    assert!(
        told.contains("the vault is locked") && told.contains(REGISTRY),
        "{told}"
    );
    assert!(!told.contains("s3cret"), "{told}");
    assert_eq!(programs.read(".docker/config.json"), before);

    // What can be forgotten is, and the rest is told.
    let error = docker.logout(REGISTRY).await.unwrap_err();
    assert!(error.is_credentials(), "{error}");
    assert!(error.to_string().contains("not forgotten"), "{error}");
    assert_eq!(config(&programs)["auths"], json!({}));
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn who_is_refused_is_not_logged_in() {
    let programs = machine("{}");
    let answer = json!({"message": "login attempt failed with status: 401 Unauthorized"});
    let refused = asked("500 Internal Server Error", &answer.to_string());
    let (wire, docker) = connected(&programs, [refused]).await;
    let error = docker.login(me()).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert_eq!(error.operation(), Some("log in"));
    assert_eq!(error.object(), Some(REGISTRY));
    assert_eq!(programs.read(".docker/config.json"), "{}");
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_a_login_is_not_sent() {
    let programs = machine("{}");
    let (wire, docker) = connected(&programs, []).await;
    let error = docker.login(Credentials::anonymous()).await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    wire.finish().await.unwrap();

    let ping =
        "HTTP/1.1 200 OK\r\nApi-Version: 1.44\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let ping = Play::on("HEAD", "/_ping").server(ping);
    let wire = Wire::start([ping]).await.unwrap();
    let connect = Docker::connect_to(wire.docker_host());
    let docker = connect.environment(Environment::nothing()).await.unwrap();
    let error = docker.login(me()).await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    assert!(error.to_string().contains("DOCKER_CONFIG"), "{error}");
    assert!(!docker.logout(REGISTRY).await.unwrap());
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn docker_hub_has_one_key_and_forgets_others() {
    let programs = machine(r#"{"auths":{"docker.io":{},"index.docker.io":{},"q.example":{}}}"#);
    let (wire, docker) = connected(&programs, []).await;
    for name in [
        "",
        "docker.io",
        "index.docker.io",
        "https://index.docker.io/v1/",
    ] {
        let credentials = Credentials::password("me", "s3cret").registry(name);
        docker.login(credentials).unchecked().await.unwrap();
        let auths = &config(&programs)["auths"];
        assert_eq!(auths["https://index.docker.io/v1/"]["auth"], "bWU6czNjcmV0");
        assert!(docker.logout(name).await.unwrap());
        assert_eq!(config(&programs)["auths"], json!({"q.example": {}}));
    }
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn a_logout_finds_keys_of_old() {
    let programs = machine(
        r#"{"auths":{"r.example:5000":{},"https://r.example:5000/v1/":{},"http://r.example:5000":{},
            "r.example":{}}}"#,
    );
    let (wire, docker) = connected(&programs, []).await;
    let logout = docker.logout("https://r.example:5000/v2/");
    assert!(logout.await.unwrap());
    assert_eq!(config(&programs)["auths"], json!({"r.example": {}}));
    wire.finish().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn logins_at_once_are_all_kept() {
    let programs = machine("{}");
    let (wire, docker) = connected(&programs, []).await;
    let logins = (0..32).map(|number| {
        let credentials = Credentials::password("me", "s3cret");
        let credentials = credentials.registry(format!("r{number}.example"));
        tokio::spawn(docker.login(credentials).unchecked().into_future())
    });
    for login in logins.collect::<Vec<_>>() {
        login.await.unwrap().unwrap();
    }
    assert_eq!(config(&programs)["auths"].as_object().unwrap().len(), 32);
    wire.finish().await.unwrap();
}
