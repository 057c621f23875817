//! What a request proves to a registry with: credentials of its own, or those that are configured.

use super::store::Stores;
use super::{Credentials, Registry};
use crate::answer::Result;
use crate::docker::Docker;
use crate::error::{Call, Error};

/// Who a request is to one registry, which an engine asks.
pub(crate) struct Auth<'a> {
    docker: &'a Docker,
    call: &'a Call,
    registry: Registry,
    /// The credentials of the request itself.
    given: Option<&'a Credentials>,
}

impl<'a> Auth<'a> {
    pub(crate) fn new(
        docker: &'a Docker,
        call: &'a Call,
        registry: Registry,
        given: Option<&'a Credentials>,
    ) -> Self {
        Self {
            docker,
            call,
            registry,
            given,
        }
    }

    /// Asks with the credentials that count, which `request` is given as the value of
    /// `X-Registry-Auth`.
    pub(crate) async fn ask<T, F>(&self, request: impl Fn(String) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let (answer, _) = self.begin(request).await?;
        Ok(answer)
    }

    /// The same, for what goes on after the answer: with what to do if the registry refuses then.
    ///
    /// What is configured may be out of date by the time that the registry sees it: tokens expire,
    /// and helpers renew them. So it is read once more if the registry refuses, and if it has
    /// changed, the registry is asked once more.
    pub(crate) async fn begin<T, F>(&self, request: impl Fn(String) -> F) -> Result<(T, String)>
    where
        F: Future<Output = Result<T>>,
    {
        let mut shown = self.credentials().await?;
        let mut outcome = request(shown.to_header()).await;
        if self.given.is_none()
            && outcome.as_ref().is_err_and(Error::is_unauthorized)
            && let Ok(fresh) = self.credentials().await
            && fresh != shown
        {
            outcome = request(fresh.to_header()).await;
            shown = fresh;
        }
        let advice = self.advice(&shown);
        match outcome {
            Ok(answer) => Ok((answer, advice)),
            Err(error) if error.is_unauthorized() => Err(error.advising(advice)),
            Err(error) => Err(error),
        }
    }

    /// The credentials that count: given ones, or those that are configured. There may be none, but
    /// not because they could not be read.
    pub(crate) async fn credentials(&self) -> Result<Credentials> {
        if let Some(given) = self.given {
            return Ok(given.clone());
        }
        let found = configured(self.docker, &self.registry).await;
        let found = found.map_err(|error| error.during(self.call))?;
        Ok(found.unwrap_or_default())
    }

    fn advice(&self, shown: &Credentials) -> String {
        let host = self.registry.host();
        match (self.given.is_some(), shown.is_anonymous()) {
            (true, true) => format!("give it credentials for `{host}`"),
            (true, false) => format!("check the credentials that it was given for `{host}`"),
            (false, true) => {
                format!("no credentials for `{host}` are configured: log in, or give it some")
            }
            (false, false) => format!("check the credentials that are configured for `{host}`"),
        }
    }
}

async fn configured(docker: &Docker, registry: &Registry) -> Result<Option<Credentials>> {
    let stores = Stores::open(docker.environment()).await?;
    stores.find(registry).await
}

/// The credentials for a build, which may ask any registry, and what to say if one refuses.
///
/// Those that cannot be read are left out, for the build may need others.
pub(crate) async fn for_build(
    docker: &Docker,
    given: &[Credentials],
) -> Result<(Vec<Credentials>, Option<String>)> {
    let unnamed = |one: &Credentials| one.is_anonymous() && one.address().is_none();
    if given.iter().any(unnamed) {
        let given = given.iter().filter(|&one| !unnamed(one));
        return Ok((given.cloned().collect(), None));
    }
    let stores = Stores::open(docker.environment()).await?;
    let (mut credentials, failures) = stores.all().await?;
    credentials.extend_from_slice(given);
    let failures: Vec<_> = failures.iter().map(Error::to_string).collect();
    let advice = (!failures.is_empty()).then(|| failures.join("; "));
    Ok((credentials, advice))
}

#[cfg(all(test, unix))]
#[path = "auth_tests.rs"]
mod tests;
