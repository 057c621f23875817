//! What is said of the host, what decides, and where nothing is said.

use super::{DEFAULT, GIVES_UP, SLIP};
use crate::cli::table::Content::{Link, Socket, Text};
use crate::cli::table::{Row, row};

pub(super) fn rows() -> Vec<Row> {
    [known_hosts(), odd_hosts(), precedence(), places()]
        .into_iter()
        .flatten()
        .collect()
}

fn known_hosts() -> Vec<Row> {
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
