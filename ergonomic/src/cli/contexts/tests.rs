//! Contexts as the docker CLI keeps them on disk, whole and broken.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::*;

const NONE: [(&str, &str); 0] = [];

/// A home with contexts in it.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn context(&self, name: &str, meta: &str) {
        let folder = self
            .path()
            .join(".docker/contexts/meta")
            .join(store::id(name));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("meta.json"), meta).unwrap();
    }

    fn config(&self, text: &str) {
        fs::create_dir_all(self.path().join(".docker")).unwrap();
        fs::write(self.path().join(".docker/config.json"), text).unwrap();
    }

    fn contexts(&self) -> Contexts {
        Contexts::of(Environment::made_up(self.path(), NONE))
    }
}

fn shown(context: &Context) -> String {
    let mark = if context.is_current() { "*" } else { "" };
    match context.endpoint() {
        Ok(endpoint) => format!("{}{mark} {endpoint}", context.name()),
        Err(_) => format!("{}{mark} broken", context.name()),
    }
}

#[test]
fn a_broken_context_is_listed_beside_the_others() {
    let home = Home::new();
    home.context(
        "one",
        r#"{"Name":"one","Endpoints":{"docker":{"Host":"unix:///1"}}}"#,
    );
    home.context("two", "{");
    home.context("three", r#"{"Name":"three","Endpoints":{}}"#);
    home.context(
        "four",
        r#"{"Name":"other","Endpoints":{"docker":{"Host":"unix:///4"}}}"#,
    );
    home.config(r#"{"currentContext":"two"}"#);
    let contexts = home.contexts();
    let listed = contexts.list().unwrap();
    let lines: Vec<String> = listed.iter().map(shown).collect();
    let default = format!(
        "default unix://{}/var/run/docker.sock",
        home.path().display()
    );
    let four = format!("{} broken", store::id("four"));
    let mut expected = vec![
        &*default,
        "one unix:///1",
        "three broken",
        "two* broken",
        &*four,
    ];
    expected.sort();
    assert_eq!(lines, expected);

    let three = contexts.inspect("three").unwrap();
    let error = three.endpoint().unwrap_err().to_string();
    assert!(error.contains("names no engine"), "{error}");
    let error = contexts.inspect("two").unwrap_err();
    assert!(
        error.is_invalid_input() && error.to_string().contains("not JSON"),
        "{error}"
    );
}

#[test]
fn a_current_context_that_is_not_there_is_listed() {
    let home = Home::new();
    home.config(r#"{"currentContext":"gone"}"#);
    let listed = home.contexts().list().unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(shown(&listed[1]), "gone* broken");
    assert!(home.contexts().inspect("gone").is_err());
    assert_eq!(home.contexts().current().unwrap(), "gone");
}

#[test]
fn what_is_unknown_is_kept_and_does_not_show() {
    let home = Home::new();
    home.context(
        "one",
        r#"{"Name":"one","Metadata":{"Description":"first","otel":{"token":"s3cret"}},
            "Endpoints":{"docker":{"Host":"unix:///1"},"more":{"Host":"x"}}}"#,
    );
    let one = home.contexts().inspect("one").unwrap();
    assert_eq!(one.description(), Some("first"));
    assert!(!one.is_current());
    assert_eq!(one.document()["Metadata"]["otel"]["token"], "s3cret");
    assert_eq!(one.document()["Endpoints"]["more"]["Host"], "x");
    assert!(!format!("{one:?}").contains("s3cret"));
}

#[test]
fn where_there_is_no_folder_there_is_the_default() {
    let contexts = Contexts::of(Environment::nothing());
    let listed = contexts.list().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].name(), "default");
    assert!(listed[0].is_current());
    assert!(contexts.inspect("one").unwrap_err().is_invalid_input());
}

/// What the CLI writes is what is read here.
#[test]
fn contexts_of_the_cli_are_understood() {
    let home = Home::new();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let pem = |name: &str, text: String| {
        let path = home.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let ca = pem("ca.pem", made.cert.pem());
    let key = pem("key.pem", made.signing_key.serialize_pem());
    let docker = |arguments: &[&str]| {
        let mut command = Command::new("docker");
        command.env_clear().env("HOME", home.path()).args(arguments);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.output().is_ok_and(|output| output.status.success())
    };
    let engine = format!("host=tcp://build:2376,ca={ca},cert={ca},key={key}");
    let create = ["context", "create", "a.b+c", "--description", "to build"];
    if !docker(&[&create[..], &["--docker", &engine]].concat()) {
        println!("skipped: there is no docker CLI here");
        return;
    }
    let engine = "host=tcp://build:2375,skip-tls-verify=true";
    assert!(docker(&["context", "create", "open", "--docker", engine]));
    assert!(docker(&["context", "create", "again", "--from", "a.b+c"]));
    assert!(docker(&["context", "use", "a.b+c"]));

    let contexts = home.contexts();
    let lines: Vec<String> = contexts.list().unwrap().iter().map(shown).collect();
    assert_eq!(lines[0], "a.b+c* tcp://build:2376");
    assert_eq!(lines[1], "again tcp://build:2376");
    assert_eq!(lines[3], "open tcp://build:2375");
    let context = contexts.inspect("a.b+c").unwrap();
    assert_eq!(context.description(), Some("to build"));
    for name in ["a.b+c", "again"] {
        let context = contexts.inspect(name).unwrap();
        let tls = context.endpoint().unwrap().tls().unwrap();
        assert!(tls.client.is_some() && !tls.authorities.is_empty() && !tls.unverified);
    }
    let open = contexts.inspect("open").unwrap();
    assert!(open.endpoint().unwrap().tls().unwrap().unverified);
}
