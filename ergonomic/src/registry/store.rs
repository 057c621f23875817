//! Where the credentials for registries are kept on this machine, as the `docker` CLI keeps them.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::address::Registry;
use super::helper::Helper;
use super::{Credentials, unreadable};
use crate::cli::{ConfigFile, Environment};
use crate::error::Error;

const VARIABLE: &str = "DOCKER_AUTH_CONFIG";

/// All places where credentials are kept, as they are now.
pub(super) struct Stores {
    environment: Environment,
    /// What the variable holds, which comes before everything else.
    variable: BTreeMap<String, Credentials>,
    config: ConfigFile,
}

/// Who keeps the credentials of one registry, besides the variable.
pub(super) enum Keeper {
    Helper(Helper),
    /// The helper of the system, which nobody has chosen yet: the first login does.
    SystemHelper(Helper),
    /// `config.json` itself.
    File,
}

impl Stores {
    /// Reads the variable and `config.json`.
    pub(super) async fn open(environment: &Environment) -> Result<Self, Error> {
        let environment = environment.clone();
        let opened = tokio::task::spawn_blocking(move || {
            let config = ConfigFile::load(&environment)?;
            Ok(Self {
                variable: in_variable(&environment)?,
                config,
                environment,
            })
        });
        match opened.await {
            Ok(opened) => opened,
            Err(error) => Err(unreadable("the registries", "config.json", &error)),
        }
    }

    /// The credentials for a registry, if there are any.
    pub(super) async fn find(&self, registry: &Registry) -> Result<Option<Credentials>, Error> {
        if let Some(found) = self.variable.get(registry.key()) {
            return Ok(Some(found.clone()));
        }
        match self.keeper(registry)? {
            Keeper::Helper(helper) => {
                let found = helper.get(registry.key()).await;
                found.map_err(|failure| unreadable(registry.host(), &helper.program(), &failure))
            }
            // One that does not work is no reason to fail: nothing was ever kept in it.
            Keeper::SystemHelper(helper) => {
                Ok(helper.get(registry.key()).await.unwrap_or_default())
            }
            Keeper::File => self.in_file(registry),
        }
    }

    /// Who keeps the credentials for a registry.
    pub(super) fn keeper(&self, registry: &Registry) -> Result<Keeper, Error> {
        let helpers = self.config.cred_helpers()?;
        let own = helpers.iter().find(|(key, _)| *key == registry.key());
        match own {
            Some((_, "")) => Ok(Keeper::File),
            Some((_, name)) => Ok(Keeper::Helper(Helper::new(*name, &self.environment))),
            None => self.common_keeper(),
        }
    }

    /// All credentials that there are, and which could not be read: the CLI leaves them out, too.
    pub(super) async fn all(&self) -> Result<(Vec<Credentials>, Vec<Error>), Error> {
        let mut found = BTreeMap::new();
        let mut failures = Vec::new();
        match self.common_keeper()? {
            Keeper::Helper(helper) | Keeper::SystemHelper(helper) => {
                let list = helper.list().await.unwrap_or_else(|failure| {
                    failures.push(unreadable("all registries", &helper.program(), &failure));
                    Vec::new()
                });
                for key in list {
                    take(&helper, &key, &mut found, &mut failures).await;
                }
            }
            Keeper::File => {
                for (key, entry) in self.config.auths()?.into_iter().flatten() {
                    match decoded(key, entry) {
                        Ok(Some(credentials)) => drop(found.insert(key.clone(), credentials)),
                        Ok(None) => {}
                        Err(error) => failures.push(error),
                    }
                }
            }
        }
        for (key, name) in self.config.cred_helpers()? {
            found.remove(key);
            let helper = Helper::new(name, &self.environment);
            take(&helper, key, &mut found, &mut failures).await;
        }
        found.extend(self.variable.clone());
        Ok((found.into_values().collect(), failures))
    }

    /// Who keeps what has no keeper of its own: the helper that was chosen, or else, as long as
    /// nothing was settled at all, that of the system.
    fn common_keeper(&self) -> Result<Keeper, Error> {
        if let Some(name) = self.config.creds_store()? {
            return Ok(Keeper::Helper(Helper::new(name, &self.environment)));
        }
        let settled = self.config.auths()?.is_some_and(|auths| !auths.is_empty())
            || !self.config.cred_helpers()?.is_empty();
        Ok(match system_helper(&self.environment) {
            Some(helper) if !settled => Keeper::SystemHelper(helper),
            _ => Keeper::File,
        })
    }

    fn in_file(&self, registry: &Registry) -> Result<Option<Credentials>, Error> {
        let Some(auths) = self.config.auths()? else {
            return Ok(None);
        };
        let exact = auths.get_key_value(registry.key());
        let found = exact.or_else(|| auths.iter().find(|(key, _)| registry.has_key(key)));
        match found {
            Some((key, entry)) => decoded(key, entry),
            None => Ok(None),
        }
    }
}

