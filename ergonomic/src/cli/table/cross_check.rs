//! What the `docker` CLI makes of a row.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::Row;
use crate::cli::Context;

/// The first version of the CLI that the table is about.
const SINCE: u32 = 28;

/// The `docker` on the `PATH`.
pub(super) struct Cli;

/// What the CLI was seen to mean.
struct Seen {
    host: String,
    /// As the table has it in brackets; empty without TLS.
    tls: String,
}

impl Cli {
    /// The CLI, if it is here and new enough.
    pub(super) fn find() -> Option<Self> {
        let output = Command::new("docker").arg("--version").output();
        let version = output
            .map(|output| text(&output.stdout))
            .unwrap_or_default();
        let major = version
            .strip_prefix("Docker version ")
            .and_then(|rest| rest.split_once('.'));
        match major.and_then(|(major, _)| major.parse::<u32>().ok()) {
            Some(major) if major >= SINCE => Some(Self),
            _ => {
                println!("skipped the cross-check: there is no docker CLI {SINCE} or newer here");
                None
            }
        }
    }

    /// What is wrong with the row, compared with the CLI.
    pub(super) fn differs(
        &self,
        row: &Row,
        home: &Path,
        port: u16,
        ours: &Result<String, String>,
        listed: Option<&[Context]>,
    ) -> Vec<String> {
        let run = |arguments: &[&str]| {
            let mut command = Command::new("docker");
            command.env_clear().env("HOME", home);
            command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
            command.envs(row.variables(home, port)).current_dir(home);
            command.args(row.host_at(port).iter().flat_map(|host| ["--host", host]));
            command.args(row.context.iter().flat_map(|name| ["--context", name]));
            command.args(arguments).output().expect("docker runs")
        };
        let short = |text: String| {
            text.replace(home.to_str().unwrap(), "")
                .replace(&port.to_string(), "{port}")
        };
        let theirs = see(&run, port, ours.is_err());
        let theirs = theirs.map(|seen| short(format!("{}{}", seen.host, seen.tls)));
        let theirs = theirs.map_err(short);
        let mut faults = Vec::new();
        match (&row.unlike, ours, &theirs) {
            (Some((expected, _)), _, Ok(text) | Err(text)) if text.contains(expected) => {
                let same = ours.as_ref().is_ok_and(|ours| plain(ours) == *text);
                faults.extend(same.then(|| format!("the CLI does the same: {text}")));
            }
            (Some((expected, why)), ..) => {
                faults.push(format!(
                    "the CLI made of it {theirs:?}, not {expected} ({why})"
                ));
            }
            (None, Ok(ours), Ok(theirs)) if plain(ours) == *theirs => {}
            (None, Err(_), Err(_)) => {}
            (None, ..) => faults.push(format!("the CLI made of it {theirs:?}, not {ours:?}")),
        }
        if let (Some(listed), None, None) = (listed, row.host, row.context) {
            faults.extend(lists_otherwise(
                &run(&["context", "ls", "--format", "json"]),
                listed,
            ));
        }
        faults
    }
}

/// What the CLI means: by what it tells of the context in use, and, where the row has a listener
/// or we have an error, by what it does.
fn see(run: &impl Fn(&[&str]) -> Output, port: u16, ours_is_error: bool) -> Result<Seen, String> {
    let inspected = printed(run(&["context", "inspect"]))?;
    let inspected: Value = serde_json::from_str(&inspected).expect("docker prints JSON");
    let endpoint = &inspected[0]["Endpoints"]["docker"];
    let mut host = endpoint["Host"].as_str().unwrap_or_default().to_owned();
    let files = inspected[0]["TLSMaterial"]["docker"].as_array();
    let unverified = endpoint["SkipTLSVerify"] == true;
    let mut speaks_tls = host.starts_with("tcp:") && (files.is_some() || unverified);
    let listens = host.contains(&format!("127.0.0.1:{port}"));
    if listens || ours_is_error || host.is_empty() {
        let said = text(&run(&["version"]).stderr);
        if said.contains("Failed to initialize") || said.contains("panic:") {
            return Err(said);
        }
        if host.is_empty() {
            let (_, tried) = said.split_once("daemon at ").unwrap_or_default();
            host = tried.split(". ").next().unwrap_or_default().to_owned();
        }
        if listens {
            speaks_tls = said.contains("Get \"https:");
        }
    }
    let has = |file| files.is_some_and(|files| files.contains(&Value::from(file)));
    let authority = if has("ca.pem") { "ca" } else { "system" };
    let client = if has("cert.pem") && has("key.pem") {
        " client"
    } else {
        ""
    };
    let unverified = if unverified { " unverified" } else { "" };
    let tls = match speaks_tls {
        false => String::new(),
        true => format!(" [{authority}{client}{unverified}]"),
    };
    Ok(Seen { host, tls })
}

/// How the CLI's list of contexts is another than ours.
fn lists_otherwise(output: &Output, listed: &[Context]) -> Option<String> {
    // Of a broken context the CLI tells less than we do, or fails.
    if !output.status.success() || listed.iter().any(|context| context.endpoint().is_err()) {
        return None;
    }
    let lines = text(&output.stdout);
    let mut theirs: Vec<(String, bool)> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("docker prints JSON"))
        .map(|line| {
            (
                line["Name"].as_str().unwrap().to_owned(),
                line["Current"] == true,
            )
        })
        .collect();
    theirs.sort();
    let ours = listed
        .iter()
        .map(|context| (context.name().to_owned(), context.is_current()));
    let ours: Vec<(String, bool)> = ours.collect();
    (ours != theirs).then(|| format!("the CLI lists {theirs:?}, not {ours:?}"))
}

/// Our outcome without what the CLI does not tell: by what it was chosen.
fn plain(ours: &str) -> String {
    if ours == "nowhere" {
        return "unix:///var/run/docker.sock".to_owned();
    }
    let (address, by) = ours.split_once(" by ").unwrap_or((ours, ""));
    match by.find(" [") {
        Some(tls) => format!("{address}{}", &by[tls..]),
        None => address.to_owned(),
    }
}

fn printed(output: Output) -> Result<String, String> {
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stderr)),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
