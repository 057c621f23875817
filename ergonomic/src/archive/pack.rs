//! Packing: local files and folders, and bytes at hand, as the stream of a tar archive.
//!
//! Files are read as the stream is. In memory are a few chunks, the names in one folder at each
//! level, and the first name of each file that has several.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_core::Stream;
use tar::{Builder, EntryType};

use super::bridge::{self, Feed};
use super::header::Head;
use super::local;
use crate::upload::Upload;

const READ: usize = 64 * 1024;

/// What becomes of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pick {
    Take,
    /// Left out. What is in a folder is asked for all the same.
    Skip,
    /// Left out, with all that is in it.
    Prune,
}

type Filter = Box<dyn FnMut(&Path, bool) -> Pick + Send>;

/// An archive to be made of what is added to it, in the order of adding.
///
/// Folders come before what is in them, which is sorted by name, so that the same files give the
/// same bytes. Names that do not fit into a header, and files of 8 GiB and more, have PAX records.
/// Several names of one file become hard links; symbolic links stay what they are. Sockets, for
/// which an archive has no word, are left out. What cannot be read is an error that names it, and
/// so is a file that became shorter; what is appended to one meanwhile is left out.
#[derive(Default)]
pub(crate) struct Pack {
    parts: Vec<Part>,
    filter: Option<Filter>,
    owner: Option<(u64, u64)>,
}

enum Part {
    /// What is in a folder, without the folder.
    Contents(PathBuf),
    /// A file or folder, and its name in the archive.
    Tree(PathBuf, Vec<u8>),
    Bytes(Vec<u8>, Bytes),
}

impl Pack {
    /// What is in this folder, by names relative to it. The folder may be given by a symbolic link.
    pub(crate) fn dir(root: impl Into<PathBuf>) -> Self {
        Self {
            parts: vec![Part::Contents(root.into())],
            ..Self::default()
        }
    }

    /// Adds a file or folder by this name; `.` stands for a folder itself, as in `./file`.
    pub(crate) fn tree(mut self, path: impl Into<PathBuf>, name: impl Into<Vec<u8>>) -> Self {
        self.parts.push(Part::Tree(path.into(), name.into()));
        self
    }

    /// Adds a file of these bytes, which everyone may read.
    pub(crate) fn entry(mut self, name: impl Into<Vec<u8>>, bytes: impl Into<Bytes>) -> Self {
        self.parts.push(Part::Bytes(name.into(), bytes.into()));
        self
    }

    /// Asks what becomes of each path below [`dir`](Pack::dir) or [`tree`](Pack::tree): it is told
    /// the path relative to there, and whether it is a folder.
    pub(crate) fn filter(
        mut self,
        filter: impl FnMut(&Path, bool) -> Pick + Send + 'static,
    ) -> Self {
        self.filter = Some(Box::new(filter));
        self
    }

    /// Gives everything to this user and group; else files keep the numbers of their owners, and
    /// bytes belong to root.
    pub(crate) fn owner(mut self, user: u64, group: u64) -> Self {
        self.owner = Some((user, group));
        self
    }

    /// The archive's bytes. Reading begins with the first poll, on a thread for blocking work, and
    /// ends when the stream is dropped.
    pub(crate) fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        bridge::written_by(|feed| self.write(feed))
    }

    /// The archive as the body of a request.
    pub(crate) fn into_upload(self) -> Upload {
        Upload::stream(self.into_stream())
    }

    fn write(self, feed: &mut Feed) -> io::Result<()> {
        let mut packer = Packer {
            archive: Builder::new(feed),
            filter: self.filter,
            owner: self.owner,
            links: HashMap::new(),
        };
        for part in self.parts {
            match part {
                Part::Contents(root) => packer.contents(&root, Path::new(""), b"")?,
                Part::Tree(path, name) => packer.tree(&path, Path::new(""), name)?,
                Part::Bytes(name, bytes) => packer.bytes(name, &bytes)?,
            }
        }
        packer.archive.into_inner().map(drop)
    }
}

struct Packer<'feed> {
    archive: Builder<&'feed mut Feed>,
    filter: Option<Filter>,
    owner: Option<(u64, u64)>,
    /// The name in the archive of files that have several names, by device and inode.
    links: HashMap<(u64, u64), Vec<u8>>,
}

