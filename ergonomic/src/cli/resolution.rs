//! Which engine is meant, in the order in which the CLI takes what was said.

use super::places::{self, Place};
use super::{ConfigFile, Contexts, Environment, Origin, tls};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::tls::Tls;

const HOST: &str = "DOCKER_HOST";
const CONTEXT: &str = "DOCKER_CONTEXT";
const CURRENT: &str = "currentContext of config.json";
/// The context that is no context: the variables, or the default.
pub(super) const DEFAULT: &str = "default";
/// Where the CLI looks for an engine that speaks TLS if it is told nothing else.
const DEFAULT_TLS_HOST: &str = "tcp://localhost:2376";

/// Where to look for the engine.
pub(crate) enum Resolved {
    At(Endpoint),
    /// At the first of these that has one.
    Among(Vec<Place>),
}

/// What decides.
enum Said {
    Host(String, Origin),
    Context(String, Origin),
    Nothing,
}

/// Which engine is meant by what the program says, or else by its environment. It blocks.
pub(crate) fn resolve(
    environment: &Environment,
    host: Option<String>,
    context: Option<String>,
    tls: Option<Tls>,
) -> Result<Resolved, Error> {
    let said = match (host, context) {
        (Some(_), Some(_)) => {
            return Err(Error::invalid("both a host and a context are given").advising("give one"));
        }
        (Some(host), None) => Said::Host(host, Origin::Host),
        (None, Some(name)) => Said::Context(name.clone(), Origin::Context(name)),
        (None, None) => said(environment)?,
    };
    let endpoint = match said {
        Said::Host(host, origin) => at(environment, &host, tls, origin)?,
        Said::Context(name, origin) if name == DEFAULT => {
            default_context(environment, tls, origin)?
        }
        Said::Context(name, origin) => in_context(environment, &name, tls, origin)?,
        Said::Nothing => return anywhere(environment, tls),
    };
    Ok(Resolved::At(endpoint))
}

/// The name of the context in use.
pub(super) fn current(environment: &Environment) -> Result<String, Error> {
    Ok(match said(environment)? {
        Said::Context(name, _) => name,
        Said::Host(..) | Said::Nothing => DEFAULT.to_owned(),
    })
}

/// The endpoint of the context `default`.
pub(super) fn default_context(
    environment: &Environment,
    tls: Option<Tls>,
    origin: Origin,
) -> Result<Endpoint, Error> {
    match text(environment, HOST)? {
        Some(host) => at(environment, &host, tls, Origin::DockerHost),
        None => Ok(usual(environment, tls)?.chosen_by(origin)),
    }
}

fn said(environment: &Environment) -> Result<Said, Error> {
    if let Some(host) = text(environment, HOST)? {
        return Ok(Said::Host(host, Origin::DockerHost));
    }
    if let Some(name) = text(environment, CONTEXT)? {
        return Ok(Said::Context(name.clone(), Origin::DockerContext(name)));
    }
    Ok(match ConfigFile::load(environment)?.current_context()? {
        Some(name) => Said::Context(name.to_owned(), Origin::CurrentContext(name.to_owned())),
        None => Said::Nothing,
    })
}

/// A variable with the blanks that are in it: for the CLI one of blanks is set.
fn text(environment: &Environment, name: &str) -> Result<Option<String>, Error> {
    let value = environment
        .as_written(name)
        .map(|value| value.into_string());
    let invalid = |_| Error::invalid("it is not valid UTF-8").in_variable(name);
    value.transpose().map_err(invalid)
}

fn at(
    environment: &Environment,
    host: &str,
    tls: Option<Tls>,
    origin: Origin,
) -> Result<Endpoint, Error> {
    let said = origin == Origin::Host;
    if host.trim().is_empty() && !said {
        return Ok(usual(environment, tls)?.chosen_by(origin));
    }
    let endpoint = Endpoint::at(host, chosen_tls(environment, tls)?);
    let endpoint = endpoint.map_err(|error| if said { error } else { error.in_variable(HOST) });
    Ok(endpoint?.chosen_by(origin))
}

fn in_context(
    environment: &Environment,
    name: &str,
    tls: Option<Tls>,
    origin: Origin,
) -> Result<Endpoint, Error> {
    let place = match &origin {
        Origin::DockerContext(_) => Some(CONTEXT),
        Origin::CurrentContext(_) => Some(CURRENT),
        _ => None,
    };
    let endpoint = Contexts::of(environment.clone()).endpoint(name, tls, origin);
    endpoint.map_err(|error| match place {
        Some(place) => error.in_variable(place),
        None => error,
    })
}

/// Where an engine is of which nothing is said but, perhaps, that it speaks TLS.
fn usual(environment: &Environment, tls: Option<Tls>) -> Result<Endpoint, Error> {
    match chosen_tls(environment, tls)? {
        Some(tls) => Endpoint::at(DEFAULT_TLS_HOST, Some(tls)),
        None => Ok(places::default(environment)),
    }
}

fn anywhere(environment: &Environment, tls: Option<Tls>) -> Result<Resolved, Error> {
    let endpoint = usual(environment, tls)?.chosen_by(Origin::Default);
    Ok(match places::is_absent(&endpoint) {
        false => Resolved::At(endpoint),
        true => Resolved::Among(places::all(environment)),
    })
}

fn chosen_tls(environment: &Environment, tls: Option<Tls>) -> Result<Option<Tls>, Error> {
    match tls {
        Some(tls) => Ok(Some(tls)),
        None => tls::of_variables(environment),
    }
}
