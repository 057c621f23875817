//! Unpacking: a tar archive as local files, none of them outside of the folder it is unpacked into.
//!
//! Every folder on the way to an entry is opened in the one before it, and never through a symbolic
//! link, whether the archive made the link or found it. What is there already is replaced and not
//! written to, so that nothing is written through a link to a file either.
//!
//! In memory is one chunk, and the folders from the root to the current entry: they get their modes
//! and times when the archive has left them. How much is unpacked is not limited here.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::PathBuf;

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, SystemTimeSpec};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, OpenOptions};
use tar::EntryType;

use super::local;
use super::read::{Entries, Entry};
use crate::answer::Result;
use crate::error::{Error, printable};

/// The longest name that is taken: what systems allow for a path.
const LONGEST_NAME: usize = 4096;
/// How many folders may lie in each other.
const DEEPEST: usize = 256;
const READ: usize = 64 * 1024;

/// What the names in an archive become.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Naming {
    /// The first part of each name becomes this one.
    First(OsString),
    /// The archive's first folder, `/` or `.`, becomes the target itself.
    Contents,
}

/// How an archive is unpacked, and where.
#[derive(Clone, Debug)]
pub(crate) struct Unpack {
    /// A folder that exists.
    into: PathBuf,
    naming: Naming,
    /// Whether files are given to the users and groups that the archive names. They lose setuid and
    /// setgid otherwise, since they would be programs of whoever unpacks.
    owners: bool,
}

impl Unpack {
    /// Unpacks into this folder what the archive has by names relative to it, to `.` or to `/`.
    pub(crate) fn contents(into: impl Into<PathBuf>, owners: bool) -> Self {
        Self {
            into: into.into(),
            naming: Naming::Contents,
            owners,
        }
    }

    /// Unpacks into this folder the one file or folder of the archive, by another name.
    pub(crate) fn named(into: impl Into<PathBuf>, name: OsString, owners: bool) -> Self {
        Self {
            into: into.into(),
            naming: Naming::First(name),
            owners,
        }
    }

    /// Unpacks to the end, or to the first entry that is refused or cannot be made.
    pub(crate) fn run(self, archive: impl Read) -> Result<()> {
        let root = Dir::open_ambient_dir(&self.into, ambient_authority());
        let root = root.map_err(|error| local_error(&self.into, error))?;
        let mut unpacker = Unpacker {
            entries: Entries::new(archive),
            folders: Folders {
                root,
                entered: Vec::new(),
                owners: self.owners,
            },
            options: self,
        };
        while let Some(entry) = unpacker.entries.next()? {
            unpacker.unpack(&entry)?;
        }
        unpacker.leave(0)
    }

    /// The parts of the path below the target that an entry's name stands for.
    fn place(&self, name: &[u8]) -> Result<Vec<OsString>, &'static str> {
        let name = match self.naming {
            Naming::Contents => name.strip_prefix(b"/").unwrap_or(name),
            _ => name,
        };
        if name.len() > LONGEST_NAME {
            return Err("its name is too long");
        }
        if name.starts_with(b"/") {
            return Err("its name is absolute");
        }
        let mut parts = Vec::new();
        for part in name.split(|&byte| byte == b'/') {
            match part {
                b"" | b"." => {}
                b".." => return Err("its name leads out of the folder"),
                part => parts.push(local::file_name(part)?),
            }
        }
        if parts.len() > DEEPEST {
            return Err("it lies too deep");
        }
        if let (Naming::First(new), Some(first)) = (&self.naming, parts.first_mut()) {
            first.clone_from(new);
        }
        Ok(parts)
    }
}

struct Unpacker<R> {
    entries: Entries<R>,
    folders: Folders,
    options: Unpack,
}

impl<R: Read> Unpacker<R> {
    fn unpack(&mut self, entry: &Entry) -> Result<()> {
        let parts = self.options.place(&entry.name);
        let parts = parts.map_err(|reason| entry.refused(reason))?;
        let Some((name, parents)) = parts.split_last() else {
            // The root of the archive: the target is there, and stays as it is.
            return match entry.kind {
                EntryType::Directory => Ok(()),
                _ => Err(entry.refused("it would replace the folder")),
            };
        };
        let common = self.folders.common(parents);
        self.leave(common)?;
        let made = self.make(entry, name, parents);
        made.map_err(|failure| match failure {
            Failure::Refused(reason) => entry.refused(reason),
            Failure::Archive(error) => error,
            Failure::Local(error) => {
                let path = parts
                    .iter()
                    .fold(self.options.into.clone(), |path, part| path.join(part));
                local_error(&path, error)
            }
        })
    }

