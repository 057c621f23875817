//! `docker create`.

use super::settings::{Settings, settings};
use super::{Container, Containers};
use crate::answer::{Result, awaited};
use crate::images::PullPolicy;

/// A container to create; await it for the container.
///
/// See [`Containers::create`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct CreateContainer {
    settings: Settings,
}

impl Containers {
    /// Creates a container, and does not start it. The image must be there, unless
    /// [`pull`](CreateContainer::pull) says otherwise.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if the engine does not have the image, and
    /// [`is_conflict`](crate::Error::is_conflict) if the name is taken and
    /// [`replace`](CreateContainer::replace) is not set.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let job = docker.containers().create("alpine").cmd(["true"]).await?;
    /// job.start().await?;
    /// # Ok(()) }
    /// ```
    pub fn create(&self, image: impl Into<String>) -> CreateContainer {
        CreateContainer {
            settings: Settings::new(self.docker.clone(), image.into(), PullPolicy::Never),
        }
    }
}

settings!(CreateContainer);

impl CreateContainer {
    /// Keeps the container's input open, to be written to by
    /// [`attach`](Container::attach) until that is closed.
    pub fn open_stdin(mut self) -> Self {
        self.settings.open_stdin();
        self
    }

    /// Gives the container a terminal, to which both of its outputs go.
    pub fn tty(mut self) -> Self {
        self.settings.body.tty = Some(true);
        self
    }

    async fn send(self) -> Result<Container> {
        self.settings.create().await
    }
}

awaited!(CreateContainer => Container);