impl Packer<'_> {
    /// All that is in the folder at `path`, which is `relative` to the root, by names after `prefix`.
    fn contents(&mut self, path: &Path, relative: &Path, prefix: &[u8]) -> io::Result<()> {
        for name in sorted(path).map_err(|error| at(path, error))? {
            let (path, relative) = (path.join(&name), relative.join(&name));
            let name = local::name_bytes(&name).map_err(|error| at(&path, error))?;
            self.tree(&path, &relative, [prefix, &name].concat())?;
        }
        Ok(())
    }

    /// The file or folder at `path` by this name, with all that is in it.
    fn tree(&mut self, path: &Path, relative: &Path, mut name: Vec<u8>) -> io::Result<()> {
        let metadata = fs::symlink_metadata(path).map_err(|error| at(path, error))?;
        let pick = match &mut self.filter {
            Some(filter) if !relative.as_os_str().is_empty() => filter(relative, metadata.is_dir()),
            _ => Pick::Take,
        };
        if metadata.is_dir() {
            name.push(b'/');
        }
        if pick == Pick::Take {
            self.one(path, &metadata, &name)
                .map_err(|error| at(path, error))?;
        }
        match metadata.is_dir() && pick != Pick::Prune {
            true => self.contents(path, relative, &name),
            false => Ok(()),
        }
    }

    /// The entry of this file or folder alone.
    fn one(&mut self, path: &Path, metadata: &Metadata, name: &[u8]) -> io::Result<()> {
        let Some(kind) = local::kind(metadata) else {
            return Ok(());
        };
        let mut head = Head {
            name: name.to_vec(),
            link: Vec::new(),
            kind,
            mode: local::mode(metadata),
            owner: self.owner.unwrap_or(local::owner(metadata)),
            mtime: seconds(metadata.modified()?),
            size: 0,
            device: local::device(metadata),
        };
        match kind {
            EntryType::Symlink => head.link = local::name_bytes(fs::read_link(path)?.as_os_str())?,
            EntryType::Regular => return self.file(path, head, metadata),
            _ => {}
        }
        head.write(&mut self.archive, io::empty())
    }

    fn file(&mut self, path: &Path, mut head: Head, metadata: &Metadata) -> io::Result<()> {
        if let Some(inode) = local::shared_inode(metadata) {
            if let Some(first) = self.links.get(&inode) {
                head.kind = EntryType::Link;
                head.link = first.clone();
                return head.write(&mut self.archive, io::empty());
            }
            self.links.insert(inode, head.name.clone());
        }
        let file = local::open(path)?;
        // What was opened may not be what was looked at before.
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("it was replaced while it was read"));
        }
        head.size = metadata.len();
        let data = Whole {
            left: head.size,
            file: BufReader::with_capacity(READ, file),
        };
        head.write(&mut self.archive, data)
    }

    fn bytes(&mut self, name: Vec<u8>, bytes: &[u8]) -> io::Result<()> {
        let head = Head {
            name,
            link: Vec::new(),
            kind: EntryType::Regular,
            mode: 0o644,
            owner: self.owner.unwrap_or_default(),
            mtime: seconds(SystemTime::now()),
            size: bytes.len() as u64,
            device: (0, 0),
        };
        head.write(&mut self.archive, bytes)
    }
}

/// As many bytes of a file as were announced: no more, and an error for less.
struct Whole {
    file: BufReader<File>,
    left: u64,
}

impl Read for Whole {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.left.try_into().unwrap_or(usize::MAX));
        let read = self.file.read(&mut buffer[..most])?;
        if read == 0 && most > 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "it became shorter while it was read",
            ));
        }
        self.left -= read as u64;
        Ok(read)
    }
}

fn sorted(folder: &Path) -> io::Result<Vec<OsString>> {
    let entries = fs::read_dir(folder)?;
    let names = entries.map(|entry| Ok(entry?.file_name()));
    let mut names = names.collect::<io::Result<Vec<_>>>()?;
    names.sort_unstable();
    Ok(names)
}

/// Whole seconds, rounded down.
fn seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_secs().try_into().unwrap_or(i64::MAX),
        Err(before) => {
            let before = before.duration();
            let seconds = before.as_secs() + u64::from(before.subsec_nanos() > 0);
            seconds.try_into().map_or(i64::MIN, |seconds: i64| -seconds)
        }
    }
}

/// The error with the path that it is about.
fn at(path: &Path, error: io::Error) -> io::Error {
    // It names a path already, or is about the reader.
    if error.get_ref().is_some_and(|inner| inner.is::<Named>())
        || error.kind() == io::ErrorKind::BrokenPipe
    {
        return error;
    }
    io::Error::new(error.kind(), Named(format!("{}: {error}", path.display())))
}

/// A message that names the path that it is about.
#[derive(Debug)]
struct Named(String);

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Named {}

#[cfg(all(test, unix))]
#[path = "pack_tests.rs"]
mod tests;