async fn take(
    helper: &Helper,
    key: &str,
    found: &mut BTreeMap<String, Credentials>,
    failures: &mut Vec<Error>,
) {
    match helper.get(key).await {
        Ok(Some(credentials)) => drop(found.insert(key.to_owned(), credentials)),
        Ok(None) => {}
        Err(failure) => failures.push(unreadable(key, &helper.program(), &failure)),
    }
}

/// The helper that the CLI takes on this system where nothing was settled, if it is installed.
fn system_helper(environment: &Environment) -> Option<Helper> {
    let name = match () {
        () if cfg!(target_os = "macos") => "osxkeychain",
        () if cfg!(windows) => "wincred",
        () if environment.program("pass").is_some() => "pass",
        () => "secretservice",
    };
    Some(Helper::new(name, environment)).filter(Helper::exists)
}

/// What `config.json` keeps of one registry.
#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    auth: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    identitytoken: String,
    #[serde(default)]
    registrytoken: String,
}

/// The credentials of an entry of `config.json`; one may be there only for its name.
fn decoded(key: &str, entry: &Value) -> Result<Option<Credentials>, Error> {
    let malformed = |reason: &str| unreadable(key, "config.json", &reason);
    let entry = match Entry::deserialize(entry) {
        Ok(read) if entry.is_object() => read,
        _ => return Err(malformed("its entry has not the form of one")),
    };
    let (user, password) = match &*entry.auth {
        "" => (entry.username, entry.password),
        auth => user_and_password(auth).map_err(malformed)?,
    };
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let credentials = Credentials {
        username: some(user),
        password: some(password),
        identitytoken: some(entry.identitytoken),
        registrytoken: some(entry.registrytoken),
        serveraddress: Some(key.to_owned()),
    };
    Ok(Some(credentials).filter(|credentials| !credentials.is_anonymous()))
}

/// What an entry of `config.json` is to be for these credentials.
pub(super) fn encoded(credentials: &Credentials) -> Value {
    let mut entry = Map::new();
    let user = credentials.username.as_deref().unwrap_or_default();
    let password = credentials.password.as_deref().unwrap_or_default();
    if !(user.is_empty() && password.is_empty()) {
        let auth = STANDARD.encode(format!("{user}:{password}"));
        entry.insert("auth".to_owned(), auth.into());
    }
    if let Some(token) = &credentials.identitytoken {
        entry.insert("identitytoken".to_owned(), token.clone().into());
    }
    entry.into()
}

fn user_and_password(auth: &str) -> Result<(String, String), &'static str> {
    let text: String = auth.split(['\r', '\n']).collect();
    let text = STANDARD
        .decode(text)
        .map_err(|_| "its `auth` is not base64")?;
    let text = String::from_utf8(text).map_err(|_| "its `auth` is not text in base64")?;
    match text.split_once(':') {
        Some((user, password)) if !user.is_empty() => {
            let password = password.trim_matches('\0');
            Ok((user.to_owned(), password.to_owned()))
        }
        _ => Err("its `auth` is not `user:password` in base64"),
    }
}

/// The credentials that the variable holds, which may be shorter than `config.json`, but nothing else.
fn in_variable(environment: &Environment) -> Result<BTreeMap<String, Credentials>, Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Document {
        #[serde(default)]
        auths: BTreeMap<String, Auth>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Auth {
        #[serde(default)]
        auth: String,
    }
    let Some(text) = environment.variable(VARIABLE)? else {
        return Ok(BTreeMap::new());
    };
    let malformed = |reason: String| {
        Error::invalid(reason)
            .in_variable(VARIABLE)
            .advising(r#"write it like {"auths":{"registry.example.com":{"auth":"…"}}}"#)
    };
    // What errors of serde find may be a secret, and is not repeated.
    let document: Map<String, Value> = serde_json::from_str(&text).map_err(|error| {
        let place = format!("line {} column {}", error.line(), error.column());
        malformed(format!("it is not one JSON object (at {place})"))
    })?;
    let document = Document::deserialize(Value::Object(document))
        .map_err(|_| malformed("it has other things in it than `auths` with `auth`".to_owned()))?;
    let entries = document.auths.into_iter().map(|(key, Auth { auth })| {
        if auth.is_empty() {
            return Err(malformed(format!("there is no `auth` for `{key}`")));
        }
        let (user, password) = user_and_password(&auth)
            .map_err(|reason| malformed(format!("of `{key}`, {reason}")))?;
        let credentials = Credentials::password(user, password).registry(&key);
        Ok((key, credentials))
    });
    entries.collect()
}

#[cfg(all(test, unix))]
#[path = "store_tests.rs"]
mod tests;
