//! Whether a registry takes credentials.

use std::fmt;

use super::Credentials;
use crate::answer::{Answer, Result};
use crate::docker::Docker;
use crate::error::Call;
use crate::operation;

/// A registry has taken the credentials. The token does not show in `Debug`.
///
/// See [`Docker::check_credentials`] for an example.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// The engine's words for it.
    pub status: String,
    /// What to use in place of the password from now on, if the registry wants it so.
    pub identity_token: Option<String>,
}

impl Docker {
    /// Has the engine show credentials to their registry, or to Docker Hub if they name none.
    /// Nothing is stored: [`login`](Docker::login) does that.
    ///
    /// # Errors
    ///
    /// [`is_unauthorized`](crate::Error::is_unauthorized) if the registry does not take them; if it
    /// cannot be asked, a failure of the engine (500).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use dockwright::Credentials;
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let credentials = Credentials::password("me", "s3cret").registry("registry.example.com");
    /// docker.check_credentials(&credentials).await?;
    /// # Ok(()) }
    /// ```
    #[inline]
    pub fn check_credentials(&self, credentials: &Credentials) -> Answer<Accepted> {
        let docker = self.clone();
        let call = docker.call("check credentials");
        let call = match credentials.address() {
            Some(registry) => call.on(registry),
            None => call,
        };
        let credentials = credentials.clone();
        Box::pin(async move { check(&docker, &call, &credentials).await })
    }
}

/// Has an engine show credentials to their registry.
pub(super) async fn check(
    docker: &Docker,
    call: &Call,
    credentials: &Credentials,
) -> Result<Accepted> {
    let config = credentials.to_config();
    let request = docker.raw().system_auth(&config);
    let answer = operation::document(call, request).await?;
    Ok(Accepted {
        status: answer.status.unwrap_or_default(),
        identity_token: answer.identity_token.filter(|token| !token.is_empty()),
    })
}

impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_does_not_show() {
        let accepted = Accepted {
            status: "Login Succeeded".to_owned(),
            identity_token: Some("t0ken".to_owned()),
        };
        let shown = format!("{accepted:?}");
        assert!(
            shown.contains("Succeeded") && !shown.contains("t0ken"),
            "{shown}"
        );
    }
}
