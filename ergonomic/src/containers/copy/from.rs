//! Copies out of a container.

use std::fs;
use std::path::PathBuf;

use bytes::Bytes;

use super::local::{self, Target};
use super::placement::{ContainerPath, Found, Placement, placement};
use super::stat::{self, PathStat};
use crate::answer::{Answer, Result};
use crate::archive::{self, TarStream, Unpack};
use crate::containers::Container;
use crate::error::{Call, Error, ErrorKind};
use crate::operation;
use crate::raw::ContainerArchiveParams;

/// How much of a file is taken as bytes.
const LONGEST: u64 = 64 * 1024 * 1024;

/// A copy of a path in a container; say where it goes, and await that.
///
/// See [`Container::copy_from`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is copied until it is said where to"]
pub struct CopyFrom {
    container: Container,
    path: String,
    follow_link: bool,
    owners: bool,
    limit: u64,
}

impl Container {
    /// Copies a file or folder out of this container, whether it runs or not, as `docker cp` does.
    ///
    /// Podman follows a symbolic link at the path always; Docker copies the link, unless
    /// [`follow_link`](CopyFrom::follow_link) is set.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such container, or nothing at the
    /// path. Each way to take the copy says what else.
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
    /// web.copy_from("/var/log/nginx").to("logs").await?;
    /// let config = web.copy_from("/etc/nginx/nginx.conf").bytes().await?;
    /// # Ok(()) }
    /// ```
    pub fn copy_from(&self, path: impl Into<String>) -> CopyFrom {
        CopyFrom {
            container: self.clone(),
            path: path.into(),
            follow_link: false,
            owners: false,
            limit: LONGEST,
        }
    }
}

impl CopyFrom {
    /// Whether a symbolic link at the path is followed; else the link is copied.
    pub fn follow_link(mut self, follow: bool) -> Self {
        self.follow_link = follow;
        self
    }

    /// Whether files are given to the users and groups, by their numbers, that own them in the
    /// container; only root may do that. Else whoever copies owns them, and setuid and setgid are
    /// taken from them.
    pub fn archive(mut self, archive: bool) -> Self {
        self.owners = archive;
        self
    }

    /// How many bytes [`bytes`](CopyFrom::bytes) takes at the most; 64 MiB if not set.
    pub fn limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    /// Copies to a local path, by the rules of [`copy_to`](Container::copy_to): into a folder that
    /// is there, in the place of a file, or by that name. A folder is copied without itself if the
    /// path in the container ends in `/.`.
    ///
    /// Nothing is written outside of the local path, whatever the engine sends: what leads out of
    /// it, by its name or through a link, is refused, and so is what would replace a folder by a
    /// file or the other way round. Symbolic links stay what they are, but relative ones that climb
    /// out of the copy are refused. Absolute ones are kept, and never followed here: mind that
    /// whoever reads the copy may follow them. Devices and named pipes are refused.
    ///
    /// # Errors
    ///
    /// - [`is_local_file`](Error::is_local_file) if a local file cannot be written, or the folder
    ///   for the copy is not there;
    /// - [`is_invalid_input`](Error::is_invalid_input) if a folder would be copied to where a file
    ///   is, or a file to a folder that is not there;
    /// - [`is_decode`](Error::is_decode) if an entry is refused; the error names it.
    pub fn to(self, path: impl Into<PathBuf>) -> Answer<()> {
        let path = path.into();
        Box::pin(async move {
            let (call, _) = self.container.call("copy from container")?;
            let copied = self.copy(&call, path).await;
            copied.map_err(|error| error.during(&call))
        })
    }

    /// The bytes of a file. A symbolic link is followed.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if it is no file, and
    /// [`is_too_large`](Error::is_too_large) if it is longer than the [`limit`](CopyFrom::limit).
    #[inline]
    pub fn bytes(self) -> Answer<Bytes> {
        Box::pin(async move {
            let (call, _) = self.container.call("copy from container")?;
            let read = self.follow_link(true).read(&call).await;
            read.map_err(|error| error.during(&call))
        })
    }

