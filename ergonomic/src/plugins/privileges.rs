//! What a plugin asks for, and whether it gets it.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::{Plugins, checked};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::error::{Call, Error};
use crate::operation;
use crate::raw::GetPluginPrivilegesParams;
use crate::raw::types::PluginPrivilege;
use crate::registry::{Auth, Credentials, Registry};

/// A question for what a plugin would be allowed to do; await it for the answer.
///
/// See [`Plugins::privileges`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct AskPrivileges {
    docker: Docker,
    remote: String,
    credentials: Option<Credentials>,
}

impl Plugins {
    /// What the plugin `remote` of a registry has to be allowed to be installed, such as to use the
    /// engine's network.
    ///
    /// # Errors
    ///
    /// If the registry does not have it: as the engine puts it. Where the registry wants other
    /// credentials, engines say that the plugin asks for nothing; to install it fails then.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for privilege in docker.plugins().privileges("team/volumes:1.0").await? {
    ///     println!("{:?}: {:?}", privilege.name, privilege.value);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn privileges(&self, remote: impl Into<String>) -> AskPrivileges {
        AskPrivileges {
            docker: self.docker.clone(),
            remote: remote.into(),
            credentials: None,
        }
    }
}

impl AskPrivileges {
    /// What to prove to the registry with, in place of what is
    /// [configured](crate::Docker::login).
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    async fn send(self) -> Result<Vec<PluginPrivilege>> {
        let call = self.docker.call("ask for privileges of plugin");
        let call = call.on(&self.remote);
        ask(&self.docker, &call, &self.remote, self.credentials.as_ref()).await
    }
}

awaited!(AskPrivileges => Vec<PluginPrivilege>);

async fn ask(
    docker: &Docker,
    call: &Call,
    remote: &str,
    credentials: Option<&Credentials>,
) -> Result<Vec<PluginPrivilege>> {
    let params = GetPluginPrivilegesParams {
        remote: checked(call, remote)?.to_owned(),
        x_registry_auth: None,
    };
    docker.allows(call, &params)?;
    let auth = Auth::new(docker, call, Registry::of_name(remote), credentials);
    let asked = auth.ask(|header| {
        let params = GetPluginPrivilegesParams {
            x_registry_auth: Some(header),
            ..params.clone()
        };
        async move {
            let request = docker.raw().get_plugin_privileges(&params);
            operation::document(call, request).await
        }
    });
    asked.await
}

type Decision = Pin<Box<dyn Future<Output = bool> + Send>>;

/// Who decides whether a plugin gets what it asks for.
#[derive(Clone, Default)]
pub(super) enum Grant {
    /// Nobody: it gets nothing.
    #[default]
    Nothing,
    All,
    Asked(Arc<dyn Fn(Vec<PluginPrivilege>) -> Decision + Send + Sync>),
}

impl Grant {
    pub(super) fn asked<D>(
        decide: impl Fn(Vec<PluginPrivilege>) -> D + Send + Sync + 'static,
    ) -> Self
    where
        D: Future<Output = bool> + Send + 'static,
    {
        Self::Asked(Arc::new(move |privileges| Box::pin(decide(privileges))))
    }

    /// What the plugin asks for, if it is to get it.
    pub(super) async fn privileges(
        &self,
        docker: &Docker,
        call: &Call,
        remote: &str,
        credentials: Option<&Credentials>,
    ) -> Result<Vec<PluginPrivilege>> {
        let privileges = ask(docker, call, remote, credentials).await?;
        let granted = match self {
            _ if privileges.is_empty() => true,
            Self::Nothing => false,
            Self::All => true,
            Self::Asked(decide) => decide(privileges.clone()).await,
        };
        match granted {
            true => Ok(privileges),
            false => Err(refused(&privileges).during(call)),
        }
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::All => "All",
            Self::Asked(_) => "Asked",
        })
    }
}

fn refused(privileges: &[PluginPrivilege]) -> Error {
    let asked = privileges.iter().map(|privilege| {
        let name = privilege.name.as_deref().unwrap_or("?");
        format!("{name}: {}", privilege.value.join(", "))
    });
    let asked: Vec<_> = asked.collect();
    let asked = crate::error::printable(&asked.join("; "));
    Error::invalid(format!(
        "the plugin was not granted what it asks for ({asked})"
    ))
    .advising("grant it, if you trust the plugin")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_what_was_asked_for() {
        let privilege = |name: &str, value: &[&str]| PluginPrivilege {
            name: Some(name.to_owned()),
            value: value.iter().map(|&value| value.to_owned()).collect(),
            ..Default::default()
        };
        let error = refused(&[
            privilege("network", &["host"]),
            privilege("capabilities", &["CAP_A", "CAP_B"]),
        ]);
        assert!(error.is_invalid_input());
        let text = error.to_string();
        let asked = "(network: host; capabilities: CAP_A, CAP_B)";
        assert!(text.contains(asked), "{text}");
    }
}
