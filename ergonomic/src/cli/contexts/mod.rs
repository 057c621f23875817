//! Contexts: engines that have a name on this machine.

mod store;
#[cfg(all(test, unix))]
mod tests;

use std::fmt;
use std::path::PathBuf;

use serde_json::{Map, Value};

use self::store::{Meta, Store};
use super::resolution::{self, DEFAULT};
use super::{Environment, Origin, places};
use crate::answer::Result;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::tls::Tls;

/// The contexts of this machine, as `docker context` manages them.
///
/// Reading them asks no engine anything, and reads a few small files without being awaited.
/// [`Connect::context`](crate::Connect::context) connects to one of them.
///
/// # Examples
///
/// ```no_run
/// # fn example() -> dockwright::Result<()> {
/// // docker context ls
/// for context in dockwright::Contexts::from_env().list()? {
///     let mark = if context.is_current() { "*" } else { "" };
///     match context.endpoint() {
///         Ok(endpoint) => println!("{}{mark} {endpoint}", context.name()),
///         Err(error) => println!("{}{mark} {error}", context.name()),
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Contexts {
    environment: Environment,
}

impl Contexts {
    /// The contexts of this user: those in the folder that `DOCKER_CONFIG` names, or else in
    /// `.docker` in the user's home.
    pub fn from_env() -> Self {
        Self::of(Environment::process())
    }

    /// The contexts in another folder, one that has a `config.json` and a folder `contexts`.
    /// Variables count as they do for [`from_env`](Contexts::from_env).
    pub fn in_dir(config_dir: impl Into<PathBuf>) -> Self {
        Self::of(Environment::process().with_config_dir(config_dir))
    }

    pub(crate) fn of(environment: Environment) -> Self {
        Self { environment }
    }

    /// The name of the context in use, as `docker context show` has it: `DOCKER_CONTEXT`, or else
    /// the current context of `config.json`, or else `default`; with `DOCKER_HOST` set it is
    /// always `default`. There need not be a context of this name.
    ///
    /// # Errors
    ///
    /// - [`is_invalid_input`](Error::is_invalid_input) if a variable or `config.json` is malformed;
    /// - [`is_local_file`](Error::is_local_file) if `config.json` cannot be read.
    pub fn current(&self) -> Result<String> {
        resolution::current(&self.environment)
    }

    /// All contexts by name: those in the folder, `default`, and the current one even if there is
    /// none of its name. What is wrong with one of them is told by its
    /// [`endpoint`](Context::endpoint).
    ///
    /// # Errors
    ///
    /// As for [`current`](Contexts::current), and if the folder cannot be read.
    pub fn list(&self) -> Result<Vec<Context>> {
        let current = self.current()?;
        let mut contexts = vec![self.default(&current)];
        if let Some(store) = self.store() {
            let all = store.all()?.into_iter();
            contexts.extend(all.map(|(id, meta)| self.read(&store, id, meta, &current)));
        }
        if !contexts.iter().any(Context::is_current) {
            contexts.push(Context {
                endpoint: Err(self.unknown(&current)),
                name: current,
                description: None,
                current: true,
                document: Map::new(),
            });
        }
        contexts.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(contexts)
    }

    /// The context of this name.
    ///
    /// # Errors
    ///
    /// - As for [`current`](Contexts::current);
    /// - [`is_invalid_input`](Error::is_invalid_input) if there is no context of this name, or its
    ///   file is malformed.
    pub fn inspect(&self, name: &str) -> Result<Context> {
        let current = self.current()?;
        if name == DEFAULT {
            return Ok(self.default(&current));
        }
        let (store, meta) = self.find(name)?;
        Ok(self.read(&store, store::id(name), Ok(meta), &current))
    }

    /// The endpoint of a context that is not the default one.
    pub(super) fn endpoint(
        &self,
        name: &str,
        tls: Option<Tls>,
        origin: Origin,
    ) -> Result<Endpoint> {
        let (store, meta) = self.find(name)?;
        self.reached(&store, &store::id(name), &meta, tls, origin)
    }

    fn store(&self) -> Option<Store> {
        let folder = self.environment.config_dir()?;
        Some(Store::new(&folder))
    }

    fn find(&self, name: &str) -> Result<(Store, Meta)> {
        let found = match self.store() {
            Some(store) => store.get(name)?.map(|meta| (store, meta)),
            None => None,
        };
        found.ok_or_else(|| self.unknown(name))
    }

    fn unknown(&self, name: &str) -> Error {
        let all = self.store().map(|store| store.all());
        let mut others: Vec<String> = all
            .and_then(Result::ok)
            .into_iter()
            .flatten()
            .filter_map(|(_, meta)| Some(meta.ok()?.name().ok()?.to_owned()))
            .collect();
        others.push(DEFAULT.to_owned());
        others.sort();
        store::unknown(name, &others)
    }

    /// Where the engine of a context is; `tls` takes the place of what the context says of it.
    fn reached(
        &self,
        store: &Store,
        id: &str,
        meta: &Meta,
        tls: Option<Tls>,
        origin: Origin,
    ) -> Result<Endpoint> {
        let target = store.target(id, meta)?;
        let endpoint = match target.host {
            "" => places::default(&self.environment),
            host => Endpoint::at(host, tls.or(target.tls))?,
        };
        Ok(endpoint.chosen_by(origin))
    }

    fn default(&self, current: &str) -> Context {
        Context {
            name: DEFAULT.to_owned(),
            description: None,
            current: current == DEFAULT,
            endpoint: resolution::default_context(&self.environment, None, Origin::Default),
            document: Map::new(),
        }
    }

    /// A context of the folder, with all that can be told of it.
    fn read(&self, store: &Store, id: String, meta: Result<Meta>, current: &str) -> Context {
        let is_current = id == store::id(current);
        // The name stands in the file alone.
        let mut name = if is_current {
            current.to_owned()
        } else {
            id.clone()
        };
        let mut description = None;
        let mut document = Map::new();
        let endpoint = meta.and_then(|meta| {
            document.clone_from(&meta.document);
            description = meta.description()?.map(str::to_owned);
            name = meta.name_of(&id)?.to_owned();
            self.reached(store, &id, &meta, None, Origin::Context(name.clone()))
        });
        Context {
            name,
            description,
            current: is_current,
            endpoint,
            document,
        }
    }
}

/// An engine that has a name on this machine, or what is left of one.
///
/// See [`Contexts`] for an example.
pub struct Context {
    name: String,
    description: Option<String>,
    current: bool,
    endpoint: Result<Endpoint>,
    document: Map<String, Value>,
}

impl Context {
    /// What [`Connect::context`](crate::Connect::context) takes; if its file cannot be understood,
    /// what its folder is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was written down about it.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Whether it is the one in use, which [`Docker::connect`](crate::Docker::connect) connects to.
    pub fn is_current(&self) -> bool {
        self.current
    }

    /// Where its engine is, and how TLS is spoken to it.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) or [`is_local_file`](Error::is_local_file) if
    /// the context is broken. Its certificates are not read before connecting.
    pub fn endpoint(&self) -> Result<&Endpoint> {
        self.endpoint.as_ref().map_err(Error::again)
    }

    /// All that its file says, also what this crate does not know; empty for `default`, which
    /// has none.
    pub fn document(&self) -> &Map<String, Value> {
        &self.document
    }
}

impl fmt::Debug for Context {
    /// Without the document, which may hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("name", &self.name)
            .field("description", &self.description)
            .field("current", &self.current)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
