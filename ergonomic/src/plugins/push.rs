//! `docker plugin push`.

use super::Plugin;
use crate::answer::{Result, awaited};
use crate::images::{LastPushed, Pushed};
use crate::operation;
use crate::progress::Progress;
use crate::raw::PluginPushParams;
use crate::registry::{Auth, Credentials, Registry};
use crate::transport;

/// A push of a plugin; await it for what the registry has then, or watch it by
/// [`progress`](PushPlugin::progress).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct PushPlugin {
    plugin: Plugin,
    credentials: Option<Credentials>,
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
            credentials: None,
        }
    }
}

impl PushPlugin {
    /// What to prove to the registry with, in place of what is
    /// [configured](crate::Docker::login).
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Begins the push, and gives its steps as a stream that ends in what was pushed.
    ///
    /// # Errors
    ///
    /// As for [`push`](Plugin::push).
    pub async fn progress(self) -> Result<Progress<Pushed>> {
        let (call, name) = self.plugin.call("push plugin")?;
        let (docker, call) = (&self.plugin.docker, &call);
        docker.require(call, "PluginPush")?;
        let auth = Auth::new(
            docker,
            call,
            Registry::of_name(name),
            self.credentials.as_ref(),
        );
        let begun = auth.begin(|header| {
            let params = PluginPushParams {
                x_registry_auth: Some(header),
            };
            async move {
                let request = docker.raw().plugin_push(name, &params);
                operation::answered(call, request).await
            }
        });
        let (response, advice) = begun.await?;
        let body = transport::buffers(call, response.into_inner());
        Ok(Progress::new(body, call.clone(), LastPushed::default()).if_refused(Some(advice)))
    }

    async fn send(self) -> Result<Pushed> {
        self.progress().await?.await
    }
}

awaited!(PushPlugin => Pushed);
