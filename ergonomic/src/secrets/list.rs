//! `docker secret ls`.

use super::Secrets;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::operation;
use crate::raw::{SecretListParams, types};

/// A list of secrets to ask for; await it.
///
/// See [`Secrets::list`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ListSecrets {
    docker: Docker,
    filters: Filters,
}

impl Secrets {
    /// The secrets of the swarm, without their data.
    ///
    /// # API version
    ///
    /// Since 1.25.
    ///
    /// # Errors
    ///
    /// If the engine is no manager of a swarm (503).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for secret in docker.secrets().list().label("team=a").await? {
    ///     println!("{:?}", secret.id);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> ListSecrets {
        ListSecrets {
            docker: self.docker.clone(),
            filters: Default::default(),
        }
    }
}

impl ListSecrets {
    /// Only secrets whose names begin with this.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.filter("name", name)
    }

    /// Only secrets with this label, as `key` or `key=value`.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only those for which this holds, such as `id=…`. Of several values for one key, one must
    /// hold; of several keys, all.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(self) -> Result<Vec<types::Secret>> {
        let call = self.docker.call("list secrets");
        let params = SecretListParams {
            filters: self.filters.to_param(),
        };
        self.docker.allows(&call, &params)?;
        let request = self.docker.raw().secret_list(&params);
        operation::document(&call, request).await
    }
}

awaited!(ListSecrets => Vec<types::Secret>);
