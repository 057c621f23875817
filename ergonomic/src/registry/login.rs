//! `docker login` and `docker logout`.

use serde_json::{Map, Value};

use super::address::Registry;
use super::helper::Helper;
use super::store::{Keeper, Stores, encoded};
use super::{Accepted, Credentials};
use crate::answer::{Result, awaited};
use crate::cli::{ConfigFile, Environment};
use crate::docker::Docker;
use crate::error::{Error, ErrorKind};

/// A login; await it.
///
/// See [`Docker::login`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Login {
    docker: Docker,
    credentials: Credentials,
    unchecked: bool,
}

/// A logout; await it for whether there was something to forget.
///
/// See [`Docker::login`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is forgotten until this is awaited"]
pub struct Logout {
    docker: Docker,
    registry: Registry,
}

impl Docker {
    /// Has the engine show credentials to the registry that they [name](Credentials::registry), or
    /// to Docker Hub if they name none, and keeps them where the `docker` CLI keeps them: from then
    /// on it finds them too, and so does every client that is not
    /// [isolated](crate::Connect::isolated).
    ///
    /// # Where credentials are kept
    ///
    /// For each request that makes an engine ask a registry they are looked for, in this order, in
    ///
    /// 1. the request itself;
    /// 2. the variable `DOCKER_AUTH_CONFIG`;
    /// 3. the helper that `credHelpers` of `config.json` names for the registry;
    /// 4. the helper that `credsStore` names; or else, as long as `config.json` has neither helpers
    ///    nor credentials, the one of the system (`osxkeychain`, `wincred`, `pass`,
    ///    `secretservice`), if it is installed;
    /// 5. `auths` of `config.json`.
    ///
    /// A login keeps them in the first of the last three that there is; if that is the helper of the
    /// system, it writes its name to `credsStore`. If there are some that cannot be read, the request
    /// fails, and [says so](Error::is_credentials): nothing is asked of a registry without credentials
    /// only because of that. Only a helper of the system that does not work, and that nothing names,
    /// counts as an empty one. Registries are known by host and port;
    /// Docker Hub by `https://index.docker.io/v1/`.
    ///
    /// # Errors
    ///
    /// - [`is_unauthorized`](Error::is_unauthorized) if the registry does not take them;
    /// - if it cannot be asked, a failure of the engine (500): so answers Podman for a registry over
    ///   plain HTTP, see [`unchecked`](Login::unchecked);
    /// - [`is_credentials`](Error::is_credentials) if they cannot be kept.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use dockwright::Credentials;
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.login(Credentials::password("me", "s3cret").registry("registry.example.com")).await?;
    /// docker.images().pull("registry.example.com/team/app").await?;
    /// docker.logout("registry.example.com").await?;
    /// # Ok(()) }
    /// ```
    pub fn login(&self, credentials: Credentials) -> Login {
        Login {
            docker: self.clone(),
            credentials,
            unchecked: false,
        }
    }

    /// Forgets the credentials for a registry, wherever [`login`](Docker::login) and older versions
    /// of the CLI have put them: `docker.io` is Docker Hub. The variable stays as it is.
    ///
    /// # Errors
    ///
    /// [`is_credentials`](Error::is_credentials) if a helper does not forget them.
    pub fn logout(&self, registry: impl AsRef<str>) -> Logout {
        Logout {
            docker: self.clone(),
            registry: Registry::at(registry.as_ref()),
        }
    }
}

impl Login {
    /// Keeps the credentials without asking anyone whether they are right. An engine may not be able
    /// to tell: Podman asks registries over TLS only.
    pub fn unchecked(mut self) -> Self {
        self.unchecked = true;
        self
    }

    async fn send(self) -> Result<Accepted> {
        let Self {
            docker,
            credentials,
            unchecked,
        } = self;
        let registry = Registry::at(credentials.address().unwrap_or_default());
        let call = docker.call("log in").on(registry.host());
        let environment = docker.environment();
        if credentials.is_anonymous() {
            let error = Error::invalid("there are no credentials to log in with");
            return Err(error.during(&call));
        }
        writable(environment).map_err(|error| error.during(&call))?;
        let mut credentials = credentials.registry(registry.key());
        let accepted = match unchecked {
            true => Accepted::default(),
            false => super::check::check(&docker, &call, &credentials).await?,
        };
        if let Some(token) = &accepted.identity_token {
            credentials.password = None;
            credentials.identitytoken = Some(token.clone());
        }
        let kept = keep(environment, registry, credentials).await;
        kept.map_err(|error| error.during(&call))?;
        Ok(accepted)
    }
}

