//! The engine itself: what it is, what its disk is taken by.

mod disk_usage;
mod usage;

pub use disk_usage::{AskDiskUsage, DiskUsage, Usage};

use crate::answer::Answer;
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
    #[inline]
    pub fn ping(&self) -> Answer<Ping> {
        let docker = self.clone();
        Box::pin(async move { ping::ping(docker.transport(), &docker.call("ping")).await })
    }

    /// The versions of the engine and of its parts.
    ///
    /// # Errors
    ///
    /// If the engine cannot be reached, or refuses.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// println!("{:?}", docker.version().await?.version);
    /// # Ok(()) }
    /// ```
    #[inline]
    pub fn version(&self) -> Answer<SystemVersion> {
        let docker = self.clone();
        Box::pin(async move {
            let call = docker.call("ask for the engine's version");
            operation::document(&call, docker.raw().system_version()).await
        })
    }

    /// What the engine is and has: counts, drivers, plugins, limits.
    ///
    /// # Errors
    ///
    /// If the engine cannot be reached, or refuses.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let info = docker.info().await?;
    /// println!("{:?} processors, {:?} containers", info.ncpu, info.containers);
    /// # Ok(()) }
    /// ```
    #[inline]
    pub fn info(&self) -> Answer<SystemInfo> {
        let docker = self.clone();
        Box::pin(async move {
            let call = docker.call("ask for the engine's state");
            operation::document(&call, docker.raw().system_info()).await
        })
    }
}
