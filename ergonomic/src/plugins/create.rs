//! `docker plugin create`.

use std::path::PathBuf;

use super::{Plugin, Plugins, checked};
use crate::answer::{Result, awaited};
use crate::archive::Pack;
use crate::docker::Docker;
use crate::operation;
use crate::raw::PluginCreateParams;
use crate::upload::Upload;

/// A plugin to create; await it for the plugin.
///
/// See [`Plugins::create`] for an example.
#[derive(Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct CreatePlugin {
    docker: Docker,
    name: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Folder(PathBuf),
    Tar(Upload),
}

impl Plugins {
    /// Creates a plugin of a local folder, in which are its `config.json` and, in `rootfs`, its
    /// files. It is not enabled.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](crate::Error::is_conflict) if the name is taken, and
    /// [`is_local_file`](crate::Error::is_local_file) if the folder cannot be read.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let plugin = docker.plugins().create("team/volumes:1.0", "./plugin").await?;
    /// plugin.enable().await?;
    /// # Ok(()) }
    /// ```
    pub fn create(&self, name: impl Into<String>, folder: impl Into<PathBuf>) -> CreatePlugin {
        self.create_of(name.into(), Content::Folder(folder.into()))
    }

    /// Creates a plugin as [`create`](Plugins::create) does, of a tar archive of such a folder.
    ///
    /// # Errors
    ///
    /// As for [`create`](Plugins::create).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker, tar: Vec<u8>) -> dockwright::Result<()> {
    /// let plugin = docker.plugins().create_from_tar("team/volumes:1.0", tar).await?;
    /// # Ok(()) }
    /// ```
    pub fn create_from_tar(&self, name: impl Into<String>, tar: impl Into<Upload>) -> CreatePlugin {
        self.create_of(name.into(), Content::Tar(tar.into()))
    }

    fn create_of(&self, name: String, content: Content) -> CreatePlugin {
        CreatePlugin {
            docker: self.docker.clone(),
            name,
            content,
        }
    }
}

impl CreatePlugin {
    async fn send(self) -> Result<Plugin> {
        let call = self.docker.call("create plugin").on(&self.name);
        let name = checked(&call, &self.name)?.to_owned();
        let params = PluginCreateParams { name };
        self.docker.allows(&call, &params)?;
        let upload = match self.content {
            Content::Folder(folder) => Pack::dir(folder).into_upload(),
            Content::Tar(upload) => upload,
        };
        let (body, failure) = upload.into_body();
        let request = self.docker.raw().plugin_create(&params, body);
        let answer = operation::answered(&call, request);
        failure.explain(answer).await?;
        Ok(self.docker.plugin(self.name))
    }
}

awaited!(CreatePlugin => Plugin);
