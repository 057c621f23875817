//! `docker plugin upgrade`.

use super::Plugin;
use super::privileges::Grant;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::progress::{Known, Progress};
use crate::raw::PluginUpgradeParams;
use crate::raw::types::PluginPrivilege;
use crate::registry::{Auth, Credentials, Registry};
use crate::transport;

/// An upgrade of a plugin; await it, or watch it by [`progress`](UpgradePlugin::progress).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct UpgradePlugin {
    plugin: Plugin,
    remote: Option<String>,
    credentials: Option<Credentials>,
    grant: Grant,
}

impl Plugin {
    /// Replaces this plugin, which must be disabled, by what its registry has by now. Its settings
    /// stay as they are, and it stays disabled.
    ///
    /// # API version
    ///
    /// Since 1.26.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such plugin, and
    /// [`is_invalid_input`](crate::Error::is_invalid_input) if it asks for privileges that were
    /// not granted; failures of the pull as the engine puts them.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let plugin = docker.plugin("volumes");
    /// plugin.disable().await?;
    /// plugin.upgrade().remote("team/volumes:2.0").grant_all().await?;
    /// plugin.enable().await?;
    /// # Ok(()) }
    /// ```
    pub fn upgrade(&self) -> UpgradePlugin {
        UpgradePlugin {
            plugin: self.clone(),
            remote: None,
            credentials: None,
            grant: Grant::default(),
        }
    }
}

impl UpgradePlugin {
    /// What to replace it by; what it was installed from, if not set.
    pub fn remote(mut self, remote: impl Into<String>) -> Self {
        self.remote = Some(remote.into());
        self
    }

    /// What to prove to the registry with, in place of what is
    /// [configured](crate::Docker::login).
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Grants the plugin all that it asks for.
    pub fn grant_all(mut self) -> Self {
        self.grant = Grant::All;
        self
    }

    /// Has `decide` told what the plugin asks for, to say whether it gets it, as for
    /// [`install`](crate::InstallPlugin::grant).
    pub fn grant<D>(
        mut self,
        decide: impl Fn(Vec<PluginPrivilege>) -> D + Send + Sync + 'static,
    ) -> Self
    where
        D: Future<Output = bool> + Send + 'static,
    {
        self.grant = Grant::asked(decide);
        self
    }

    /// Begins the upgrade, and gives the steps of the pull as a stream.
    ///
    /// # Errors
    ///
    /// As for [`upgrade`](Plugin::upgrade).
    pub async fn progress(self) -> Result<Progress<()>> {
        let (call, name) = self.plugin.call("upgrade plugin")?;
        let (docker, call) = (&self.plugin.docker, &call);
        docker.require(call, "PluginUpgrade")?;
        let remote = match self.remote {
            Some(remote) => remote,
            None => {
                let known = self.plugin.inspect().await?.plugin_reference;
                known.unwrap_or_else(|| name.to_owned())
            }
        };
        let given = self.credentials.as_ref();
        let privileges = self.grant.privileges(docker, call, &remote, given);
        let privileges = &privileges.await?;
        let remote = &remote;
        let auth = Auth::new(docker, call, Registry::of_name(remote), given);
        let begun = auth.begin(|header| {
            let params = PluginUpgradeParams {
                remote: remote.clone(),
                x_registry_auth: Some(header),
            };
            async move {
                let request = docker.raw().plugin_upgrade(name, &params, privileges);
                operation::answered(call, request).await
            }
        });
        let (response, advice) = begun.await?;
        let body = transport::buffers(call, response.into_inner());
        Ok(Progress::new(body, call.clone(), Known(())).if_refused(Some(advice)))
    }

    async fn send(self) -> Result<()> {
        self.progress().await?.await
    }
}

awaited!(UpgradePlugin => ());
