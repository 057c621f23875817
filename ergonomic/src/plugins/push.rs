//! `docker plugin push`.

use super::Plugin;
use crate::answer::{Result, awaited};
use crate::images::{Credentials, LastPushed, Pushed};
use crate::operation;
use crate::progress::Progress;
use crate::raw::PluginPushParams;
use crate::transport;

/// A push of a plugin; await it for what the registry has then, or watch it by
/// [`progress`](PushPlugin::progress).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct PushPlugin {
    plugin: Plugin,
    credentials: Credentials,
}

impl Plugin {
    /// Pushes this plugin to the registry that its name begins with.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such plugin; failures of the
    /// push as the engine puts them.
    ///
    /// # Dropping
    ///
    /// Dropping the future, or its [`Progress`], stops the push.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let plugin = docker.plugin("registry.example.com/team/volumes:1.0");
    /// println!("{}", plugin.push().await?.digest);
    /// # Ok(()) }
    /// ```
    pub fn push(&self) -> PushPlugin {
        PushPlugin {
            plugin: self.clone(),
            credentials: Credentials::default(),
        }
    }
}

impl PushPlugin {
    /// What to prove to the registry with; nothing, if not set.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// Begins the push, and gives its steps as a stream that ends in what was pushed.
    ///
    /// # Errors
    ///
    /// As for [`push`](Plugin::push).
    pub async fn progress(self) -> Result<Progress<Pushed>> {
        let (call, name) = self.plugin.call("push plugin")?;
        let docker = &self.plugin.docker;
        let params = PluginPushParams {
            x_registry_auth: Some(self.credentials.to_header()),
        };
        docker.allows(&call, &params)?;
        let request = docker.raw().plugin_push(name, &params);
        let response = operation::answered(docker, &call, request).await?;
        let body = transport::buffers(&call, response.into_inner());
        Ok(Progress::new(body, call, LastPushed::default()))
    }

    async fn send(self) -> Result<Pushed> {
        self.progress().await?.await
    }
}

awaited!(PushPlugin => Pushed);
