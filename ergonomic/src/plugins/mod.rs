//! Plugins that an engine manages: all of them by [`Docker::plugins`], one of them by
//! [`Docker::plugin`].

mod create;
mod enable;
mod inspect;
mod install;
mod list;
mod privileges;
mod push;
mod remove;
mod set;
mod upgrade;

pub use create::CreatePlugin;
pub use enable::{DisablePlugin, EnablePlugin};
pub use inspect::InspectPlugin;
pub use install::InstallPlugin;
pub use list::ListPlugins;
pub use privileges::AskPrivileges;
pub use push::PushPlugin;
pub use remove::RemovePlugin;
pub use set::SetPlugin;
pub use upgrade::UpgradePlugin;

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Call;
use crate::name::{self, compared_by_name};

impl Docker {
    /// The plugins that this engine manages. Podman manages none: it answers 404 to all of this.
    pub fn plugins(&self) -> Plugins {
        Plugins {
            docker: self.clone(),
        }
    }

    /// The plugin with this name (and tag) or id.
    ///
    /// Nothing is asked of the engine until something is done with the plugin.
    pub fn plugin(&self, name_or_id: impl Into<String>) -> Plugin {
        Plugin {
            docker: self.clone(),
            name: name_or_id.into(),
        }
    }
}

/// The plugins that an engine manages: install and create new ones, list what there is.
///
/// See [`Plugins::install`] for an example.
#[derive(Clone, Debug)]
pub struct Plugins {
    docker: Docker,
}

/// One plugin. Two of these are equal if their names or ids are.
///
/// See [`Plugin::enable`] for an example.
///
/// # Dropping
///
/// This is a name and not the plugin itself: dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Plugin {
    docker: Docker,
    name: String,
}

compared_by_name!(Plugin);

impl Plugin {
    /// The name or id that stands for the plugin.
    pub fn name_or_id(&self) -> &str {
        &self.name
    }

    /// The name to put into a path, and what is attempted on it.
    fn call(&self, operation: &'static str) -> Result<(Call, &str)> {
        let call = self.docker.call(operation).on(&self.name);
        let name = checked(&call, &self.name)?;
        Ok((call, name))
    }
}

/// The name of a plugin, which may be that of a repository with a tag.
fn checked<'a>(call: &Call, name: &'a str) -> Result<&'a str> {
    name::checked_loosely("a plugin", name).map_err(|error| error.during(call))
}
