//! A table of environments, and which engine is meant in each: by us, and by the `docker` CLI.

mod cross_check;
mod rows;

use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use self::rows::rows;
use super::{Contexts, Environment, Resolved, resolve};
use crate::endpoint::Endpoint;

/// An environment. In its texts `{port}` stands for a port of the loopback that accepts
/// connections and closes them. Paths begin in the home, which is the root of the file system too.
struct Row {
    name: &'static str,
    files: Vec<(String, Content)>,
    variables: Vec<(&'static str, Vec<u8>)>,
    host: Option<&'static str>,
    context: Option<&'static str>,
    /// What we make of it, as [`outcome`] has it.
    gives: Gives,
    /// What the CLI makes of it where that is something else, and why we do not.
    unlike: Option<(&'static str, &'static str)>,
}

/// What is at a path.
enum Content {
    Text(Vec<u8>),
    Folder,
    /// What the path leads to; to itself, it cannot be read by anybody, root included.
    Link(&'static str),
    Socket,
}

#[derive(Debug)]
enum Gives {
    Endpoint(&'static str),
    /// Of what an error says.
    Error(&'static str),
}

/// A certificate, which is its own authority, and its key.
static IDENTITY: LazyLock<(String, String)> = LazyLock::new(|| {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
});

fn row(name: &'static str) -> Row {
    Row {
        name,
        files: Vec::new(),
        variables: Vec::new(),
        host: None,
        context: None,
        gives: Gives::Endpoint("nowhere"),
        unlike: None,
    }
}

impl Row {
    fn var(mut self, name: &'static str, value: impl Into<Vec<u8>>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    fn host(mut self, host: &'static str) -> Self {
        self.host = Some(host);
        self
    }

    fn by_context(mut self, name: &'static str) -> Self {
        self.context = Some(name);
        self
    }

    fn at(mut self, path: impl Into<String>, content: Content) -> Self {
        self.files.push((path.into(), content));
        self
    }

    fn config(self, text: impl Into<Vec<u8>>) -> Self {
        self.at(".docker/config.json", Content::Text(text.into()))
    }

    fn meta_at(self, name: &str, content: Content) -> Self {
        self.at(
            format!(".docker/contexts/meta/{}/meta.json", id(name)),
            content,
        )
    }

    fn meta(self, name: &str, text: impl Into<Vec<u8>>) -> Self {
        self.meta_at(name, Content::Text(text.into()))
    }

    /// A context that is there, with an engine at `host`.
    fn there_is(self, name: &str, host: &str) -> Self {
        let text = format!(
            r#"{{"Name":"{name}","Metadata":{{}},"Endpoints":{{"docker":{{"Host":"{host}","SkipTLSVerify":false}}}}}}"#
        );
        self.meta(name, text)
    }

    /// Certificates and keys in a folder, by the names that they have there.
    fn pem(self, folder: impl AsRef<str>, names: &[&str]) -> Self {
        names.iter().fold(self, |row, name| {
            let (certificate, key) = &*IDENTITY;
            let text = if *name == "key.pem" { key } else { certificate };
            let path = format!("{}/{name}", folder.as_ref());
            row.at(path, Content::Text(text.clone().into_bytes()))
        })
    }

    fn gives(mut self, endpoint: &'static str) -> Self {
        self.gives = Gives::Endpoint(endpoint);
        self
    }

    fn fails(mut self, text: &'static str) -> Self {
        self.gives = Gives::Error(text);
        self
    }

    /// The CLI makes something else of it, and why it is right not to.
    fn but_the_cli(mut self, outcome: &'static str, why: &'static str) -> Self {
        self.unlike = Some((outcome, why));
        self
    }

    fn write(&self, home: &Path, port: u16) {
        for (path, content) in &self.files {
            let path = home.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            match content {
                Content::Text(text) => fs::write(path, with_port(text, port)).unwrap(),
                Content::Folder => fs::create_dir_all(path).unwrap(),
                Content::Link(to) => symlink(to, path).unwrap(),
                Content::Socket => drop(UnixListener::bind(path).unwrap()),
            }
        }
    }

    fn variables(&self, home: &Path, port: u16) -> Vec<(&'static str, OsString)> {
        let variables = self.variables.iter();
        variables
            .map(|(name, value)| {
                let value = with_port(value, port);
                let value = match String::from_utf8(value) {
                    Ok(text) => text.replace("{home}", home.to_str().unwrap()).into(),
                    Err(error) => OsString::from_vec(error.into_bytes()),
                };
                (*name, value)
            })
            .collect()
    }

    fn host_at(&self, port: u16) -> Option<String> {
        self.host
            .map(|host| host.replace("{port}", &port.to_string()))
    }

    fn resolve(&self, environment: &Environment, port: u16) -> Result<String, String> {
        let context = self.context.map(str::to_owned);
        match resolve(environment, self.host_at(port), context, None) {
            Ok(Resolved::At(endpoint)) => Ok(outcome(&endpoint)),
            Ok(Resolved::Among(places)) => {
                let mut possible = places.iter().filter(|place| place.obstacle.is_none());
                let first = possible.next().map(|place| outcome(&place.endpoint));
                Ok(first.unwrap_or("nowhere".to_owned()))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// What is wrong with this row, of all that can be wrong.
    fn faults(&self, port: u16, docker: Option<&cross_check::Cli>) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path();
        self.write(home, port);
        let environment = Environment::made_up(home, self.variables(home, port));
        let seen = |text: String| {
            text.replace(home.to_str().unwrap(), "")
                .replace(&port.to_string(), "{port}")
        };
        let ours = self.resolve(&environment, port).map(seen).map_err(seen);
        let mut faults = Vec::new();
        match (&ours, &self.gives) {
            (Ok(endpoint), Gives::Endpoint(expected)) if endpoint == expected => {}
            (Err(error), Gives::Error(expected)) if error.contains(expected) => {}
            _ => faults.push(format!("gave {ours:?} instead of {:?}", self.gives)),
        }
        let listed = Contexts::of(environment).list();
        if ours.is_ok() && self.host.is_none() && self.context.is_none() {
            faults.extend(
                listed
                    .as_ref()
                    .err()
                    .map(|error| format!("no list: {error}")),
            );
        }
        if let Err(error) = &ours {
            faults.extend(error.contains('\n').then(|| format!("two lines: {error}")));
        }
        if let Some(docker) = docker {
            faults.extend(docker.differs(self, home, port, &ours, listed.ok().as_deref()));
        }
        faults
    }
}

/// An endpoint as it stands in the table: where, by what, and in brackets what TLS is spoken with.
fn outcome(endpoint: &Endpoint) -> String {
    let outcome = format!("{endpoint} by {}", endpoint.origin());
    let Some(tls) = endpoint.tls() else {
        return outcome;
    };
    let authority = if tls.authorities.is_empty() {
        "system"
    } else {
        "ca"
    };
    let client = if tls.client.is_some() { " client" } else { "" };
    let unverified = if tls.unverified { " unverified" } else { "" };
    format!("{outcome} [{authority}{client}{unverified}]")
}

fn with_port(text: &[u8], port: u16) -> Vec<u8> {
    match std::str::from_utf8(text) {
        Ok(text) => text.replace("{port}", &port.to_string()).into_bytes(),
        Err(_) => text.to_vec(),
    }
}

fn id(name: &str) -> String {
    hmac_sha256::Hash::hash(name.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn the_engine_is_the_one_that_the_cli_means() {
    let rows = rows();
    assert!(rows.len() >= 60, "{} rows", rows.len());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // It ends with the test's process.
    std::thread::spawn(move || listener.incoming().for_each(drop));
    let docker = cross_check::Cli::find();
    let (queue, faults) = (Mutex::new(rows.iter()), Mutex::new(Vec::new()));
    let work = || {
        // The lock is let go before the row is checked.
        while let Some(row) = { queue.lock().unwrap().next() } {
            let found = row.faults(port, docker.as_ref()).into_iter();
            let found = found.map(|fault| format!("{}: {fault}", row.name));
            faults.lock().unwrap().extend(found);
        }
    };
    // The CLI takes its time.
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