awaited!(Login => Accepted);

impl Logout {
    async fn send(self) -> Result<bool> {
        let call = self.docker.call("log out").on(self.registry.host());
        let forgotten = self.forget().await;
        forgotten.map_err(|error| error.during(&call))
    }

    async fn forget(self) -> Result<bool> {
        let environment = self.docker.environment();
        let stores = Stores::open(environment).await?;
        let keeper = stores.keeper(&self.registry)?;
        let erased = match &keeper {
            Keeper::Helper(helper) | Keeper::SystemHelper(helper) => {
                erase(helper, &self.registry).await
            }
            Keeper::File => Ok(false),
        };
        let registry = self.registry;
        let removed = edit(environment, move |file| {
            Ok(remove(file.auths_mut()?, &registry))
        })
        .await?;
        Ok(erased? || removed)
    }
}

awaited!(Logout => bool);

/// Refuses where nothing can be kept, before anything is sent.
fn writable(environment: &Environment) -> Result<()> {
    match environment.config_dir() {
        Some(_) => Ok(()),
        None => Err(
            Error::invalid("there is no folder of the CLI to keep credentials in")
                .advising("set DOCKER_CONFIG or HOME, and do not isolate the client"),
        ),
    }
}

async fn keep(
    environment: &Environment,
    registry: Registry,
    credentials: Credentials,
) -> Result<()> {
    let stores = Stores::open(environment).await?;
    let keeper = stores.keeper(&registry)?;
    let entry = match &keeper {
        Keeper::File => encoded(&credentials),
        Keeper::Helper(helper) | Keeper::SystemHelper(helper) => {
            let stored = helper.store(registry.key(), &credentials).await;
            stored.map_err(|failure| {
                let host = registry.host();
                let detail = format!("the credentials for `{host}` were not kept: {failure}");
                Error::new(ErrorKind::Credentials, detail)
            })?;
            // The file tells only that there is something.
            Value::Object(Map::new())
        }
    };
    let key = registry.key().to_owned();
    edit(environment, move |file| {
        file.auths_mut()?.insert(key, entry);
        // Once something is settled, a helper that is not named is not asked any more.
        if let Keeper::SystemHelper(helper) = &keeper {
            file.set_creds_store(helper.name());
        }
        Ok(true)
    })
    .await?;
    Ok(())
}

/// Has a helper forget a registry, under what older versions of the CLI called it, too.
async fn erase(helper: &Helper, registry: &Registry) -> Result<bool> {
    let mut erased = false;
    for key in registry.keys() {
        match helper.erase(&key).await {
            Ok(one) => erased |= one,
            // Some fail for what they do not have.
            Err(_) if key != registry.key() => {}
            Err(failure) => {
                let host = registry.host();
                let detail = format!("the credentials for `{host}` were not forgotten: {failure}");
                return Err(Error::new(ErrorKind::Credentials, detail));
            }
        }
    }
    Ok(erased)
}

/// Takes a registry away, and tells whether it was there.
fn remove(auths: &mut Map<String, Value>, registry: &Registry) -> bool {
    let before = auths.len();
    auths.retain(|key, _| !registry.had_key(key));
    auths.len() < before
}

/// Changes `config.json`; `change` tells whether it has.
async fn edit(
    environment: &Environment,
    change: impl FnOnce(&mut ConfigFile) -> Result<bool> + Send + 'static,
) -> Result<bool> {
    let environment = environment.clone();
    let edited = tokio::task::spawn_blocking(move || ConfigFile::edit(&environment, change));
    edited.await.unwrap_or_else(|error| {
        let detail = "the change of config.json was broken off";
        Err(Error::new(ErrorKind::Credentials, detail).because(error))
    })
}

#[cfg(all(test, unix))]
#[path = "login_tests.rs"]
mod tests;
