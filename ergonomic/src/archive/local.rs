//! What systems know of a file.

#[cfg(unix)]
pub(super) use unix::*;
#[cfg(not(unix))]
pub(super) use windows::*;

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs::{File, Metadata, OpenOptions};
    use std::io;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
    use std::path::Path;

    use rustix::fs::{OFlags, major, minor};
    use tar::EntryType;

    /// What it is in an archive: `None` for a socket, which has no place in one.
    pub(in super::super) fn kind(metadata: &Metadata) -> Option<EntryType> {
        let kind = metadata.file_type();
        Some(match kind {
            kind if kind.is_dir() => EntryType::Directory,
            kind if kind.is_file() => EntryType::Regular,
            kind if kind.is_symlink() => EntryType::Symlink,
            kind if kind.is_fifo() => EntryType::Fifo,
            kind if kind.is_char_device() => EntryType::Char,
            kind if kind.is_block_device() => EntryType::Block,
            _ => return None,
        })
    }

    pub(in super::super) fn mode(metadata: &Metadata) -> u32 {
        metadata.mode() & 0o7777
    }

    pub(in super::super) fn owner(metadata: &Metadata) -> (u64, u64) {
        (metadata.uid().into(), metadata.gid().into())
    }

    pub(in super::super) fn device(metadata: &Metadata) -> (u32, u32) {
        let device = metadata.rdev();
        (major(device), minor(device))
    }

    /// Device and inode of a file that has several names.
    pub(in super::super) fn shared_inode(metadata: &Metadata) -> Option<(u64, u64)> {
        (metadata.nlink() > 1).then(|| (metadata.dev(), metadata.ino()))
    }

    /// Opens a file, whatever stands there by now: no link is followed, no pipe awaited.
    pub(in super::super) fn open(path: &Path) -> io::Result<File> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let flags = flags.bits().cast_signed();
        OpenOptions::new().read(true).custom_flags(flags).open(path)
    }

    /// Names are bytes.
    pub(in super::super) fn name_bytes(name: &OsStr) -> io::Result<Vec<u8>> {
        Ok(name.as_bytes().to_vec())
    }
}

#[cfg(not(unix))]
mod windows {
    use std::ffi::OsStr;
    use std::fs::{File, Metadata};
    use std::io;
    use std::path::Path;

    use tar::EntryType;

    pub(in super::super) fn kind(metadata: &Metadata) -> Option<EntryType> {
        let kind = metadata.file_type();
        Some(match kind {
            kind if kind.is_dir() => EntryType::Directory,
            kind if kind.is_symlink() => EntryType::Symlink,
            _ => EntryType::Regular,
        })
    }

    /// There are no permissions to pass on: what may be a program must be executable.
    pub(in super::super) fn mode(_: &Metadata) -> u32 {
        0o755
    }

    pub(in super::super) fn owner(_: &Metadata) -> (u64, u64) {
        (0, 0)
    }

    pub(in super::super) fn device(_: &Metadata) -> (u32, u32) {
        (0, 0)
    }

    pub(in super::super) fn shared_inode(_: &Metadata) -> Option<(u64, u64)> {
        None
    }

    pub(in super::super) fn open(path: &Path) -> io::Result<File> {
        File::open(path)
    }

    /// Names of an archive are UTF-8, and have slashes.
    pub(in super::super) fn name_bytes(name: &OsStr) -> io::Result<Vec<u8>> {
        match name.to_str() {
            Some(name) => Ok(name.replace('\\', "/").into_bytes()),
            None => Err(io::Error::other("its name is not Unicode")),
        }
    }
}
