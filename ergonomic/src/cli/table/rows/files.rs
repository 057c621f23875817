//! `config.json`, and TLS by variables.

use super::{DEFAULT, LATER, WARNS};
use crate::cli::table::Content::{Folder, Link, Text};
use crate::cli::table::{Row, id, row};

pub(super) fn rows() -> Vec<Row> {
    [
        config_files(),
        broken_config_files(),
        tls_variables(),
        tls_files(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn config_files() -> Vec<Row> {
    let file = |name, text: &str| {
        row(name)
            .there_is("one", "unix:///1")
            .there_is("two", "unix:///2")
            .config(text)
    };
    let gives = |row: Row| row.gives("unix:///1 by current context `one` of config.json");
    vec![
        file("an empty config.json", ""),
        file("a config.json of blanks", " \n "),
        file("a config.json that is null", "null"),
        file("a config.json without a context", r#"{"auths":{}}"#),
        file(
            "a current context that is empty",
            r#"{"currentContext":""}"#,
        ),
        file(
            "a current context that is null",
            r#"{"currentContext":null}"#,
        ),
        gives(file("a current context", r#"{"currentContext":"one"}"#)),
        gives(file(
            "more after config.json",
            r#"{"currentContext":"one"} trailing"#,
        )),
        gives(file(
            "two current contexts",
            r#"{"currentContext":"two","currentContext":"one"}"#,
        )),
        gives(file(
            "a key in other letters",
            r#"{"CURRENTcontext":"one"}"#,
        )),
        gives(file(
            "a bad entry of another kind",
            r#"{"currentContext":"one","detachKeys":7}"#,
        )),
        gives(file(
            "a bad credential",
            r#"{"currentContext":"one","auths":{"x":{"auth":"!"}}}"#,
        )),
        row("config.json is a link to nothing").at(".docker/config.json", Link("gone")),
        row("the folder of the CLI is a file").at(".docker", Text(Vec::new())),
        gives(
            row("another folder of the CLI")
                .var("DOCKER_CONFIG", "{home}/other")
                .config("not JSON")
                .at(
                    "other/config.json",
                    Text(br#"{"currentContext":"one"}"#.to_vec()),
                )
                .at(
                    format!("other/contexts/meta/{}/meta.json", id("one")),
                    Text(br#"{"Name":"one","Endpoints":{"docker":{"Host":"unix:///1"}}}"#.to_vec()),
                ),
        ),
        row("another folder of the CLI that is not there")
            .var("DOCKER_CONFIG", "{home}/other")
            .config(r#"{"currentContext":"one"}"#),
        row("an empty name of the folder of the CLI")
            .var("DOCKER_CONFIG", "")
            .there_is("one", "unix:///1")
            .config(r#"{"currentContext":"one"}"#)
            .gives("unix:///1 by current context `one` of config.json"),
    ]
}

fn broken_config_files() -> Vec<Row> {
    let file = |name, text: &str| {
        row(name)
            .there_is("one", "unix:///1")
            .config(text)
            .but_the_cli(DEFAULT, WARNS)
    };
    vec![
        file("config.json is a list", "[]").fails("/.docker/config.json is no JSON object"),
        file("config.json has a byte order mark", "\u{feff}{}").fails("line 1 column 1"),
        file("config.json breaks off", "{\n\"currentContext\":\"one\"").fails("line 2 column"),
        file("config.json has a comment", "{ // mine\n}").fails("line 1 column 3"),
        file("config.json is a word", "s3cret").fails("config.json is not JSON"),
        file("the current context is a number", r#"{"currentContext":7}"#)
            .fails("`currentContext` is not a string"),
        row("config.json is a folder")
            .at(".docker/config.json", Folder)
            .fails("/.docker/config.json cannot be read")
            .but_the_cli(DEFAULT, WARNS),
        row("config.json that nobody can read")
            .at(".docker/config.json", Link("config.json"))
            .fails("/.docker/config.json cannot be read")
            .but_the_cli(DEFAULT, WARNS),
        row("config.json is very long")
            .there_is("one", "unix:///1")
            .config(format!(
                "{{\"a\":\"{}\",\"currentContext\":\"one\"}}",
                "x".repeat(17 << 20)
            ))
            .fails("longer than 16777216 bytes")
            .but_the_cli("unix:///1", "nothing that is read may fill the memory"),
        row("config.json is not UTF-8")
            .config(b"{\"currentContext\":\"one\xff\"}".as_slice())
            .fails("config.json is not JSON")
            .but_the_cli("context not found", "the CLI changes what it cannot read"),
        row("config.json is malformed, and a host is set")
            .var("DOCKER_HOST", "unix:///h")
            .config("{")
            .gives("unix:///h by DOCKER_HOST"),
        row("config.json is malformed, and a context is given")
            .there_is("one", "unix:///1")
            .by_context("one")
            .config("{")
            .gives("unix:///1 by context `one`"),
    ]
}

fn tls_variables() -> Vec<Row> {
    let tcp = |name| row(name).var("DOCKER_HOST", "tcp://127.0.0.1:{port}");
    let ca = |row: Row| row.pem(".docker", &["ca.pem"]);
    vec![
        row("TLS without an authority")
            .var("DOCKER_TLS_VERIFY", "1")
            .fails("DOCKER_TLS_VERIFY asks for TLS, and /.docker/ca.pem is missing"),
        row("unverified TLS without an authority")
            .var("DOCKER_TLS", "1")
            .fails("DOCKER_TLS asks for TLS, and /.docker/ca.pem is missing"),
        row("TLS to a socket without an authority")
            .var("DOCKER_TLS_VERIFY", "1")
            .var("DOCKER_HOST", "unix:///d")
            .fails("ca.pem is missing"),
        row("TLS through ssh without an authority")
            .var("DOCKER_TLS_VERIFY", "1")
            .var("DOCKER_HOST", "ssh://build")
            .fails("ca.pem is missing"),
        tcp("no TLS")
            .pem(".docker", &["ca.pem"])
            .gives("tcp://127.0.0.1:{port} by DOCKER_HOST"),
        tcp("TLS by an empty variable")
            .var("DOCKER_TLS_VERIFY", "")
            .gives("tcp://127.0.0.1:{port} by DOCKER_HOST"),
        tcp("a folder of certificates alone")
            .var("DOCKER_CERT_PATH", "{home}/certs")
            .gives("tcp://127.0.0.1:{port} by DOCKER_HOST"),
        ca(tcp("TLS"))
            .var("DOCKER_TLS_VERIFY", "1")
            .gives("tcp://127.0.0.1:{port} by DOCKER_HOST [ca]"),
        ca(tcp("TLS by `0`"))
            .var("DOCKER_TLS_VERIFY", "0")
            .gives("tcp://127.0.0.1:{port} by DOCKER_HOST [ca]"),
        ca(tcp("unverified TLS"))
            .var("DOCKER_TLS", "1")
            .gives("tcp://127.0.0.1:{port} by DOCKER_HOST [ca unverified]"),
        ca(tcp("unverified TLS by `0`"))
            .var("DOCKER_TLS", "0")
            .gives("tcp://127.0.0.1:{port} by DOCKER_HOST [ca unverified]"),
        ca(tcp("both kinds of TLS"))
            .var("DOCKER_TLS", "1")
            .var("DOCKER_TLS_VERIFY", "1")
            .gives("tcp://127.0.0.1:{port} by DOCKER_HOST [ca]"),
        ca(row("TLS to a host given"))
            .var("DOCKER_TLS_VERIFY", "1")
            .host("tcp://127.0.0.1:{port}")
            .gives("tcp://127.0.0.1:{port} by the address given [ca]"),
        ca(row("TLS and no host"))
            .var("DOCKER_TLS_VERIFY", "1")
            .gives("tcp://localhost:2376 by the default [ca]"),
        ca(row("unverified TLS and no host"))
            .var("DOCKER_TLS", "1")
            .gives("tcp://localhost:2376 by the default [ca unverified]"),
        ca(row("TLS and a host of blanks"))
            .var("DOCKER_TLS_VERIFY", "1")
            .var("DOCKER_HOST", " ")
            .gives("tcp://localhost:2376 by DOCKER_HOST [ca]"),
        ca(row("TLS and no port"))
            .var("DOCKER_TLS_VERIFY", "1")
            .var("DOCKER_HOST", "tcp://10.0.0.1")
            .gives("tcp://10.0.0.1:2375 by DOCKER_HOST [ca]"),
        ca(row("TLS and a socket"))
            .var("DOCKER_TLS_VERIFY", "1")
            .var("DOCKER_HOST", "unix:///d")
            .gives("unix:///d by DOCKER_HOST"),
    ]
}

fn tls_files() -> Vec<Row> {
    let tls = |name| {
        row(name)
            .var("DOCKER_TLS_VERIFY", "1")
            .var("DOCKER_HOST", "tcp://127.0.0.1:{port}")
    };
    let ca = "tcp://127.0.0.1:{port} by DOCKER_HOST [ca]";
    let client = "tcp://127.0.0.1:{port} by DOCKER_HOST [ca client]";
    vec![
        tls("all of TLS")
            .pem(".docker", &["ca.pem", "cert.pem", "key.pem"])
            .gives(client),
        tls("a certificate without key")
            .pem(".docker", &["ca.pem", "cert.pem"])
            .gives(ca),
        tls("a key without certificate")
            .pem(".docker", &["ca.pem", "key.pem"])
            .gives(ca),
        tls("certificates in a folder of their own")
            .var("DOCKER_CERT_PATH", "{home}/certs")
            .pem("certs", &["ca.pem", "cert.pem", "key.pem"])
            .gives(client),
        tls("certificates in the other folder of the CLI")
            .var("DOCKER_CONFIG", "{home}/other")
            .pem("other", &["ca.pem"])
            .gives(ca),
        tls("a folder of certificates that is not there")
            .var("DOCKER_CERT_PATH", "{home}/certs")
            .pem(".docker", &["ca.pem"])
            .fails("/certs/ca.pem is missing"),
        tls("a key that is a folder")
            .pem(".docker", &["ca.pem", "cert.pem"])
            .at(".docker/key.pem", Folder)
            .gives(client)
            .but_the_cli("is a directory", LATER),
        tls("an authority that is a folder")
            .at(".docker/ca.pem", Folder)
            .gives(ca)
            .but_the_cli("is a directory", LATER),
        tls("an authority that is a link to nothing")
            .at(".docker/ca.pem", Link("gone"))
            .fails("/.docker/ca.pem is missing"),
    ]
}
