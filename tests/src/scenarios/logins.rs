//! Credentials and proxies that are configured on the machine of the client.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dockwright::{BuildContext, Credentials, Docker, Error};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::registry::{closed, pushed, remove, tester};
use crate::engine::{Engine, IMAGE};
use crate::examples::beside;

/// A folder of the CLI with this `config.json`.
fn folder(config: &Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    folder
}

/// The same engine for a client whose machine has this folder.
async fn at(engine: &Engine, folder: &Path) -> Docker {
    let connect = Docker::connect_to(engine.docker.endpoint().to_string());
    connect.isolated().config_dir(folder).await.unwrap()
}

/// What `config.json` keeps of a user of the registry that wants one.
fn auths(engine: &Engine, password: &str) -> Value {
    let auth = STANDARD.encode(format!("tester:{password}"));
    json!({"auths": {closed(engine): {"auth": auth}}})
}

#[track_caller]
fn assert_refused(error: &Error, advice: &str) {
    assert!(error.is_unauthorized(), "{error}");
    let told = format!("{error} {error:?}");
    assert!(told.contains(advice), "{told}");
    assert!(!told.contains("wr0ng"), "{told}");
}

pub async fn credentials_of_the_file(engine: Engine) {
    let image = pushed(&engine, &closed(&engine), tester()).await;
    let name = image.name_or_id();
    let right = folder(&auths(&engine, "s3cret"));
    let docker = at(&engine, right.path()).await;
    docker.images().pull(name).await.unwrap();
    docker.image(name).push().await.unwrap();
    if !engine.is_podman() {
        docker.image(name).distribution().await.unwrap();
    }

    // What is given counts, and so does nothing that is given.
    let wrong = || Credentials::password("tester", "wr0ng");
    let advice = "check the credentials that it was given";
    let pull = docker.images().pull(name).credentials(wrong());
    assert_refused(&pull.await.unwrap_err(), advice);
    let push = docker.image(name).push().credentials(wrong());
    assert_refused(&push.await.unwrap_err(), advice);
    let nobody = Credentials::anonymous;
    let pull = docker.images().pull(name).credentials(nobody());
    assert_refused(&pull.await.unwrap_err(), "give it credentials");

    // A change is seen by the client that there is.
    let config = right.path().join("config.json");
    fs::write(&config, auths(&engine, "wr0ng").to_string()).unwrap();
    let advice = "check the credentials that are configured";
    assert_refused(&docker.images().pull(name).await.unwrap_err(), advice);
    assert_refused(&docker.image(name).push().await.unwrap_err(), advice);
    fs::remove_file(&config).unwrap();
    let advice = "no credentials for";
    assert_refused(&docker.images().pull(name).await.unwrap_err(), advice);
    assert_refused(&docker.image(name).push().await.unwrap_err(), advice);

    // What cannot be read is no reason to ask as nobody.
    fs::write(&config, "{").unwrap();
    let error = docker.images().pull(name).await.unwrap_err();
    assert!(error.to_string().contains("config.json"), "{error}");
    fs::write(&config, r#"{"credsStore":"nowhere"}"#).unwrap();
    let error = docker.image(name).push().await.unwrap_err();
    assert!(error.is_credentials(), "{error}");
    assert!(error.to_string().contains("docker-credential-nowhere"));

    // The image of a container is pulled by the same.
    remove(&image).await;
    fs::write(&config, auths(&engine, "s3cret").to_string()).unwrap();
    let run = engine.with(docker).run_image(name, ["true"]);
    assert!(run.auto_remove().output().await.unwrap().status.success());
    remove(&image).await;
}

/// The outcome of a program of tests that asks the registry, on a machine with these variables.
async fn asked(engine: &Engine, verb: &str, image: &str, variables: &[(&str, String)]) -> String {
    let mut command = Command::new(beside("registry"));
    command
        .args([verb, image])
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .env("DOCKER_HOST", engine.docker.endpoint().to_string())
        .env_remove("DOCKER_API_VERSION")
        .env_remove("DOCKER_AUTH_CONFIG");
    let ran = tokio::task::spawn_blocking(move || command.output()).await;
    let output = ran.unwrap().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub async fn credentials_of_a_helper(engine: Engine) {
    let image = pushed(&engine, &closed(&engine), tester()).await;
    let name = image.name_or_id();
    let machine = folder(&json!({"credHelpers": {closed(&engine): "dockwright-test"}}));
    let helper = machine.path().join("docker-credential-dockwright-test");
    let path = std::env::var("PATH").unwrap_or_default();
    let variables = [
        ("DOCKER_CONFIG", machine.path().display().to_string()),
        ("PATH", format!("{}:{path}", machine.path().display())),
    ];
    let answers =
        |password: &str| format!(r#"echo '{{"Username":"tester","Secret":"{password}"}}'"#);
    for (script, outcome) in [
        (answers("s3cret"), ""),
        (answers("wr0ng"), "unauthorized: "),
        (
            "echo the vault is locked; exit 1".to_owned(),
            "credentials: ",
        ),
        (
            "echo credentials not found in native keychain; exit 1".to_owned(),
            "unauthorized: ",
        ),
    ] {
        for verb in ["pull", "push"] {
            write_program(&helper, &script);
            let said = asked(&engine, verb, name, &variables).await;
            assert_eq!(
                said.is_empty(),
                outcome.is_empty(),
                "{verb} {script}: {said}"
            );
            assert!(said.starts_with(outcome), "{verb} {script}: {said}");
            assert!(!said.contains("wr0ng"), "{said}");
        }
    }
    remove(&image).await;
}

fn write_program(path: &Path, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    // Renamed, for one that runs cannot be written to, and vice versa.
    let new = path.with_extension("new");
    fs::write(&new, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(new, path).unwrap();
}

/// Whether a program is on the machine.
fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

/// The helper that many machines have, with a store of its own.
pub async fn credentials_of_pass(engine: Engine) {
    let needed = ["docker-credential-pass", "pass", "gpg"];
    if let Some(missing) = needed.into_iter().find(|name| !is_installed(name)) {
        println!("skipped: {missing} is not on this machine");
        return;
    }
    let image = pushed(&engine, &closed(&engine), tester()).await;
    let name = image.name_or_id();
    let machine = folder(&json!({}));
    let home = machine.path().display().to_string();
    let variables = [
        ("HOME", home.clone()),
        ("DOCKER_CONFIG", home.clone()),
        ("GNUPGHOME", format!("{home}/gnupg")),
        ("PASSWORD_STORE_DIR", format!("{home}/store")),
    ];
    let shell = |script: String| {
        let mut command = Command::new("sh");
        command.args(["-ec", &script]);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
    };
    shell(
        "mkdir -m 700 $GNUPGHOME; \
         gpg --batch --quiet --passphrase '' --quick-generate-key tester default default never; \
         pass init tester"
            .to_owned(),
    );
    let kept = |password: &str| json!({"ServerURL": closed(&engine), "Username": "tester", "Secret": password});
    for (password, outcome) in [("s3cret", ""), ("wr0ng", "unauthorized: ")] {
        shell(format!(
            "echo '{}' | docker-credential-pass store",
            kept(password)
        ));
        // Nothing is settled in `config.json`, and `pass` is there.
        for verb in ["pull", "push"] {
            let said = asked(&engine, verb, name, &variables).await;
            assert_eq!(said.is_empty(), outcome.is_empty(), "{verb}: {said}");
            assert!(said.starts_with(outcome), "{verb}: {said}");
        }
    }
    shell("gpgconf --kill all".to_owned());
    remove(&image).await;
}

pub async fn login_and_logout(engine: Engine) {
    let image = pushed(&engine, &closed(&engine), tester()).await;
    let name = image.name_or_id();
    let machine = folder(&json!({"new": {"key": 1}, "auths": {"q.example": {"auth": "eDp5"}}}));
    let docker = at(&engine, machine.path()).await;
    let registry = closed(&engine);
    let config = || -> Value {
        let text = fs::read(machine.path().join("config.json")).unwrap();
        serde_json::from_slice(&text).unwrap()
    };
    let before = config();
    let wrong = Credentials::password("tester", "wr0ng").registry(&registry);
    let error = docker.login(wrong).await.unwrap_err();
    assert_eq!(error.is_unauthorized(), !engine.is_podman(), "{error}");
    assert_eq!(error.status(), Some(500), "{error}");
    assert_eq!(config(), before);
    assert!(
        docker
            .images()
            .pull(name)
            .await
            .unwrap_err()
            .is_unauthorized()
    );

    let login = docker.login(tester().registry(format!("http://{registry}/v2/")));
    match engine.is_podman() {
        // It asks over TLS only, which the registry does not speak.
        true => login.unchecked().await.unwrap(),
        false => login.await.unwrap(),
    };
    docker.images().pull(name).await.unwrap();
    let now = config();
    assert_eq!(now["new"], before["new"]);
    assert_eq!(now["auths"]["q.example"], before["auths"]["q.example"]);
    assert_eq!(
        now["auths"][&registry]["auth"],
        STANDARD.encode("tester:s3cret")
    );
    assert!(docker.logout(&registry).await.unwrap());
    assert_eq!(config(), before);
    assert!(
        docker
            .images()
            .pull(name)
            .await
            .unwrap_err()
            .is_unauthorized()
    );
    remove(&image).await;
}

pub async fn build_with_configured_credentials(engine: Engine) {
    let base = pushed(&engine, &closed(&engine), tester()).await;
    let machine = folder(&auths(&engine, "s3cret"));
    let docker = at(&engine, machine.path()).await;
    let text = format!("FROM {}\nRUN true", base.name_or_id());
    let build = |docker: &Docker| {
        let build = docker.images().build(BuildContext::dockerfile(&text));
        build.tag(engine.name("built:1"))
    };
    build(&docker).await.unwrap();
    docker.image(engine.name("built:1")).remove().await.unwrap();
    let _ = base.remove().await;
    let error = build(&docker).credentials(Credentials::anonymous());
    let error = error.await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    let failing = json!({"credHelpers": {closed(&engine): "nowhere"}});
    fs::write(machine.path().join("config.json"), failing.to_string()).unwrap();
    let error = build(&docker).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");
    assert!(
        error.to_string().contains("docker-credential-nowhere"),
        "{error}"
    );
}

pub async fn proxies_of_containers(engine: Engine) {
    let machine = folder(&json!({"proxies": {"default": {
        "httpProxy": "http://me:s3cret@px:1",
        "noProxy": "localhost",
    }}}));
    let docker = at(&engine, machine.path()).await;
    let here = engine.with(docker.clone());
    let env = async |container: dockwright::Container| {
        let inspected = container.inspect().await.unwrap();
        let env = inspected.config.unwrap_or_default().env.into_iter();
        let mut env: Vec<_> = env
            .filter(|entry| entry.to_lowercase().contains("_proxy="))
            .collect();
        env.sort();
        env
    };
    let create = || here.create(["true"]).env("http_proxy", "mine");
    let created = create().await.unwrap();
    let proxies = [
        "HTTP_PROXY=http://me:s3cret@px:1",
        "NO_PROXY=localhost",
        "http_proxy=mine",
        "no_proxy=localhost",
    ];
    assert_eq!(env(created).await, proxies);
    let created = create().proxy_variables(false).await.unwrap();
    assert_eq!(env(created).await, ["http_proxy=mine"]);
    let created = engine.create(["true"]).await.unwrap();
    assert!(env(created).await.is_empty());

    let shown = format!("{:?} {docker:?}", create());
    assert!(!shown.contains("s3cret"), "{shown}");
    let text = format!("FROM {IMAGE}\nRUN echo \"<$HTTP_PROXY $no_proxy>\"");
    let build = || {
        docker
            .images()
            .build(BuildContext::dockerfile(&text))
            .no_cache(true)
    };
    let output = async |build: dockwright::Build| {
        let mut progress = build
            .tag(engine.name("proxied:1"))
            .progress()
            .await
            .unwrap();
        let mut output = String::new();
        while let Some(step) = progress.try_next().await.unwrap() {
            output += &step.to_string();
        }
        output
    };
    let said = output(build()).await;
    assert!(said.contains("<http://me:s3cret@px:1 localhost>"), "{said}");
    let said = output(build().build_arg("HTTP_PROXY", "mine")).await;
    assert!(said.contains("<mine localhost>"), "{said}");
    let said = output(build().proxy_variables(false)).await;
    assert!(said.contains("< >"), "{said}");
}
