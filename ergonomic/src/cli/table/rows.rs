//! The environments.

use super::Content::{Folder, Link, Socket, Text};
use super::{Row, id, row};

/// Where the CLI goes if it is told nothing, or does not understand what it is told.
const DEFAULT: &str = "unix:///var/run/docker.sock";
const SLIP: &str = "what is neither a socket nor host and port is more often a slip than a host";
const WARNS: &str = "the CLI warns and takes what it understood, which may be another engine";
const LATER: &str = "certificates are read when the connection is made, which fails then";
const GIVES_UP: &str = "the CLI gives up where there is nothing at the default place";

pub(super) fn rows() -> Vec<Row> {
    let parts = [
        hosts(),
        odd_hosts(),
        precedence(),
        context_names(),
        context_hosts(),
        context_files(),
        context_tls(),
        config_files(),
        broken_config_files(),
        tls_variables(),
        tls_files(),
        places(),
    ];
    parts.into_iter().flatten().collect()
}

fn hosts() -> Vec<Row> {
    let host = |name, value: &'static str| row(name).var("DOCKER_HOST", value);
    vec![
        row("nothing at all").gives("nowhere"),
        host("an empty host", "").gives("nowhere"),
        host("a host of blanks", "  ").gives("unix:///var/run/docker.sock by DOCKER_HOST"),
        host("a socket", "unix:///run/d.sock").gives("unix:///run/d.sock by DOCKER_HOST"),
        host("a socket by a relative path", "unix://run/d.sock")
            .gives("unix://run/d.sock by DOCKER_HOST"),
        host("a socket with a percent sign", "unix:///a%20b").gives("unix:///a%20b by DOCKER_HOST"),
        host("blanks around the host", " unix:///x ").gives("unix:///x by DOCKER_HOST"),
        host("host and port", "tcp://127.0.0.1:{port}")
            .gives("tcp://127.0.0.1:{port} by DOCKER_HOST"),
        host("no port", "tcp://10.0.0.1").gives("tcp://10.0.0.1:2375 by DOCKER_HOST"),
        host("no scheme", "10.0.0.1:99").gives("tcp://10.0.0.1:99 by DOCKER_HOST"),
        host("a base path", "tcp://10.0.0.1:99/engines/a")
            .gives("tcp://10.0.0.1:99/engines/a by DOCKER_HOST"),
        host("ssh", "ssh://me@build").gives("ssh://me@build by DOCKER_HOST"),
        host("ssh to a socket", "ssh://me@build:22/run/d.sock")
            .gives("ssh://me@build:22/run/d.sock by DOCKER_HOST"),
        host("a pipe", "npipe:////./pipe/d").gives("npipe:////./pipe/d by DOCKER_HOST"),
        host("an unknown scheme", "ftp://build").fails("DOCKER_HOST: `ftp://build`"),
        host("a scheme in capitals", "TCP://10.0.0.1:99").fails("scheme is unknown"),
    ]
}

fn odd_hosts() -> Vec<Row> {
    let host = |name, value: &'static str| row(name).var("DOCKER_HOST", value);
    let newer = "the CLI has no such address, for which there is but one meaning";
    vec![
        host("a lone word", "build")
            .fails("neither a scheme nor a port")
            .but_the_cli("tcp://build:2375", SLIP),
        host("a path", "/run/d.sock")
            .fails("write it like unix:///run/d.sock")
            .but_the_cli("tcp://localhost:2375/run/d.sock", SLIP),
        host("a port alone", ":99")
            .fails("DOCKER_HOST")
            .but_the_cli("tcp://localhost:99", SLIP),
        host("a scheme alone", "tcp://")
            .fails("not host and port")
            .but_the_cli("tcp://localhost:2375", SLIP),
        host("a socket without a path", "unix://")
            .fails("names no socket")
            .but_the_cli(DEFAULT, SLIP),
        host("a port that is none", "tcp://10.0.0.1:99999")
            .fails("not host and port")
            .but_the_cli("tcp://10.0.0.1:99999", SLIP),
        host("a password", "tcp://me:s3cret@10.0.0.1:99")
            .fails("carries credentials")
            .but_the_cli(
                "tcp://10.0.0.1:99",
                "who gives a password means it to be used",
            ),
        host("a descriptor", "fd://3")
            .fails("where a daemon listens")
            .but_the_cli("fd://3", SLIP),
        host("http", "http://10.0.0.1")
            .gives("http://10.0.0.1:80 by DOCKER_HOST")
            .but_the_cli("invalid bind address format", newer),
        host("https", "https://10.0.0.1:99")
            .gives("https://10.0.0.1:99 by DOCKER_HOST [system]")
            .but_the_cli("invalid bind address format", newer),
        host("IPv6 without a port", "tcp://[::1]")
            .gives("tcp://[::1]:2375 by DOCKER_HOST")
            .but_the_cli("invalid bind address format", newer),
        host("IPv6", "tcp://[::1]:99").gives("tcp://[::1]:99 by DOCKER_HOST"),
        row("a host that is not UTF-8")
            .var("DOCKER_HOST", b"unix:///\xff".as_slice())
            .fails("DOCKER_HOST: it is not valid UTF-8")
            .but_the_cli("unix:///", "addresses are text"),
    ]
}

