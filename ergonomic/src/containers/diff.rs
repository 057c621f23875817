//! `docker diff`.

use std::fmt;

use super::Container;
use crate::answer::{Result, awaited};
use crate::operation;

/// A question for what a container changed; await it for the answer.
///
/// See [`Container::diff`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Diff {
    container: Container,
}

/// A file or a folder that is not as it is in the image.
///
/// See [`Container::diff`] for an example.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Change {
    /// Its path in the container.
    pub path: String,
    /// What became of it.
    pub kind: ChangeKind,
}

/// What became of a file or a folder.
///
/// See [`Container::diff`] for an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// It, or something in it, is another.
    Modified,
    /// It was not there.
    Added,
    /// It is not there any more.
    Deleted,
    /// Something that only a newer engine knows.
    Other(u8),
}

/// As `docker diff` puts it, such as `A /run/app.pid`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ChangeKind::Modified => 'C',
            ChangeKind::Added => 'A',
            ChangeKind::Deleted => 'D',
            ChangeKind::Other(_) => '?',
        };
        write!(f, "{kind} {}", self.path)
    }
}

impl Container {
    /// What in this container's file system is not as it is in the image.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for change in docker.container("web").diff().await? {
    ///     println!("{change}");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn diff(&self) -> Diff {
        Diff {
            container: self.clone(),
        }
    }
}

impl Diff {
    async fn send(self) -> Result<Vec<Change>> {
        let (call, name) = self.container.call("list changes of container")?;
        let docker = &self.container.docker;
        let request = docker.raw().container_changes(name);
        let changes = operation::document(&call, request).await?;
        let changes = changes.into_iter().map(|change| Change {
            path: change.path.unwrap_or_default(),
            kind: match change.kind.unwrap_or_default() {
                0 => ChangeKind::Modified,
                1 => ChangeKind::Added,
                2 => ChangeKind::Deleted,
                other => ChangeKind::Other(other),
            },
        });
        Ok(changes.collect())
    }
}

awaited!(Diff => Vec<Change>);
