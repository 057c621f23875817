//! Copies into a container.

use std::path::PathBuf;

use bytes::Bytes;

use super::local::Source;
use super::placement::{ContainerPath, Found, Placement, placement};
use super::stat;
use crate::answer::{Answer, Result};
use crate::archive::{self, Pack};
use crate::containers::Container;
use crate::error::{Call, Error};
use crate::operation;
use crate::raw::PutContainerArchiveParams;
use crate::upload::Upload;

/// A copy to a path in a container; say what is copied, and await that.
///
/// See [`Container::copy_to`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is copied until it is said what"]
pub struct CopyTo {
    container: Container,
    path: String,
    follow_link: bool,
    owner: Option<(u32, u32)>,
    params: PutContainerArchiveParams,
}

impl Container {
    /// Copies to a path in this container, whether it runs or not, as `docker cp` does.
    ///
    /// | at the path is | a file is copied | a folder is copied |
    /// |---|---|---|
    /// | a folder | into it | into it; what is in the source, if that is written `source/.` |
    /// | a file | in its place | – |
    /// | nothing | there, by that name, unless the path ends in `/` | there, by that name |
    ///
    /// A symbolic link at the path is followed. The folder that the path is in must be there.
    /// Modes, times and links are kept; what is in a folder is read while it is sent, in constant
    /// memory. Sockets are left out.
    ///
    /// Owners keep their numbers, unless [`owner`](CopyTo::owner) or [`archive`](CopyTo::archive)
    /// says otherwise.
    ///
    /// # Errors
    ///
    /// - [`is_not_found`](Error::is_not_found) if there is no such container, or no folder for the
    ///   copy;
    /// - [`is_invalid_input`](Error::is_invalid_input) where the table has no place for the copy,
    ///   before anything is copied, and where the engine finds a folder in the place of a file or
    ///   the other way round;
    /// - [`is_local_file`](Error::is_local_file) if a local file cannot be read, or the stream
    ///   of an archive fails.
    ///
    /// A container whose files may only be read is refused with the status that the engine chose.
    ///
    /// # Dropping
    ///
    /// Dropping the future breaks the copy off; what has been written by then stays.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let web = docker.container("web");
    /// web.copy_to("/etc/nginx/").file("nginx.conf").await?;
    /// web.copy_to("/srv/www").dir("site/.").await?;
    /// web.copy_to("/run/token").contents("s3cret").await?;
    /// # Ok(()) }
    /// ```
    pub fn copy_to(&self, path: impl Into<String>) -> CopyTo {
        CopyTo {
            container: self.clone(),
            path: path.into(),
            follow_link: false,
            owner: None,
            params: PutContainerArchiveParams {
                no_overwrite_dir_non_dir: Some("true".to_owned()),
                ..Default::default()
            },
        }
    }
}

/// What is copied.
enum What {
    File(PathBuf),
    Dir(PathBuf),
    Path(PathBuf),
    Bytes(String, Bytes),
    Contents(Bytes),
    Tar(Upload),
}

impl CopyTo {
    /// Whether a source that is a symbolic link is followed; else the link is copied.
    pub fn follow_link(mut self, follow: bool) -> Self {
        self.follow_link = follow;
        self
    }

    /// Whether what is copied is given to the user that the container runs as: the `--archive` of
    /// the CLI, as engines carry it out.
    ///
    /// # API version
    ///
    /// Since 1.30.
    pub fn archive(mut self, archive: bool) -> Self {
        self.params.copy_uidgid = archive.then(|| "true".to_owned());
        self
    }

    /// Gives what is copied to this user and group, by their numbers. [`tar`](CopyTo::tar) has its
    /// own.
    pub fn owner(mut self, user: u32, group: u32) -> Self {
        self.owner = Some((user, group));
        self
    }

    /// Whether a file may take the place of a folder, and the other way round; an error if not set.
    pub fn allow_replace(mut self, allow: bool) -> Self {
        self.params.no_overwrite_dir_non_dir = (!allow).then(|| "true".to_owned());
        self
    }

    /// Copies a local file, or a symbolic link.
    ///
    /// See [`Container::copy_to`] for an example.
    pub fn file(self, path: impl Into<PathBuf>) -> Answer<()> {
        self.send(What::File(path.into()))
    }

    /// Copies a local folder with all that is in it; only what is in it, if written `folder/.`.
    ///
    /// See [`Container::copy_to`] for an example.
    pub fn dir(self, path: impl Into<PathBuf>) -> Answer<()> {
        self.send(What::Dir(path.into()))
    }

    /// Copies whatever is at a local path.
    ///
    /// See [`Container::copy_to`] for an example.
    pub fn path(self, path: impl Into<PathBuf>) -> Answer<()> {
        self.send(What::Path(path.into()))
    }

    /// Copies bytes, as if they were in a local file of this name that everyone may read.
    ///
    /// See [`Container::copy_to`] for an example.
    pub fn bytes(self, name: impl Into<String>, bytes: impl Into<Bytes>) -> Answer<()> {
        self.send(What::Bytes(name.into(), bytes.into()))
    }

    /// Makes the path a file with these contents, which everyone may read. A folder there is an
    /// error.
    ///
    /// See [`Container::copy_to`] for an example.
    pub fn contents(self, bytes: impl Into<Bytes>) -> Answer<()> {
        self.send(What::Contents(bytes.into()))
    }

    /// Unpacks a tar archive into the folder at the path. It may be compressed by gzip, bzip2 or
    /// xz.
    ///
    /// See [`Container::copy_to`] for an example.
    pub fn tar(self, archive: impl Into<Upload>) -> Answer<()> {
        self.send(What::Tar(archive.into()))
    }

