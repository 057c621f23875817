//! Programs that keep credentials, and what is said with them.
//!
//! `docker-credential-<name>` is started with one word (`get`, `store`, `erase`, `list`), reads a line or a
//! document, and answers with a document; if it fails, with a message in its place.

use std::fmt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use futures_util::future::try_join3;
use serde_json::{Map, Value};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::Credentials;
use crate::cli::Environment;
use crate::error::printable;

/// How long a helper may take: people may have to unlock what it keeps.
const TIME: Duration = Duration::from_secs(60);
/// How long its answer may be.
const ANSWER: usize = 1024 * 1024;
/// How much of what it says besides is kept.
const COMPLAINT: usize = 4 * 1024;
/// What it says if it has nothing for a registry.
const NOT_FOUND: &str = "credentials not found in native keychain";
/// The user of a secret that is an identity token.
const TOKEN: &str = "<token>";
/// What `list` is sent, as the CLI does: some helpers wait for a line, whatever it is.
const UNUSED: &str = "unused";

/// A program that keeps credentials.
#[derive(Clone, Debug)]
pub(super) struct Helper {
    name: String,
    environment: Environment,
    time: Duration,
}

/// Why a helper was of no use. It repeats nothing that could be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Helper {
    pub(super) fn new(name: impl Into<String>, environment: &Environment) -> Self {
        Self {
            name: name.into(),
            environment: environment.clone(),
            time: TIME,
        }
    }

    /// The name of the program.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn program(&self) -> String {
        format!("docker-credential-{}", self.name)
    }

    /// Whether there is such a program.
    pub(super) fn exists(&self) -> bool {
        self.environment.program(&self.program()).is_some()
    }

    /// What it keeps under `key`, if it has something.
    pub(super) async fn get(&self, key: &str) -> Result<Option<Credentials>, Failure> {
        let Some(answer) = self.ask("get", key.as_bytes()).await? else {
            return Ok(None);
        };
        let kept = self.read(&answer)?;
        let username = self.text(&kept, "Username")?;
        let secret = self.text(&kept, "Secret")?;
        if username.is_empty() && secret.is_empty() {
            return Ok(None);
        }
        let credentials = match username {
            TOKEN => Credentials::identity_token(secret),
            user => Credentials::password(user, secret),
        };
        Ok(Some(credentials.registry(key)))
    }

    /// Has it keep `credentials` under `key`.
    pub(super) async fn store(&self, key: &str, credentials: &Credentials) -> Result<(), Failure> {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        let (user, secret) = match &credentials.identitytoken {
            Some(token) => (TOKEN.to_owned(), token.clone()),
            None => (text(&credentials.username), text(&credentials.password)),
        };
        let document = serde_json::json!({"ServerURL": key, "Username": user, "Secret": secret});
        self.ask("store", document.to_string().as_bytes()).await?;
        Ok(())
    }

    /// Has it forget what it keeps under `key`, and gives whether there was something.
    pub(super) async fn erase(&self, key: &str) -> Result<bool, Failure> {
        Ok(self.ask("erase", key.as_bytes()).await?.is_some())
    }

    /// What it keeps something under.
    pub(super) async fn list(&self) -> Result<Vec<String>, Failure> {
        let Some(answer) = self.ask("list", UNUSED.as_bytes()).await? else {
            return Ok(Vec::new());
        };
        Ok(self
            .read(&answer)?
            .into_iter()
            .map(|(key, _)| key)
            .collect())
    }

    /// Its answer, or `None` if it has found nothing.
    async fn ask(&self, action: &str, input: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        let mut child = self.start(action)?;
        let talk = tokio::time::timeout(self.time, talk(&mut child, input)).await;
        let (said, status) = match talk {
            Ok(Ok(said)) => said,
            Ok(Err(reason)) => {
                end(&mut child).await;
                return Err(self.failure(action, reason));
            }
            Err(_) => {
                end(&mut child).await;
                let limit = self.time.as_secs_f64();
                return Err(self.failure(action, format!("did not answer within {limit} s")));
            }
        };
        if status.success() {
            return Ok(Some(said.answer));
        }
        let message = String::from_utf8_lossy(&said.answer);
        let complaint = String::from_utf8_lossy(&said.complaint);
        match (message.trim(), complaint.trim()) {
            (NOT_FOUND, _) => Ok(None),
            ("", "") => Err(self.failure(action, format!("failed without a reason ({status})"))),
            ("", reason) | (reason, _) => {
                let reason = printable(reason);
                Err(self.failure(action, format!("failed ({status}): {reason}")))
            }
        }
    }

    fn start(&self, action: &str) -> Result<Child, Failure> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
        if self.name.is_empty() || !self.name.chars().all(fits) {
            let name = printable(&self.name);
            return Err(Failure(format!("`{name}` is not the name of a helper")));
        }
        let program = self.program();
        let Some(path) = self.environment.program(&program) else {
            return Err(Failure(format!("there is no `{program}` in PATH")));
        };
        let mut command = Command::new(path);
        self.environment.pass_on(command.as_std_mut());
        command
            .arg(action)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Failure(format!("`{program}` cannot be started: {error}")))
    }

    /// The object that it has answered with, or `null` for an empty one. Whatever else it is, it is
    /// not repeated.
    fn read(&self, answer: &[u8]) -> Result<Map<String, Value>, Failure> {
        let answer: Option<Map<_, _>> = serde_json::from_slice(answer).map_err(|error| {
            let place = format!("at line {} column {}", error.line(), error.column());
            self.misfit(&place)
        })?;
        Ok(answer.unwrap_or_default())
    }

    /// A text of its answer. Helpers write the keys in any case.
    fn text<'a>(&self, answer: &'a Map<String, Value>, key: &str) -> Result<&'a str, Failure> {
        let mut entries = answer.iter();
        match entries.find(|(other, _)| other.eq_ignore_ascii_case(key)) {
            None => Ok(""),
            Some((_, value)) => value
                .as_str()
                .ok_or_else(|| self.misfit(&format!("in `{key}`"))),
        }
    }

    fn misfit(&self, place: &str) -> Failure {
        let program = self.program();
        Failure(format!(
            "what `{program}` answered is not what a helper answers ({place})"
        ))
    }

    fn failure(&self, action: &str, reason: String) -> Failure {
        Failure(format!("`{} {action}` {reason}", self.program()))
    }
}

