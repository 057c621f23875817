//! What is found where, held against what the CLI 28 shows to an engine in the same places.

use std::fs;

use serde_json::json;

use super::super::helper::tests::Programs;
use super::*;

/// `user:password` in base64.
fn auth(text: &str) -> String {
    STANDARD.encode(text)
}

/// A machine with this `config.json`, and with helpers:
///
/// - `docker-credential-ok` keeps `hu` with `hs` for `r.example` and Docker Hub;
/// - `docker-credential-token` keeps an identity token for every registry;
/// - `docker-credential-none` keeps nothing, and `docker-credential-fail` fails.
fn machine(config: Value) -> Programs {
    let programs = Programs::new();
    fs::create_dir(programs.folder().join(".docker")).unwrap();
    write(&programs, config);
    programs.add(
        "docker-credential-ok",
        r#"echo "$1" >> asked
        case $1 in
        list) echo '{"r.example":"hu","https://index.docker.io/v1/":"hu"}' ;;
        get) echo '{"ServerURL":"else","Username":"hu","Secret":"hs"}' ;;
        esac"#,
    );
    programs.add(
        "docker-credential-token",
        r#"echo '{"Username":"<token>","Secret":"t0ken"}'"#,
    );
    programs.add(
        "docker-credential-none",
        "echo credentials not found in native keychain; exit 1",
    );
    programs.add("docker-credential-fail", "echo the vault is locked; exit 1");
    programs
}

fn write(programs: &Programs, config: Value) {
    let path = programs.folder().join(".docker/config.json");
    fs::write(path, config.to_string()).unwrap();
}

/// What is shown to the registry of an image.
async fn shown(environment: &Environment, image: &str) -> Result<Value, Error> {
    let stores = Stores::open(environment).await?;
    let found = stores.find(&Registry::of_name(image)).await?;
    Ok(json!(found.unwrap_or_default()))
}

#[tokio::test]
async fn the_file_has_entries_of_many_forms() {
    let me = || json!({"auth": auth("me:pw")});
    let hub = "https://index.docker.io/v1/";
    for (image, auths, expected) in [
        ("r.example/a", json!({}), json!({})),
        ("r.example/a", json!({"q.example": me()}), json!({})),
        ("r.example/a", json!({"r.example": {}}), json!({})),
        (
            "r.example/a",
            json!({"r.example": me()}),
            json!({"username": "me", "password": "pw", "serveraddress": "r.example"}),
        ),
        (
            "r.example:5000/a/b",
            json!({"https://r.example:5000/v2/": me(), "r.example": {}}),
            json!({"username": "me", "password": "pw",
                "serveraddress": "https://r.example:5000/v2/"}),
        ),
        (
            "localhost:5000/a",
            json!({"http://localhost:5000": me()}),
            json!({"username": "me", "password": "pw", "serveraddress": "http://localhost:5000"}),
        ),
        (
            "alpine",
            json!({hub: me()}),
            json!({"username": "me", "password": "pw", "serveraddress": hub}),
        ),
        ("alpine", json!({"docker.io": me()}), json!({})),
        ("alpine", json!({"index.docker.io": me()}), json!({})),
        (
            "r.example/a",
            json!({"r.example": {"auth": auth("me:p:w\0\0"), "identitytoken": "t"}}),
            json!({"username": "me", "password": "p:w", "identitytoken": "t",
                "serveraddress": "r.example"}),
        ),
        (
            "r.example/a",
            json!({"r.example": {"identitytoken": "t", "registrytoken": "rt", "username": "u",
                "password": "p", "email": "e@x"}}),
            json!({"username": "u", "password": "p", "identitytoken": "t", "registrytoken": "rt",
                "serveraddress": "r.example"}),
        ),
    ] {
        let programs = machine(json!({"auths": auths}));
        let found = shown(&programs.environment(), image).await.unwrap();
        assert_eq!(found, expected, "{image} with {auths}");
    }
}

#[tokio::test]
async fn a_malformed_entry_is_an_error_for_its_registry_alone() {
    for entry in [
        json!({"auth": "%%%"}),
        json!({"auth": auth("s3cret")}),
        json!({"auth": auth(":s3cret")}),
        json!({"auth": "/w=="}),
        json!({"auth": ["s3cret"]}),
        json!("s3cret"),
        json!(null),
    ] {
        let auths = json!({"r.example": entry, "q.example": {"auth": auth("me:pw")}});
        let programs = machine(json!({"auths": auths}));
        let environment = programs.environment();
        let error = shown(&environment, "r.example/a").await.unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(error.is_credentials(), "{told}");
        assert!(told.contains("`r.example`") && told.contains("config.json"));
        assert!(!told.contains("s3cret"), "{told}");
        let other = shown(&environment, "q.example/a").await.unwrap();
        assert_eq!(other["username"], "me");
    }
}

