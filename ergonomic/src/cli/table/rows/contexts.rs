//! Contexts: their names, hosts, files and certificates.

use crate::cli::table::Content::{Folder, Link, Text};
use crate::cli::table::{Row, id, row};

pub(super) fn rows() -> Vec<Row> {
    [
        context_names(),
        context_hosts(),
        context_files(),
        context_tls(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn context_names() -> Vec<Row> {
    let set = |name, context: &'static str| row(name).var("DOCKER_CONTEXT", context);
    vec![
        set("a context that is not there", "none")
            .there_is("one", "tcp://10.0.0.1:1")
            .fails("DOCKER_CONTEXT: there is no context `none`; name one of those there are: default, one"),
        row("a current context that is not there")
            .config(r#"{"currentContext":"none"}"#)
            .fails("currentContext of config.json: there is no context `none`"),
        row("a context given that is not there").by_context("none").fails("there is no context `none`"),
        set("a name with a slash", "a/b").fails("`a/b` is not the name of a context"),
        set("a name that climbs", "../../../etc").fails("is not the name of a context"),
        set("a name of blanks", " ").fails("is not the name of a context"),
        set("a name in blanks", " one ")
            .there_is("one", "tcp://10.0.0.1:1")
            .fails("is not the name of a context")
            .but_the_cli("context not found", "and it cuts no blanks off either"),
        set("a name of one letter", "a").fails("is not the name of a context"),
        set("a name of one letter that is there", "a")
            .there_is("a", "tcp://10.0.0.1:1")
            .gives("tcp://10.0.0.1:1 by context `a` of DOCKER_CONTEXT"),
        set("a name in capitals", "ONE").there_is("one", "tcp://10.0.0.1:1").fails("no context `ONE`"),
        set("a name with all signs", "7a.b_c+d-e")
            .there_is("7a.b_c+d-e", "tcp://10.0.0.1:1")
            .gives("tcp://10.0.0.1:1 by context `7a.b_c+d-e` of DOCKER_CONTEXT"),
        row("a name that is not UTF-8")
            .var("DOCKER_CONTEXT", b"a\xff".as_slice())
            .fails("DOCKER_CONTEXT: it is not valid UTF-8"),
    ]
}

fn context_hosts() -> Vec<Row> {
    let at = |name, host| row(name).var("DOCKER_CONTEXT", "one").there_is("one", host);
    let of = |name, engine: &str| {
        let text = format!(r#"{{"Name":"one","Endpoints":{{"docker":{engine}}}}}"#);
        row(name).var("DOCKER_CONTEXT", "one").meta("one", text)
    };
    let unread = "the CLI does not look at the address before it connects";
    vec![
        at("a context with a socket", "unix:///run/d.sock")
            .gives("unix:///run/d.sock by context `one` of DOCKER_CONTEXT"),
        at("a context with ssh", "ssh://me@build")
            .gives("ssh://me@build by context `one` of DOCKER_CONTEXT"),
        at("a context with a pipe", "npipe:////./pipe/d")
            .gives("npipe:////./pipe/d by context `one` of DOCKER_CONTEXT"),
        at("a context without a port", "tcp://127.0.0.1")
            .gives("tcp://127.0.0.1:2375 by context `one` of DOCKER_CONTEXT")
            .but_the_cli(
                "tcp://127.0.0.1",
                "the CLI fills in no port here, and goes to that of HTTP",
            ),
        at("a context without a scheme", "127.0.0.1:99")
            .gives("tcp://127.0.0.1:99 by context `one` of DOCKER_CONTEXT")
            .but_the_cli("127.0.0.1:99", "it means the same as in DOCKER_HOST"),
        at("a context with blanks", " tcp://127.0.0.1:99 ")
            .gives("tcp://127.0.0.1:99 by context `one` of DOCKER_CONTEXT")
            .but_the_cli(
                " tcp://127.0.0.1:99 ",
                "it means the same as in DOCKER_HOST",
            ),
        at("a context with an unknown scheme", "ftp://build")
            .fails("DOCKER_CONTEXT: `ftp://build`")
            .but_the_cli("ftp://build", unread),
        at("a context whose socket has no path", "unix://").fails("names no socket"),
        at("a context with an empty host", "")
            .gives("unix:///var/run/docker.sock by context `one` of DOCKER_CONTEXT"),
        of("a context without a host", r#"{"SkipTLSVerify":false}"#)
            .gives("unix:///var/run/docker.sock by context `one` of DOCKER_CONTEXT"),
        of("a context whose host is a number", r#"{"Host":5}"#)
            .fails("`Endpoints.docker.Host` is not a string"),
        of(
            "a context whose flag is text",
            r#"{"Host":"unix:///x","SkipTLSVerify":"yes"}"#,
        )
        .fails("`Endpoints.docker.SkipTLSVerify` is not true or false"),
        of("a context whose engine is null", "null").fails("names no engine"),
    ]
}

fn context_files() -> Vec<Row> {
    let one = |name| row(name).var("DOCKER_CONTEXT", "one");
    let whole = r#"{"Name":"one","Endpoints":{"docker":{"Host":"unix:///x"}}}"#;
    let file = |name, text: &str| one(name).meta("one", text);
    let gives = |row: Row| row.gives("unix:///x by context `one` of DOCKER_CONTEXT");
    vec![
        gives(file("the least of a context", whole)),
        gives(file("a context in small letters", r#"{"name":"one","endpoints":{"docker":{"host":"unix:///x"}}}"#)),
        file("a context with `Docker`", r#"{"Name":"one","Endpoints":{"Docker":{"Host":"unix:///x"}}}"#)
            .fails("names no engine"),
        gives(file("a context with another endpoint too", r#"{"Name":"one","Endpoints":{"kubernetes":{"Host":"k"},"docker":{"Host":"unix:///x"}}}"#)),
        file("a context with another endpoint only", r#"{"Name":"one","Endpoints":{"kubernetes":{}}}"#)
            .fails("names no engine"),
        file("a context without endpoints", r#"{"Name":"one"}"#).fails("names no engine"),
        gives(file("a context that says all twice", r#"{"Name":"one","Endpoints":{"docker":{"Host":"unix:///y"}},"Endpoints":{"docker":{"Host":"unix:///x"}}}"#)),
        gives(file("a context in the folder of another", r#"{"Name":"two","Endpoints":{"docker":{"Host":"unix:///x"}}}"#)),
        gives(file("a context with a number for a description", r#"{"Name":"one","Metadata":{"Description":5},"Endpoints":{"docker":{"Host":"unix:///x"}}}"#))
            .but_the_cli("panic", "what cannot be shown can be connected to"),
        file("an empty context", "").fails("meta.json is not JSON: EOF"),
        file("a context that is null", "null").fails("names no engine"),
        file("a context that is a list", "[]").fails("is no JSON object"),
        file("a context with more after it", &format!("{whole} x")).fails("line 1 column"),
        file("a context with a byte order mark", &format!("\u{feff}{whole}")).fails("line 1 column 1"),
        one("a context that is not UTF-8")
            .meta("one", b"{\"Name\":\"one\",\"Endpoints\":{\"docker\":{\"Host\":\"unix:///\xff\"}}}".as_slice())
            .fails("is not JSON")
            .but_the_cli("unix:///\u{fffd}", "the CLI changes what it cannot read"),
        one("a context that is a folder").meta_at("one", Folder).fails("meta.json cannot be read"),
        one("a context that nobody can read").meta_at("one", Link("meta.json")).fails("meta.json cannot be read"),
        one("a context that is a link to nothing").meta_at("one", Link("gone")).fails("there is no context"),
        one("a context that is very long")
            .meta("one", format!("{whole}{}", " ".repeat(17 << 20)))
            .fails("longer than 16777216 bytes")
            .but_the_cli("unix:///x", "nothing that is read may fill the memory"),
        one("contexts in a file").at(".docker/contexts", Text(Vec::new())).fails("there is no context `one`"),
    ]
}

fn context_tls() -> Vec<Row> {
    let folder = || format!(".docker/contexts/tls/{}/docker", id("one"));
    let at = |name, host| row(name).var("DOCKER_CONTEXT", "one").there_is("one", host);
    let tcp = |name| at(name, "tcp://127.0.0.1:{port}");
    let unverified = |name| {
        let text = r#"{"Name":"one","Endpoints":{"docker":{"Host":"tcp://127.0.0.1:{port}","SkipTLSVerify":true}}}"#;
        row(name).var("DOCKER_CONTEXT", "one").meta("one", text)
    };
    vec![
        tcp("a context without TLS")
            .gives("tcp://127.0.0.1:{port} by context `one` of DOCKER_CONTEXT"),
        tcp("a context with an authority")
            .pem(folder(), &["ca.pem"])
            .gives("tcp://127.0.0.1:{port} by context `one` of DOCKER_CONTEXT [ca]"),
        tcp("a context with all of TLS")
            .pem(folder(), &["ca.pem", "cert.pem", "key.pem"])
            .gives("tcp://127.0.0.1:{port} by context `one` of DOCKER_CONTEXT [ca client]"),
        tcp("a context with a certificate of ours only")
            .pem(folder(), &["cert.pem", "key.pem"])
            .gives("tcp://127.0.0.1:{port} by context `one` of DOCKER_CONTEXT [system client]"),
        tcp("a context with a certificate without key")
            .pem(folder(), &["cert.pem"])
            .gives("tcp://127.0.0.1:{port} by context `one` of DOCKER_CONTEXT [system]"),
        tcp("a context with a key without certificate")
            .pem(folder(), &["key.pem"])
            .gives("tcp://127.0.0.1:{port} by context `one` of DOCKER_CONTEXT [system]"),
        unverified("a context that verifies nothing")
            .gives("tcp://127.0.0.1:{port} by context `one` of DOCKER_CONTEXT [system unverified]"),
        unverified("a context with an authority that verifies nothing")
            .pem(folder(), &["ca.pem"])
            .gives("tcp://127.0.0.1:{port} by context `one` of DOCKER_CONTEXT [ca unverified]"),
        at(
            "a context with a socket and an authority",
            "unix:///run/d.sock",
        )
        .pem(folder(), &["ca.pem"])
        .gives("unix:///run/d.sock by context `one` of DOCKER_CONTEXT"),
        tcp("a context whose authority is a folder")
            .at(format!("{}/ca.pem", folder()), Folder)
            .gives("tcp://127.0.0.1:{port} by context `one` of DOCKER_CONTEXT [ca]")
            .but_the_cli(
                "[system]",
                "the CLI trusts others then; for us connecting fails",
            ),
        tcp("a context beside variables that ask for TLS")
            .var("DOCKER_TLS_VERIFY", "1")
            .gives("tcp://127.0.0.1:{port} by context `one` of DOCKER_CONTEXT"),
    ]
}