    #[inline]
    fn send(self, what: What) -> Answer<()> {
        Box::pin(async move {
            let (call, _) = self.container.call("copy to container")?;
            let sent = self.copy(&call, what).await;
            sent.map_err(|error| error.during(&call))
        })
    }

    async fn copy(mut self, call: &Call, what: What) -> Result<()> {
        self.container.docker().allows(call, &self.params)?;
        self.path = stat::checked(self.path)?;
        let follow = self.follow_link;
        let pack = match what {
            What::Tar(archive) => {
                let target = self.target(call).await?;
                if target.found != Found::Folder {
                    return Err(Error::invalid(format!(
                        "`{}` is no folder to unpack into",
                        self.path
                    )));
                }
                return self.put(call, target.path, archive).await;
            }
            What::Bytes(name, bytes) => Packed::Bytes(file_name(name)?, bytes),
            What::Contents(bytes) => Packed::Contents(bytes),
            What::File(path) => {
                let source = look(path, follow).await?;
                if source.is_folder {
                    return Err(unfit(&source, "a folder, and no file"));
                }
                Packed::Local(source)
            }
            What::Dir(path) => {
                let source = look(path, follow).await?;
                if !source.is_folder {
                    return Err(unfit(&source, "no folder"));
                }
                Packed::Local(source)
            }
            What::Path(path) => Packed::Local(look(path, follow).await?),
        };
        let target = self.target(call).await?;
        let (folder, pack) = pack.placed(&target, &self.path)?;
        let pack = match self.owner {
            Some((user, group)) => pack.owner(user.into(), group.into()),
            None => pack,
        };
        self.put(call, folder, pack.into_upload()).await
    }

    /// What is at the path, or where a symbolic link leads from there.
    ///
    /// A refusal to tell is none to copy: the engine says why when the copy is sent.
    async fn target(&self, call: &Call) -> Result<Target> {
        let mut path = self.path.clone();
        let mut found = self.container.stat(&path).await;
        if let Ok(link) = &found
            && let Some(target) = &link.link_target
        {
            path = ContainerPath(&self.path).follow(target).into_owned();
            found = self.container.stat(&path).await;
        }
        let found = match found {
            Ok(stat) if stat.mode.is_dir() => Found::Folder,
            Ok(stat) if stat.mode.is_file() => Found::File,
            Ok(_) => {
                return Err(Error::invalid(format!(
                    "`{}` is neither a folder nor a file",
                    self.path
                )));
            }
            Err(error) if error.status().is_some() => Found::Nothing,
            Err(error) => return Err(error.during(call)),
        };
        Ok(Target { path, found })
    }

    async fn put(&self, call: &Call, folder: String, archive: Upload) -> Result<()> {
        let docker = self.container.docker();
        let (_, name) = self.container.call("copy to container")?;
        let params = PutContainerArchiveParams {
            path: folder,
            ..self.params.clone()
        };
        let (body, failure) = archive.into_body();
        let request = docker.raw().put_container_archive(name, &params, body);
        let answer = operation::answered(call, request);
        failure.explain(answer).await.map(drop)
    }
}

/// What is at the destination.
struct Target {
    path: String,
    found: Found,
}

/// What is copied, looked at.
enum Packed {
    Local(Source),
    Bytes(Vec<u8>, Bytes),
    Contents(Bytes),
}

impl Packed {
    /// The folder to send the archive to, and the archive. `written` is the path as it was given.
    fn placed(self, target: &Target, written: &str) -> Result<(String, Pack)> {
        if matches!(self, Self::Contents(_)) && target.found == Found::Folder {
            return Err(Error::invalid(format!(
                "`{written}` is a folder, and no file"
            )));
        }
        let is_folder = matches!(&self, Self::Local(source) if source.is_folder);
        let as_folder = ContainerPath(written).as_folder();
        let placement = placement(target.found, as_folder, is_folder)
            .map_err(|reason| Error::invalid(format!("`{written}`: {reason}")))?;
        let path = ContainerPath(&target.path);
        Ok(match placement {
            Placement::Inside => (target.path.clone(), self.pack(None)),
            Placement::Named => {
                let (folder, name) = path.split();
                (folder, self.pack(Some(name)))
            }
        })
    }

    /// The archive of it, by its own name or by another.
    fn pack(self, name: Option<&str>) -> Pack {
        let name = name.map(|name| name.as_bytes().to_vec());
        match self {
            Self::Local(source) if source.is_contents && name.is_none() => Pack::dir(source.path),
            Self::Local(source) => Pack::default().tree(source.path, name.unwrap_or(source.name)),
            Self::Bytes(own, bytes) => Pack::default().entry(name.unwrap_or(own), bytes),
            Self::Contents(bytes) => Pack::default().entry(name.unwrap_or_default(), bytes),
        }
    }
}

async fn look(path: PathBuf, follow: bool) -> Result<Source> {
    archive::blocking(move || Source::look(&path, follow)).await
}

/// A name for bytes: one part of a path.
fn file_name(name: String) -> Result<Vec<u8>> {
    match name.as_str() {
        "" | "." | ".." => {}
        name if name.contains(['/', '\0']) => {}
        _ => return Ok(name.into_bytes()),
    }
    Err(Error::invalid(format!("`{name}` is no name of a file")))
}

fn unfit(source: &Source, is: &str) -> Error {
    Error::invalid(format!("{} is {is}", source.path.display()))
}