fn precedence() -> Vec<Row> {
    let two = |name| {
        row(name)
            .there_is("one", "tcp://127.0.0.1:{port}")
            .there_is("two", "tcp://10.0.0.2:2")
    };
    let current = r#"{"currentContext":"two"}"#;
    let by_variable = "unix:///run/h.sock by DOCKER_HOST";
    vec![
        two("a host given and one set")
            .var("DOCKER_HOST", "unix:///run/h.sock")
            .host("unix:///run/g.sock")
            .gives("unix:///run/g.sock by the address given"),
        two("a host given and a context set")
            .var("DOCKER_CONTEXT", "one")
            .host("unix:///run/g.sock")
            .gives("unix:///run/g.sock by the address given"),
        two("host and context given")
            .host("unix:///run/g.sock")
            .by_context("one")
            .fails("both a host and a context"),
        two("a context given and a host set")
            .var("DOCKER_HOST", "unix:///run/h.sock")
            .by_context("one")
            .gives("tcp://127.0.0.1:{port} by context `one`"),
        two("a context given and one set")
            .var("DOCKER_CONTEXT", "two")
            .by_context("one")
            .gives("tcp://127.0.0.1:{port} by context `one`"),
        two("host and context set")
            .var("DOCKER_HOST", "unix:///run/h.sock")
            .var("DOCKER_CONTEXT", "one")
            .gives(by_variable),
        two("a host set and a missing context")
            .var("DOCKER_HOST", "unix:///run/h.sock")
            .var("DOCKER_CONTEXT", "none")
            .gives(by_variable),
        two("a host set and a current context")
            .var("DOCKER_HOST", "unix:///run/h.sock")
            .config(current)
            .gives(by_variable),
        two("a context set and a current one")
            .var("DOCKER_CONTEXT", "one")
            .config(current)
            .gives("tcp://127.0.0.1:{port} by context `one` of DOCKER_CONTEXT"),
        two("an empty context and a current one")
            .var("DOCKER_CONTEXT", "")
            .config(current)
            .gives("tcp://10.0.0.2:2 by current context `two` of config.json"),
        two("the default context set and a current one")
            .var("DOCKER_CONTEXT", "default")
            .config(current)
            .gives("unix:///var/run/docker.sock by context `default` of DOCKER_CONTEXT"),
        two("the default context given and a host set")
            .var("DOCKER_HOST", "unix:///run/h.sock")
            .by_context("default")
            .gives(by_variable),
        two("the default context is current")
            .config(r#"{"currentContext":"default"}"#)
            .gives("unix:///var/run/docker.sock by current context `default` of config.json"),
    ]
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

fn places() -> Vec<Row> {
    let default = "unix:///var/run/docker.sock by the default";
    let runtime = |name| row(name).var("XDG_RUNTIME_DIR", "{home}/run/user/0");
    let rootless = "run/user/0/docker.sock";
    let desktop = ".docker/run/docker.sock";
    vec![
        row("the default socket")
            .at("var/run/docker.sock", Socket)
            .gives(default),
        row("a link in place of the default socket")
            .at("var/run/docker.sock", Link("../../other.sock"))
            .at("other.sock", Socket)
            .gives(default),
        row("a link to nothing in place of the default socket")
            .at("var/run/docker.sock", Link("gone")),
        row("a file in place of the default socket")
            .at("var/run/docker.sock", Text(Vec::new()))
            .at(desktop, Socket)
            .gives(default),
        row("the default socket and others")
            .at("var/run/docker.sock", Socket)
            .at(desktop, Socket)
            .gives(default),
        runtime("rootless Docker")
            .at(rootless, Socket)
            .at(desktop, Socket)
            .gives("unix:///run/user/0/docker.sock by the usual place of rootless Docker")
            .but_the_cli(DEFAULT, GIVES_UP),
        runtime("rootless Podman")
            .at("run/user/0/podman/podman.sock", Socket)
            .gives("unix:///run/user/0/podman/podman.sock by the usual place of rootless Podman")
            .but_the_cli(DEFAULT, GIVES_UP),
        row("a file in place of a socket")
            .at(desktop, Text(Vec::new()))
            .at(".orbstack/run/docker.sock", Socket)
            .gives("unix:///.orbstack/run/docker.sock by the usual place of OrbStack")
            .but_the_cli(DEFAULT, GIVES_UP),
        row("Docker Desktop of Linux")
            .at(".docker/desktop/docker.sock", Socket)
            .gives("unix:///.docker/desktop/docker.sock by the usual place of Docker Desktop")
            .but_the_cli(DEFAULT, GIVES_UP),
        row("Colima")
            .at(".colima/default/docker.sock", Socket)
            .gives("unix:///.colima/default/docker.sock by the usual place of Colima")
            .but_the_cli(DEFAULT, GIVES_UP),
        row("Rancher Desktop")
            .at(".rd/docker.sock", Socket)
            .gives("unix:///.rd/docker.sock by the usual place of Rancher Desktop")
            .but_the_cli(DEFAULT, GIVES_UP),
        row("Podman of the system")
            .at("run/podman/podman.sock", Socket)
            .gives("unix:///run/podman/podman.sock by the usual place of Podman")
            .but_the_cli(DEFAULT, GIVES_UP),
        row("another socket, and the default context was chosen")
            .var("DOCKER_CONTEXT", "default")
            .at(desktop, Socket)
            .gives("unix:///var/run/docker.sock by context `default` of DOCKER_CONTEXT"),
    ]
}
