//! Helpers that are small programs, each with its own way to be of no use.

use std::fs;
use std::path::Path;
use std::time::Instant;

use super::*;

/// A folder that is all of `PATH`: no program of the machine's own is found.
pub(in crate::registry) struct Programs(tempfile::TempDir);

impl Programs {
    pub(in crate::registry) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(in crate::registry) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// A program of the shell, which itself may use those of the system.
    pub(in crate::registry) fn add(&self, name: &str, script: &str) {
        let path = self.0.path().join(name);
        let folder = self.0.path().display();
        let script = format!("#!/bin/sh\nPATH=/usr/bin:/bin\ncd {folder}\n{script}\n");
        // Written by another process: what is open for writing in this one, others that it starts
        // may hold open, and then it cannot be run.
        let written = std::process::Command::new("sh")
            .args([
                "-c",
                "printf %s \"$1\" > \"$2\" && chmod 755 \"$2\"",
                "sh",
                &script,
            ])
            .arg(&path)
            .status();
        assert!(written.unwrap().success());
    }

    pub(in crate::registry) fn path(&self) -> String {
        self.0.path().to_str().unwrap().to_owned()
    }

    pub(in crate::registry) fn environment(&self) -> Environment {
        Environment::made_up(self.0.path(), [("PATH", self.path())])
    }

    /// The lines of a file that a program has written.
    pub(in crate::registry) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.path().join(file)).unwrap_or_default()
    }
}

fn helper(script: &str) -> (Programs, Helper) {
    let programs = Programs::new();
    programs.add("docker-credential-test", script);
    let helper = Helper::new("test", &programs.environment());
    (programs, helper)
}

async fn failing(script: &str) -> String {
    let (_programs, helper) = helper(script);
    helper.get("r.example").await.unwrap_err().to_string()
}

#[tokio::test]
async fn credentials_come_from_a_program() {
    let (programs, helper) = helper(
        r#"echo "$@" > asked; cat > heard
        echo '{"ServerURL":"else","Username":"me","Secret":"s3cret"}'"#,
    );
    let got = helper.get("https://index.docker.io/v1/").await.unwrap();
    let expected = Credentials::password("me", "s3cret").registry("https://index.docker.io/v1/");
    assert_eq!(got, Some(expected));
    assert_eq!(programs.read("asked"), "get\n");
    assert_eq!(programs.read("heard"), "https://index.docker.io/v1/");
}