    fn make(
        &mut self,
        entry: &Entry,
        name: &OsString,
        parents: &[OsString],
    ) -> Result<(), Failure> {
        match entry.kind {
            EntryType::Directory => {
                self.folders.enter(parents)?;
                self.folders.make(name, entry)
            }
            EntryType::Regular | EntryType::Continuous => {
                let folder = self.folders.enter(parents)?;
                file(folder, name, &mut self.entries, entry, self.options.owners)
            }
            EntryType::Symlink => {
                if climbs_out(parents.len(), &entry.link) {
                    return Err(Failure::Refused(
                        "it is a link that leads out of the folder",
                    ));
                }
                let folder = self.folders.enter(parents)?;
                symlink(folder, name, entry, self.options.owners)
            }
            EntryType::Link => {
                let target = self.options.place(&entry.link);
                let target = target
                    .map_err(|_| Failure::Refused("it is a link that leads out of the folder"))?;
                let Some((first, above)) = target.split_last() else {
                    return Err(Failure::Refused("it is a link to a folder"));
                };
                let source = self.folders.find(above)?;
                if leads_out(&source, first, parents.len()) {
                    return Err(Failure::Refused(
                        "it is another name of a link that would lead out of the folder",
                    ));
                }
                let folder = self.folders.enter(parents)?;
                clear(folder, name)?;
                Ok(source.hard_link(first, folder, name)?)
            }
            EntryType::Char | EntryType::Block => Err(Failure::Refused("it is a device")),
            EntryType::Fifo => Err(Failure::Refused("it is a named pipe")),
            EntryType::GNUSparse => Err(Failure::Refused("it is a sparse file")),
            _ => Err(Failure::Refused("it is of a kind that is not known here")),
        }
    }

    /// Leaves all folders but the first few.
    fn leave(&mut self, depth: usize) -> Result<()> {
        let left = self.folders.leave(depth);
        left.map_err(|error| local_error(&self.options.into, error))
    }
}

/// Why an entry is not made.
enum Failure {
    Refused(&'static str),
    Archive(Error),
    Local(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Local(error)
    }
}

/// The folders from the target down to the current entry.
struct Folders {
    root: Dir,
    entered: Vec<Folder>,
    owners: bool,
}

struct Folder {
    name: OsString,
    dir: Dir,
    /// The folder's own entry, for its mode and time; `None` if it had none.
    entry: Option<Entry>,
}

impl Folders {
    fn last(&self) -> &Dir {
        self.entered.last().map_or(&self.root, |folder| &folder.dir)
    }

    /// How many of the folders that are entered lead to there.
    fn common(&self, parents: &[OsString]) -> usize {
        let pairs = self.entered.iter().zip(parents);
        pairs
            .take_while(|(folder, name)| folder.name == **name)
            .count()
    }

    /// Enters the rest of the folders that lead to there, and makes those that the archive forgot.
    fn enter(&mut self, parents: &[OsString]) -> Result<&Dir, Failure> {
        for name in &parents[self.entered.len()..] {
            let dir = match open_folder(self.last(), name) {
                Err(Failure::Local(error)) if error.kind() == io::ErrorKind::NotFound => {
                    local::make_folder(self.last(), name, 0o755)?;
                    open_folder(self.last(), name)?
                }
                dir => dir?,
            };
            self.push(name, dir, None);
        }
        Ok(self.last())
    }

    /// Makes a folder in the last one that is entered, and enters it.
    fn make(&mut self, name: &OsString, entry: &Entry) -> Result<(), Failure> {
        match self.last().symlink_metadata(name) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(Failure::Refused("it is a folder, but a file is there")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                local::make_folder(self.last(), name, 0o700)?;
            }
            Err(error) => return Err(error.into()),
        }
        let dir = open_folder(self.last(), name)?;
        self.push(name, dir, Some(entry.clone()));
        Ok(())
    }