    /// What is at the path, and the tar archive of it as the engine sends it: nothing in it is
    /// checked.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let (stat, archive) = docker.container("web").copy_from("/srv/www").tar().await?;
    /// println!("{}", stat.name);
    /// archive.unpack("backup").await?;
    /// # Ok(()) }
    /// ```
    #[inline]
    pub fn tar(self) -> Answer<(PathStat, TarStream)> {
        Box::pin(async move {
            let (call, _) = self.container.call("copy from container")?;
            let got = self.get(&call).await;
            got.map_err(|error| error.during(&call))
        })
    }

    async fn copy(self, call: &Call, path: PathBuf) -> Result<()> {
        // First, since nothing is to be sent if it cannot be copied to.
        let look = path.clone();
        let target = archive::blocking(move || Target::look(&look)).await?;
        let (stat, tar) = self.get(call).await?;
        let placement = placement(target.found, target.as_folder, stat.mode.is_dir())
            .map_err(|reason| Error::invalid(format!("{}: {reason}", path.display())))?;
        let source = ContainerPath(&self.path);
        let unpack = match (placement, source.is_contents()) {
            (Placement::Inside, true) => Unpack::contents(target.path, self.owners),
            (Placement::Inside, false) => {
                let (_, name) = source.split();
                Unpack::named(target.path, name.into(), self.owners)
            }
            (Placement::Named, true) => return self.contents_named(target, &stat, tar).await,
            (Placement::Named, false) => {
                let Some(name) = target.path.file_name() else {
                    return Err(Error::invalid(format!("{} has no name", path.display())));
                };
                Unpack::named(target.parent(), name.to_owned(), self.owners)
            }
        };
        tar.unpacked(unpack).await
    }

    /// Copies what is in a folder into one of another name, which is made for it.
    async fn contents_named(&self, target: Target, stat: &PathStat, tar: TarStream) -> Result<()> {
        debug_assert_eq!(target.found, Found::Nothing);
        let path = target.path.clone();
        let failed = move |error| local::local(&path, error);
        let path = target.path.clone();
        archive::blocking(move || fs::create_dir(&path).map_err(failed)).await?;
        tar.unpacked(Unpack::contents(&target.path, self.owners))
            .await?;
        let mode = stat.mode.permissions();
        archive::blocking(move || {
            local::set_mode(&target.path, mode).map_err(|error| local::local(&target.path, error))
        })
        .await
    }

    async fn read(self, call: &Call) -> Result<Bytes> {
        let (stat, tar) = self.get(call).await?;
        if !stat.mode.is_file() {
            return Err(Error::invalid(format!("`{}` is no file", self.path)));
        }
        if stat.size > self.limit {
            return Err(self.too_large());
        }
        match tar.first_file(self.limit).await? {
            Some(bytes) => Ok(bytes),
            None => Err(self.too_large()),
        }
    }

    fn too_large(&self) -> Error {
        let detail = format!("`{}` is longer than {} bytes", self.path, self.limit);
        Error::new(ErrorKind::TooLarge, detail)
    }

    /// What is at the path, or where a link leads from there if links are followed.
    async fn get(&self, call: &Call) -> Result<(PathStat, TarStream)> {
        let path = stat::checked(self.path.clone())?;
        let (stat, tar) = self.get_path(call, path).await?;
        match &stat.link_target {
            Some(target) if self.follow_link => {
                drop(tar);
                let target = ContainerPath(&self.path).follow(target).into_owned();
                self.get_path(call, target).await
            }
            _ => Ok((stat, tar)),
        }
    }

    async fn get_path(&self, call: &Call, path: String) -> Result<(PathStat, TarStream)> {
        let docker = self.container.docker();
        let (_, name) = self.container.call("copy from container")?;
        let params = ContainerArchiveParams { path };
        let request = docker.raw().container_archive(name, &params);
        let response = operation::answered(call, request).await?;
        let stat = PathStat::from_headers(response.headers())?;
        Ok((stat, TarStream::new(call, response.into_inner())))
    }
}