#[tokio::test]
async fn the_user_of_a_token_is_no_user() {
    let (_programs, helper) = helper(r#"echo '{"Username":"<token>","Secret":"t0ken"}'"#);
    let got = helper.get("r.example").await.unwrap();
    let expected = Credentials::identity_token("t0ken").registry("r.example");
    assert_eq!(got, Some(expected));
}

#[tokio::test]
async fn a_program_may_have_nothing() {
    for script in [
        "echo credentials not found in native keychain; exit 1",
        r#"echo '{"ServerURL":"r.example","Username":"","Secret":""}'"#,
    ] {
        let (_programs, helper) = helper(script);
        assert_eq!(helper.get("r.example").await.unwrap(), None, "{script}");
    }
}

#[tokio::test]
async fn a_failure_is_told_in_the_words_of_the_program() {
    let told = failing("echo 'the vault is locked'; exit 3").await;
    assert!(
        told.contains("`docker-credential-test get` failed"),
        "{told}"
    );
    assert!(told.contains("the vault is locked"), "{told}");
    let told = failing("echo 'no vault' >&2; exit 1").await;
    assert!(told.contains("no vault"), "{told}");
    let told = failing("exit 7").await;
    assert!(told.contains("without a reason"), "{told}");
    let told = failing("kill -9 $$").await;
    assert!(told.contains("signal"), "{told}");
}

#[tokio::test]
async fn what_is_no_answer_is_not_repeated() {
    for script in [
        "echo s3cret",
        "true",
        r#"echo '{"Username":"me","Secret":["s3cret"]}'"#,
        r#"echo '["s3cret"]'"#,
        r#"printf '{"Username":"me","Secret":"s3cret'"#,
        r"printf 's3cret\377'",
    ] {
        let told = failing(script).await;
        assert!(told.contains("not what a helper answers"), "{told}");
        assert!(!told.contains("s3cret"), "{told}");
    }
}

#[tokio::test]
async fn a_flood_is_broken_off() {
    let (programs, helper) = helper("echo $$ > pid; exec head -c 104857600 /dev/zero");
    let told = helper.get("r.example").await.unwrap_err().to_string();
    assert!(told.contains("more than 1048576 bytes"), "{told}");
    assert!(!is_alive(&programs), "it is ended, and taken note of");
    // One that complains without end, and then answers, is heard.
    let told = failing("head -c 10485760 /dev/zero >&2; echo enough; exit 1").await;
    assert!(told.contains("enough"), "{told}");
}

#[tokio::test]
async fn one_that_hangs_is_ended() {
    let (programs, helper) = helper("echo $$ > pid; echo one; exec sleep 600");
    let helper = Helper {
        time: Duration::from_millis(300),
        ..helper
    };
    let begun = Instant::now();
    let told = helper.get("r.example").await.unwrap_err().to_string();
    assert!(told.contains("did not answer within 0.3 s"), "{told}");
    assert!(begun.elapsed() < Duration::from_secs(60));
    assert!(!is_alive(&programs));
}

#[tokio::test]
async fn one_that_nobody_waits_for_is_ended() {
    let (programs, helper) = helper("echo $$ > pid; exec sleep 600");
    {
        let get = helper.get("r.example");
        tokio::pin!(get);
        while programs.read("pid").is_empty() {
            let waited = tokio::time::timeout(Duration::from_millis(5), &mut get).await;
            assert!(waited.is_err());
        }
    }
    while is_alive(&programs) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Whether the process that wrote its number is there, as a zombie too.
fn is_alive(programs: &Programs) -> bool {
    let pid = programs.read("pid");
    Path::new("/proc").join(pid.trim()).exists()
}

#[tokio::test]
async fn one_that_does_not_listen_is_heard() {
    let (_programs, helper) =
        helper("exec 0<&-; echo credentials not found in native keychain; exit 1");
    let long = "x".repeat(1 << 20);
    assert_eq!(helper.get(&long).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_no_name_or_no_program_is_not_run() {
    let programs = Programs::new();
    programs.add("evil", "touch run");
    fs::write(programs.folder().join("docker-credential-data"), "").unwrap();
    let environment = programs.environment();
    for (name, reason) in [
        ("", "not the name"),
        ("../evil", "not the name"),
        ("x/../../evil", "not the name"),
        ("a b", "not the name"),
        ("a\0b", "not the name"),
        ("evil;touch run", "not the name"),
        ("missing", "no `docker-credential-missing` in PATH"),
        ("data", "no `docker-credential-data` in PATH"),
    ] {
        let helper = Helper::new(name, &environment);
        let told = helper.get("r.example").await.unwrap_err().to_string();
        assert!(told.contains(reason), "{name}: {told}");
    }
    assert!(!programs.folder().join("run").exists());
    let nowhere = Helper::new("test", &Environment::nothing());
    assert!(!nowhere.exists());
    assert!(nowhere.get("r.example").await.is_err());
}

#[tokio::test]
async fn credentials_are_stored_listed_and_erased() {
    let (programs, helper) = helper(
        r#"echo "$@" >> asked
        case $1 in
        store) cat > kept ;;
        erase) read key || true; test "$key" = r.example || { echo credentials not found in native keychain; exit 1; } ;;
        list) echo '{"r.example":"me","q.example":"you"}' ;;
        esac"#,
    );
    let password = Credentials::password("me", "s3\"cret");
    helper.store("r.example", &password).await.unwrap();
    let kept: serde_json::Value = serde_json::from_str(&programs.read("kept")).unwrap();
    let expected = serde_json::json!({"ServerURL":"r.example","Username":"me","Secret":"s3\"cret"});
    assert_eq!(kept, expected);
    let token = Credentials::identity_token("t0ken");
    helper.store("r.example", &token).await.unwrap();
    assert!(programs.read("kept").contains(r#""Username":"<token>""#));
    let mut listed = helper.list().await.unwrap();
    listed.sort();
    assert_eq!(listed, ["q.example", "r.example"]);
    assert!(helper.erase("r.example").await.unwrap());
    assert!(!helper.erase("q.example").await.unwrap());
    assert_eq!(programs.read("asked"), "store\nstore\nlist\nerase\nerase\n");
}

#[tokio::test]
async fn a_list_may_be_nothing() {
    for script in ["echo null", "echo '{}'"] {
        let (_programs, helper) = helper(script);
        assert!(helper.list().await.unwrap().is_empty(), "{script}");
    }
}