/// What a helper has said.
struct Said {
    answer: Vec<u8>,
    complaint: Vec<u8>,
}

/// Says to a helper what it is to know, and hears it out.
async fn talk(child: &mut Child, input: &[u8]) -> Result<(Said, ExitStatus), String> {
    let stdin = child.stdin.take();
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let write = async {
        if let Some(mut stdin) = stdin {
            // One that does not listen has an answer all the same.
            let _ = stdin.write_all(input).await;
        }
        Ok(())
    };
    let answer = async {
        let answer = kept(stdout, ANSWER + 1).await?;
        match answer.len() > ANSWER {
            true => Err(format!("answered with more than {ANSWER} bytes")),
            false => Ok(answer),
        }
    };
    let complaint = async {
        let mut stderr = stderr;
        let complaint = kept(stderr.as_mut(), COMPLAINT).await?;
        // The rest is heard and forgotten, so that it does not wait to be heard.
        if let Some(stderr) = &mut stderr {
            let _ = tokio::io::copy(stderr, &mut tokio::io::sink()).await;
        }
        Ok(complaint)
    };
    let ((), answer, complaint) = try_join3(write, answer, complaint).await?;
    let status = child.wait().await;
    let status = status.map_err(|error| format!("was lost: {error}"))?;
    Ok((Said { answer, complaint }, status))
}

/// The beginning of what is read.
async fn kept(source: Option<impl AsyncRead + Unpin>, limit: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    if let Some(source) = source {
        let outcome = source.take(limit as u64).read_to_end(&mut bytes).await;
        outcome.map_err(|error| format!("cannot be heard: {error}"))?;
    }
    Ok(bytes)
}

/// Ends a helper that is not waited for, and takes note of its end.
async fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill().await;
}

#[cfg(all(test, unix))]
#[path = "helper_tests.rs"]
pub(super) mod tests;
