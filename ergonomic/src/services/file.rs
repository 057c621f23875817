//! Secrets and configs as files in the containers of a service.

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Error;
use crate::raw::types::{
    ContainerSpec, ContainerSpecConfigsItem, ContainerSpecConfigsItemFile,
    ContainerSpecSecretsItem, ContainerSpecSecretsItemFile,
};

/// Everyone may read it.
const MODE: u32 = 0o444;

/// A secret or a config as a file in the containers of a service.
///
/// A name is one: `service.secret("db-password")` gives containers `/run/secrets/db-password`.
///
/// ```
/// use dockwright::SwarmFile;
///
/// let key = SwarmFile::new("tls-key-7").target("key.pem").mode(0o400).owner(101, 101);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwarmFile {
    source: String,
    target: Option<String>,
    mode: u32,
    uid: u32,
    gid: u32,
}

impl SwarmFile {
    /// The secret or config with this name or id, as a file with its name that everyone may read.
    pub fn new(name_or_id: impl Into<String>) -> Self {
        Self {
            source: name_or_id.into(),
            target: None,
            mode: MODE,
            uid: 0,
            gid: 0,
        }
    }

    /// Where the file is: an absolute path, or one below `/run/secrets` for secrets, and below `/`
    /// for configs.
    pub fn target(mut self, path: impl Into<String>) -> Self {
        self.target = Some(path.into());
        self
    }

    /// The permissions of the file; `0o444` if not set.
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// The user and the group that the file belongs to; root if not set.
    pub fn owner(mut self, uid: u32, gid: u32) -> Self {
        (self.uid, self.gid) = (uid, gid);
        self
    }
}

impl<S: Into<String>> From<S> for SwarmFile {
    fn from(name_or_id: S) -> Self {
        Self::new(name_or_id)
    }
}

/// What a service refers to by name, and the engine wants by id and name.
#[derive(Clone, Debug)]
pub(super) enum File {
    Secret(SwarmFile),
    Config(SwarmFile),
}

/// The same, found.
pub(super) enum FoundFile {
    Secret(ContainerSpecSecretsItem),
    Config(ContainerSpecConfigsItem),
}

impl File {
    pub(super) async fn find(self, docker: &Docker) -> Result<FoundFile> {
        match self {
            Self::Secret(file) => {
                let secret = docker.secret(&file.source).inspect().await?;
                let name = secret.spec.and_then(|spec| spec.name);
                let (id, name) = identified(docker, &file, secret.id, name)?;
                Ok(FoundFile::Secret(ContainerSpecSecretsItem {
                    file: Some(ContainerSpecSecretsItemFile {
                        name: Some(file.target.unwrap_or_else(|| name.clone())),
                        uid: Some(file.uid.to_string()),
                        gid: Some(file.gid.to_string()),
                        mode: Some(file.mode),
                        ..Default::default()
                    }),
                    secret_id: Some(id),
                    secret_name: Some(name),
                    ..Default::default()
                }))
            }
            Self::Config(file) => {
                let config = docker.config(&file.source).inspect().await?;
                let name = config.spec.and_then(|spec| spec.name);
                let (id, name) = identified(docker, &file, config.id, name)?;
                Ok(FoundFile::Config(ContainerSpecConfigsItem {
                    file: Some(ContainerSpecConfigsItemFile {
                        name: Some(file.target.unwrap_or_else(|| name.clone())),
                        uid: Some(file.uid.to_string()),
                        gid: Some(file.gid.to_string()),
                        mode: Some(file.mode),
                        ..Default::default()
                    }),
                    config_id: Some(id),
                    config_name: Some(name),
                    ..Default::default()
                }))
            }
        }
    }
}

impl FoundFile {
    /// Puts the file in place of one with the same path.
    pub(super) fn place(&self, container: &mut ContainerSpec) {
        match self {
            Self::Secret(new) => {
                let path = |item: &ContainerSpecSecretsItem| item.file.clone().and_then(|f| f.name);
                container.secrets.retain(|old| path(old) != path(new));
                container.secrets.push(new.clone());
            }
            Self::Config(new) => {
                let path = |item: &ContainerSpecConfigsItem| item.file.clone().and_then(|f| f.name);
                container.configs.retain(|old| path(old) != path(new));
                container.configs.push(new.clone());
            }
        }
    }
}

fn identified(
    docker: &Docker,
    file: &SwarmFile,
    id: Option<String>,
    name: Option<String>,
) -> Result<(String, String)> {
    id.zip(name).ok_or_else(|| {
        let call = docker.call("find file of service").on(&file.source);
        Error::decode("the engine gave no id, or no name").during(&call)
    })
}
