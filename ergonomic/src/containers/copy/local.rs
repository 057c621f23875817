//! The local side of a copy: what a source is, and what is at a destination.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::placement::Found;
use crate::answer::Result;
use crate::error::Error;

/// How many symbolic links may lead from one to the other.
const MOST_LINKS: usize = 10;

/// A local file or folder to be copied.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    /// Its name where it is copied to, if it keeps it.
    pub(super) name: Vec<u8>,
    pub(super) is_folder: bool,
    /// Only what is in the folder.
    pub(super) is_contents: bool,
}

impl Source {
    /// Looks at a path. A symbolic link is followed if that is asked for, or if the path ends in a
    /// slash; its name stays.
    pub(super) fn look(path: &Path, follow: bool) -> Result<Self> {
        let failed = |error| local(path, error);
        let real = match follow {
            true => fs::canonicalize(path).map_err(failed)?,
            false => path.to_owned(),
        };
        let found = fs::symlink_metadata(&real).map_err(failed)?;
        let name = match path.file_name() {
            Some(name) => Some(name.to_owned()),
            // `..`, or a root.
            None => {
                let whole = fs::canonicalize(path).map_err(failed)?;
                whole.file_name().map(ToOwned::to_owned)
            }
        };
        Ok(Self {
            is_folder: found.is_dir(),
            is_contents: names_contents(path) || name.is_none(),
            name: name.unwrap_or_default().into_encoded_bytes(),
            path: real,
        })
    }
}

/// What is at a local destination.
#[derive(Debug)]
pub(super) struct Target {
    /// Without symbolic links at its end.
    pub(super) path: PathBuf,
    pub(super) found: Found,
    pub(super) as_folder: bool,
}

impl Target {
    /// Looks at a path, and where symbolic links lead from it. If there is nothing, there must be
    /// the folder for it.
    pub(super) fn look(path: &Path) -> Result<Self> {
        let failed = |error| local(path, error);
        let as_folder = names_contents(path) || ends_in_separator(path);
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            let found = match fs::symlink_metadata(&path) {
                Ok(found) if found.is_symlink() => {
                    let target = fs::read_link(&path).map_err(failed)?;
                    path = parent(&path).join(target);
                    continue;
                }
                Ok(found) if found.is_dir() => Found::Folder,
                Ok(_) => Found::File,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    let parent = parent(&path);
                    match fs::metadata(parent) {
                        Ok(found) if found.is_dir() => Found::Nothing,
                        Ok(_) => return Err(local(parent, io::ErrorKind::NotADirectory.into())),
                        Err(error) => return Err(local(parent, error)),
                    }
                }
                Err(error) => return Err(failed(error)),
            };
            return Ok(Self {
                path,
                found,
                as_folder,
            });
        }
        Err(failed(io::Error::other("too many symbolic links")))
    }

    /// The folder that it is in.
    pub(super) fn parent(&self) -> &Path {
        parent(&self.path)
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

/// Whether the path ends in `.`, and so stands for what is in a folder.
fn names_contents(path: &Path) -> bool {
    let bytes = path.as_os_str().as_encoded_bytes();
    let before = bytes.strip_suffix(b".");
    before.is_some_and(|before| before.last().is_none_or(|&byte| is_separator(byte)))
}

fn ends_in_separator(path: &Path) -> bool {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes.last().is_some_and(|&byte| is_separator(byte))
}

fn is_separator(byte: u8) -> bool {
    std::path::is_separator(byte.into())
}

/// The error with the path that it is about.
pub(super) fn local(path: &Path, error: io::Error) -> Error {
    let text = format!("{}: {error}", path.display());
    Error::local(io::Error::new(error.kind(), text))
}

/// Gives a folder its mode, without what it could do to whoever uses it.
#[cfg(unix)]
pub(super) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o1777))
}

#[cfg(not(unix))]
pub(super) fn set_mode(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}