    fn push(&mut self, name: &OsString, dir: Dir, entry: Option<Entry>) {
        let name = name.clone();
        self.entered.push(Folder { name, dir, entry });
    }

    /// The folder there, without entering it.
    fn find(&self, parents: &[OsString]) -> Result<Dir, Failure> {
        let mut dir = self.root.try_clone()?;
        for name in parents {
            dir = open_folder(&dir, name)?;
        }
        Ok(dir)
    }

    /// Leaves all folders but the first `depth`: now they get their modes and times.
    fn leave(&mut self, depth: usize) -> io::Result<()> {
        while self.entered.len() > depth
            && let Some(folder) = self.entered.pop()
        {
            if let Some(entry) = folder.entry {
                local::finish_folder(self.last(), &folder.name, &entry, self.owners)?;
            }
        }
        Ok(())
    }
}

/// Opens a folder that is one, and no link to one.
fn open_folder(parent: &Dir, name: &OsString) -> Result<Dir, Failure> {
    parent.open_dir_nofollow(name).map_err(|error| {
        let found = parent.symlink_metadata(name);
        match found.is_ok_and(|found| !found.is_dir()) {
            true => Failure::Refused("a link or a file stands on the way to it"),
            false => error.into(),
        }
    })
}

/// Makes way for what is no folder.
fn clear(folder: &Dir, name: &OsString) -> Result<(), Failure> {
    match folder.symlink_metadata(name) {
        Ok(found) if found.is_dir() => {
            Err(Failure::Refused("it is no folder, but a folder is there"))
        }
        Ok(_) => Ok(folder.remove_file_or_symlink(name)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn file(
    folder: &Dir,
    name: &OsString,
    data: &mut impl Read,
    entry: &Entry,
    owners: bool,
) -> Result<(), Failure> {
    clear(folder, name)?;
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create_new(true)
        .follow(FollowSymlinks::No);
    local::private(&mut options);
    let mut file = folder.open_with(name, &options)?;
    copy(data, &mut file)?;
    local::finish(&file.into_std(), entry, owners)?;
    Ok(())
}

fn copy(data: &mut impl Read, file: &mut File) -> Result<(), Failure> {
    let mut buffer = vec![0; READ];
    loop {
        match data.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => io::Write::write_all(file, &buffer[..read])?,
            Err(_) => {
                return Err(Failure::Archive(super::read::malformed(
                    io::ErrorKind::UnexpectedEof,
                )));
            }
        }
    }
}

fn symlink(folder: &Dir, name: &OsString, entry: &Entry, owners: bool) -> Result<(), Failure> {
    clear(folder, name)?;
    local::make_symlink(folder, &entry.link, name)?;
    if owners {
        local::give_symlink(folder, name, entry)?;
    }
    let mtime = local::system_time(entry.mtime).map(cap_std::time::SystemTime::from_std);
    folder.set_symlink_times(name, None, mtime.map(SystemTimeSpec::Absolute))?;
    Ok(())
}

/// Whether a relative link, `depth` folders below the target, leads to above the target.
fn climbs_out(depth: usize, link: &[u8]) -> bool {
    let mut depth = Some(depth);
    if link.starts_with(b"/") {
        return false;
    }
    for part in link.split(|&byte| byte == b'/') {
        depth = match part {
            b"" | b"." => depth,
            b".." => depth.and_then(|depth| depth.checked_sub(1)),
            _ => depth.map(|depth| depth + 1),
        };
    }
    depth.is_none()
}

/// Whether there is a symbolic link that would climb out if it had another name, `depth` folders
/// below the target.
fn leads_out(folder: &Dir, name: &OsString, depth: usize) -> bool {
    let link = folder.read_link_contents(name).ok();
    let link = link.and_then(|link| local::name_bytes(link.as_os_str()).ok());
    link.is_some_and(|link| climbs_out(depth, &link))
}

fn local_error(path: &std::path::Path, error: io::Error) -> Error {
    let text = format!("{}: {error}", printable(&path.to_string_lossy()));
    Error::local(io::Error::new(error.kind(), text))
}

#[cfg(all(test, unix))]
#[path = "unpack_tests.rs"]
mod tests;
