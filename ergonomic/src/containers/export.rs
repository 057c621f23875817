//! `docker export`.

use super::Container;
use crate::answer::{Result, awaited};
use crate::archive::TarStream;
use crate::operation;

/// A copy of a container's file system to ask for; await it for the bytes of a tar archive.
///
/// See [`Container::export`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Export {
    container: Container,
}

impl Container {
    /// This container's file system as a tar archive. Volumes are no part of it.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut archive = docker.container("web").export().await?;
    /// let mut file = tokio::fs::File::create("web.tar").await?;
    /// tokio::io::copy(&mut archive, &mut file).await?;
    /// # Ok(()) }
    /// ```
    pub fn export(&self) -> Export {
        Export {
            container: self.clone(),
        }
    }
}

impl Export {
    async fn send(self) -> Result<TarStream> {
        let (call, name) = self.container.call("export container")?;
        let docker = self.container.docker();
        let request = docker.raw().container_export(name);
        let response = operation::answered(&call, request).await?;
        Ok(TarStream::new(&call, response.into_inner()))
    }
}

awaited!(Export => TarStream);
