//! `docker secret inspect`.

use super::Secret;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::types;

/// A question for all that is known of a secret; await it for the answer.
///
/// See [`Secret::inspect`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InspectSecret {
    secret: Secret,
}

impl Secret {
    /// All that the engine knows of this secret. Its data is not given out.
    ///
    /// # API version
    ///
    /// Since 1.25.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such secret.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let secret = docker.secret("db-password").inspect().await?;
    /// println!("{:?}", secret.created_at);
    /// # Ok(()) }
    /// ```
    pub fn inspect(&self) -> InspectSecret {
        InspectSecret {
            secret: self.clone(),
        }
    }
}

impl InspectSecret {
    async fn send(self) -> Result<types::Secret> {
        let (call, name) = self.secret.call("inspect secret")?;
        let docker = &self.secret.docker;
        docker.require(&call, "SecretInspect")?;
        let request = docker.raw().secret_inspect(name);
        operation::document(&call, request).await
    }
}

awaited!(InspectSecret => types::Secret);