#[tokio::test]
async fn helpers_come_before_the_file() {
    let ok = json!({"username": "hu", "password": "hs", "serveraddress": "r.example"});
    let file = || json!({"r.example": {"auth": auth("me:pw")}});
    let from_file = json!({"username": "me", "password": "pw", "serveraddress": "r.example"});
    for (config, expected) in [
        (json!({"credsStore": "ok"}), ok.clone()),
        (json!({"credsStore": "ok", "auths": file()}), ok.clone()),
        (json!({"credsStore": "none", "auths": file()}), json!({})),
        (
            json!({"credHelpers": {"r.example": "ok"}, "credsStore": "fail"}),
            ok.clone(),
        ),
        // Only the very host counts, and one without a name is the file.
        (
            json!({"credHelpers": {"https://r.example": "fail"}, "auths": file()}),
            from_file.clone(),
        ),
        (
            json!({"credHelpers": {"r.example": ""}, "credsStore": "ok"}),
            json!({}),
        ),
        (
            json!({"credsStore": "token"}),
            json!({"identitytoken": "t0ken", "serveraddress": "r.example"}),
        ),
    ] {
        let programs = machine(config.clone());
        let found = shown(&programs.environment(), "r.example/a").await;
        assert_eq!(found.unwrap(), expected, "{config}");
    }
    let hub = "https://index.docker.io/v1/";
    let programs = machine(json!({"credHelpers": {hub: "ok", "docker.io": "fail"}}));
    let found = shown(&programs.environment(), "alpine").await.unwrap();
    assert_eq!(found["serveraddress"], hub);
}

#[tokio::test]
async fn credentials_that_cannot_be_read_are_an_error_and_not_none() {
    let file = json!({"r.example": {"auth": auth("me:pw")}});
    for (name, reason) in [
        ("fail", "the vault is locked"),
        ("missing", "no `docker-credential-missing` in PATH"),
        ("../ok", "not the name of a helper"),
    ] {
        for config in [
            json!({"credsStore": name, "auths": file}),
            json!({"credHelpers": {"r.example": name}, "auths": file}),
        ] {
            let programs = machine(config);
            let environment = programs.environment();
            let error = shown(&environment, "r.example/a").await.unwrap_err();
            let told = error.to_string();
            assert!(error.is_credentials(), "{told}");
            for part in ["`r.example`", &format!("docker-credential-{name}"), reason] {
                assert!(told.contains(part), "{told}");
            }
        }
    }
}

/// Where nobody has chosen a helper, one that does not work must not stand in the way of a pull.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_helper_of_the_system_that_fails_counts_as_empty() {
    let programs = machine(json!({}));
    programs.add("docker-credential-secretservice", "echo no bus; exit 1");
    let found = shown(&programs.environment(), "r.example/a").await.unwrap();
    assert_eq!(found, json!({}));
}

/// The helper of the system counts as long as nothing was settled.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_system_may_have_a_helper() {
    let ok = json!({"username": "hu", "password": "hs", "serveraddress": "r.example"});
    for (config, installed, expected) in [
        (json!({}), ["pass", "docker-credential-pass"], &ok),
        (
            json!({"auths": {}}),
            ["pass", "docker-credential-pass"],
            &ok,
        ),
        (json!({}), ["docker-credential-secretservice", "other"], &ok),
        // The one of `pass` is the right one if `pass` is there, though the other is, too.
        (
            json!({}),
            ["pass", "docker-credential-secretservice"],
            &json!({}),
        ),
        (json!({}), ["docker-credential-pass", "other"], &json!({})),
        (
            json!({"auths": {"q.example": {}}}),
            ["pass", "docker-credential-pass"],
            &json!({}),
        ),
        (
            json!({"credHelpers": {"q.example": "ok"}}),
            ["pass", "docker-credential-pass"],
            &json!({}),
        ),
    ] {
        let programs = machine(config.clone());
        for name in installed {
            programs.add(name, r#"exec ./docker-credential-ok "$@""#);
        }
        let found = shown(&programs.environment(), "r.example/a").await.unwrap();
        assert_eq!(found, *expected, "{config} {installed:?}");
    }
}

