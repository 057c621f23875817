//! The engine itself: what it is, what its disk is taken by, whom it lets in.

mod auth;
mod disk_usage;
mod usage;

pub use auth::Accepted;
pub use disk_usage::{AskDiskUsage, DiskUsage, Usage};

use crate::answer::Result;
use crate::docker::Docker;
use crate::operation;
use crate::ping::{self, Ping};
use crate::raw::types::{SystemInfo, SystemVersion};

impl Docker {
    /// Asks the engine whether it is there, and what it is.
    ///
    /// # Errors
    ///
    /// [`is_connect`](crate::Error::is_connect) or [`is_timeout`](crate::Error::is_timeout) if it
    /// is not.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// println!("API up to {}", docker.ping().await?.api_version);
    /// # Ok(()) }
    /// ```
    pub async fn ping(&self) -> Result<Ping> {
        ping::ping(self.transport(), &self.call("ping")).await
    }

    /// The versions of the engine and of its parts.
    ///
    /// # Errors
    ///
    /// If the engine cannot be reached, or refuses.
    pub async fn version(&self) -> Result<SystemVersion> {
        let call = self.call("ask for the engine's version");
        operation::document(self, &call, self.raw().system_version()).await
    }

    /// What the engine is and has: counts, drivers, plugins, limits.
    ///
    /// # Errors
    ///
    /// If the engine cannot be reached, or refuses.
    pub async fn info(&self) -> Result<SystemInfo> {
        let call = self.call("ask for the engine's state");
        operation::document(self, &call, self.raw().system_info()).await
    }
}
