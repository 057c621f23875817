//! Changing the labels of a secret.

use super::Secret;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::SecretUpdateParams;
use crate::raw::types::SecretSpec;
use crate::update::{self, Changes};

/// Changes to the labels of a secret; await them.
///
/// See [`Secret::update`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct UpdateSecret {
    secret: Secret,
    changes: Changes<SecretSpec>,
}

impl Secret {
    /// Changes labels of this secret: engines let nothing else be changed. All others stay.
    ///
    /// # API version
    ///
    /// Since 1.26.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such secret.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.secret("db-password").update().label("rotated", "2026-01").await?;
    /// # Ok(()) }
    /// ```
    pub fn update(&self) -> UpdateSecret {
        UpdateSecret {
            secret: self.clone(),
            changes: Default::default(),
        }
    }
}

impl UpdateSecret {
    /// Sets a label.
    pub fn label(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let (key, value) = (key.into(), value.into());
        self.spec(move |spec| {
            spec.labels.insert(key.clone(), value.clone());
        })
    }

    /// Takes a label away.
    pub fn remove_label(self, key: impl Into<String>) -> Self {
        let key = key.into();
        self.spec(move |spec| {
            spec.labels.remove(&key);
        })
    }

    /// Makes any other change, which engines may refuse. It is made again, to what was read
    /// again, if someone else changes the secret meanwhile.
    pub fn spec(mut self, change: impl Fn(&mut SecretSpec) + Send + Sync + 'static) -> Self {
        self.changes.add(change);
        self
    }

    async fn send(self) -> Result<()> {
        update::retried(|| self.attempt()).await
    }

    async fn attempt(&self) -> Result<()> {
        let (call, name) = self.secret.call("update secret")?;
        let docker = &self.secret.docker;
        docker.require(&call, "SecretUpdate")?;
        let secret = self.secret.inspect().await?;
        let read = update::versioned(secret.spec, secret.version);
        let (mut spec, version) = read.map_err(|error| error.during(&call))?;
        let read = spec.clone();
        self.changes.apply(&mut spec)?;
        docker.allows_changes(&call, &read, &spec)?;
        let params = SecretUpdateParams { version };
        let request = docker.raw().secret_update(name, &params, &spec);
        operation::answered(&call, request).await?;
        Ok(())
    }
}

awaited!(UpdateSecret => ());