#[tokio::test]
async fn the_variable_comes_first() {
    let config = json!({"auths": {
        "r.example": {"auth": auth("me:pw")},
        "q.example": {"auth": auth("you:pw")},
    }});
    let programs = machine(config);
    let with = |text: String| {
        let variables = [("PATH", programs.path()), (VARIABLE, text)];
        Environment::made_up(programs.folder(), variables)
    };
    let ci = with(json!({"auths": {"r.example": {"auth": auth("ci:pw")}}}).to_string());
    let found = shown(&ci, "r.example/a").await.unwrap();
    let expected = json!({"username": "ci", "password": "pw", "serveraddress": "r.example"});
    assert_eq!(found, expected);
    assert_eq!(shown(&ci, "q.example/a").await.unwrap()["username"], "you");
    for text in ["", " ", "{}", r#"{"auths":{}}"#] {
        let environment = with(text.to_owned());
        let found = shown(&environment, "r.example/a").await.unwrap();
        assert_eq!(found["username"], "me", "{text}");
    }
    for text in [
        "s3cret",
        "[]",
        r#""s3cret""#,
        r#"{"auths":{}} {}"#,
        r#"{"auths":{},"credsStore":"s3cret"}"#,
        r#"{"auths":{"r.example":{}}}"#,
        r#"{"auths":{"r.example":{"username":"s3cret"}}}"#,
        r#"{"auths":{"r.example":{"auth":"s3cret!"}}}"#,
        r#"{"auths":{"r.example":{"auth":"czNjcmV0"}}}"#,
        r#"{"auths":{"r.example":{"auth":"bWU6cHc=","s3cret":1}}}"#,
    ] {
        let error = shown(&with(text.to_owned()), "r.example/a")
            .await
            .unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(error.is_invalid_input(), "{told}");
        assert!(
            error.to_string().starts_with("DOCKER_AUTH_CONFIG: "),
            "{told}"
        );
        assert!(!told.contains("s3cret"), "{told}");
    }
}

#[tokio::test]
async fn what_changes_is_seen_without_a_new_client() {
    let programs = machine(json!({}));
    let environment = Environment::made_up(programs.folder(), [("PATH", "/nowhere")]);
    assert_eq!(shown(&environment, "r.example/a").await.unwrap(), json!({}));
    write(
        &programs,
        json!({"auths": {"r.example": {"auth": auth("me:pw")}}}),
    );
    let found = shown(&environment, "r.example/a").await.unwrap();
    assert_eq!(found["username"], "me");
    fs::write(programs.folder().join(".docker/config.json"), "{").unwrap();
    let error = shown(&environment, "r.example/a").await.unwrap_err();
    assert!(error.to_string().contains("config.json"), "{error}");
}

/// The keys and users of all credentials, and how many could not be read.
async fn all(environment: &Environment) -> (Vec<(String, String)>, Vec<String>) {
    let stores = Stores::open(environment).await.unwrap();
    let (found, failures) = stores.all().await.unwrap();
    let found = found.into_iter().map(|one| {
        let key = one.address().unwrap_or_default().to_owned();
        (key, one.username.unwrap_or_default())
    });
    let failures = failures.iter().map(Error::to_string);
    (found.collect(), failures.collect())
}

#[tokio::test]
async fn a_build_gets_all_that_can_be_read() {
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        let pairs = pairs.iter();
        pairs
            .map(|&(key, user)| (key.into(), user.into()))
            .collect()
    };
    let hub = "https://index.docker.io/v1/";
    let programs = machine(json!({"auths": {
        hub: {"auth": auth("me:pw")},
        "https://q.example/v1/": {"identitytoken": "t"},
        "x.example": {"auth": "%%"},
        "y.example": {},
    }}));
    let (found, failures) = all(&programs.environment()).await;
    assert_eq!(found, pairs(&[(hub, "me"), ("https://q.example/v1/", "")]));
    assert!(failures[0].contains("`x.example`"), "{failures:?}");
    assert_eq!(failures.len(), 1);

    write(&programs, json!({"credsStore": "ok"}));
    let (found, failures) = all(&programs.environment()).await;
    assert_eq!(found, pairs(&[(hub, "hu"), ("r.example", "hu")]));
    assert!(failures.is_empty());
    assert_eq!(programs.read("asked"), "list\nget\nget\n");

    write(&programs, json!({"credsStore": "fail"}));
    let (found, failures) = all(&programs.environment()).await;
    assert!(found.is_empty());
    assert!(failures[0].contains("the vault is locked"), "{failures:?}");

    write(
        &programs,
        json!({
            "credHelpers": {"r.example": "ok", "y.example": "none", "z.example": "fail"},
            "auths": {"q.example": {"auth": auth("me:pw")}},
        }),
    );
    let variables = [
        ("PATH", programs.path()),
        (
            VARIABLE,
            json!({"auths": {"q.example": {"auth": auth("ci:pw")}}}).to_string(),
        ),
    ];
    let environment = Environment::made_up(programs.folder(), variables);
    let (found, failures) = all(&environment).await;
    assert_eq!(found, pairs(&[("q.example", "ci"), ("r.example", "hu")]));
    assert_eq!(failures.len(), 1);
    assert!(failures[0].contains("`z.example`"), "{failures:?}");
}
