//! `docker secret rm`.

use super::Secret;
use crate::answer::{Result, awaited};
use crate::operation;

/// A removal of a secret; await it.
///
/// See [`Secret::remove`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct RemoveSecret {
    secret: Secret,
}

impl Secret {
    /// Removes this secret, which no service may use.
    ///
    /// # API version
    ///
    /// Since 1.25.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such secret, and
    /// [`is_invalid_input`](crate::Error::is_invalid_input) if a service uses it.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.secret("db-password").remove().await?;
    /// # Ok(()) }
    /// ```
    pub fn remove(&self) -> RemoveSecret {
        RemoveSecret {
            secret: self.clone(),
        }
    }
}

impl RemoveSecret {
    async fn send(self) -> Result<()> {
        let (call, name) = self.secret.call("remove secret")?;
        let docker = &self.secret.docker;
        docker.require(&call, "SecretDelete")?;
        let request = docker.raw().secret_delete(name);
        operation::answered(&call, request).await?;
        Ok(())
    }
}

awaited!(RemoveSecret => ());
