//! `docker plugin install`.

use std::fmt;

use super::privileges::Grant;
use super::{Plugin, Plugins, checked};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::operation;
use crate::progress::{Known, Progress};
use crate::raw::PluginPullParams;
use crate::raw::types::PluginPrivilege;
use crate::registry::{Auth, Credentials, Registry};
use crate::transport;

/// The header with the name by which the engine knows the plugin from now on.
const NAME: &str = "docker-plugin-name";

/// A plugin to install; await it for the plugin, or watch it by
/// [`progress`](InstallPlugin::progress). Its settings may be secret, and do not show in `Debug`.
#[derive(Clone)]
#[must_use = "nothing is sent until this is awaited"]
pub struct InstallPlugin {
    docker: Docker,
    remote: String,
    name: Option<String>,
    credentials: Option<Credentials>,
    grant: Grant,
    settings: Vec<String>,
    enabled: bool,
}

impl Plugins {
    /// Installs the plugin `remote` from its registry: asks what it has to be allowed, pulls it,
    /// changes its settings, and enables it.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](crate::Error::is_invalid_input) if the plugin asks for privileges that
    /// were not granted: nothing is pulled then. Failures of the pull as the engine puts them. If
    /// setting or enabling fails, the plugin stays, disabled.
    ///
    /// # Dropping
    ///
    /// Dropping the future, or its [`Progress`], stops the pull; a plugin that was pulled stays.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let install = docker.plugins().install("team/volumes:1.0").name("volumes");
    /// let plugin = install.set("DEBUG=1").grant_all().await?;
    /// # Ok(()) }
    /// ```
    pub fn install(&self, remote: impl Into<String>) -> InstallPlugin {
        InstallPlugin {
            docker: self.docker.clone(),
            remote: remote.into(),
            name: None,
            credentials: None,
            grant: Grant::default(),
            settings: Vec::new(),
            enabled: true,
        }
    }
}

impl InstallPlugin {
    /// The name by which the engine is to know the plugin; its name in the registry, if not set.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
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

    /// Has `decide` told what the plugin asks for, to say whether it gets it. It is not asked for a
    /// plugin that asks for nothing.
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let install = docker.plugins().install("team/volumes:1.0");
    /// let plugin = install.grant(|privileges| async move {
    ///     privileges.iter().all(|privilege| privilege.name.as_deref() == Some("mount"))
    /// });
    /// plugin.await?;
    /// # Ok(()) }
    /// ```
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

    /// A setting of the plugin, as for [`set`](Plugin::set).
    pub fn set(mut self, setting: impl Into<String>) -> Self {
        self.settings.push(setting.into());
        self
    }

    /// Leaves the plugin disabled.
    pub fn disabled(mut self) -> Self {
        self.enabled = false;
        self
    }

    /// Begins to install, and gives the steps of the pull as a stream; awaited, it sets and enables
    /// what was pulled, and ends in the plugin.
    ///
    /// # Errors
    ///
    /// As for [`install`](Plugins::install).
    pub async fn progress(self) -> Result<Progress<Plugin>> {
        let call = self.docker.call("install plugin").on(&self.remote);
        let name = self.name.as_deref().map(|name| checked(&call, name));
        let name = name.transpose()?;
        let (docker, remote, call) = (&self.docker, &self.remote, &call);
        let given = self.credentials.as_ref();
        let privileges = self.grant.privileges(docker, call, remote, given);
        let privileges = &privileges.await?;
        let params = PluginPullParams {
            name: name.map(str::to_owned),
            remote: remote.clone(),
            x_registry_auth: None,
        };
        docker.allows(call, &params)?;
        let auth = Auth::new(docker, call, Registry::of_name(remote), given);
        let begun = auth.begin(|header| {
            let params = PluginPullParams {
                x_registry_auth: Some(header),
                ..params.clone()
            };
            async move {
                let request = docker.raw().plugin_pull(&params, privileges);
                operation::answered(call, request).await
            }
        });
        let (response, advice) = begun.await?;
        let told = response.headers().get(NAME);
        let told = told.and_then(|name| name.to_str().ok());
        let plugin = docker.plugin(told.or(name).unwrap_or(remote));
        let body = transport::buffers(call, response.into_inner());
        let pull = Progress::new(body, call.clone(), Known(plugin)).if_refused(Some(advice));
        Ok(pull.then(move |plugin| finish(plugin, self.settings, self.enabled)))
    }

    async fn send(self) -> Result<Plugin> {
        self.progress().await?.await
    }
}

awaited!(InstallPlugin => Plugin);

async fn finish(plugin: Plugin, settings: Vec<String>, enabled: bool) -> Result<Plugin> {
    if !settings.is_empty() {
        plugin.set(settings).await?;
    }
    if enabled {
        plugin.enable().await?;
    }
    Ok(plugin)
}

impl fmt::Debug for InstallPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstallPlugin")
            .field("remote", &self.remote)
            .field("name", &self.name)
            .field("grant", &self.grant)
            .field("enabled", &self.enabled)
            .finish_non_exhaustive()
    }
}
