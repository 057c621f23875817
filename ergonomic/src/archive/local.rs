//! What systems know of a file.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[cfg(unix)]
pub(super) use unix::*;
#[cfg(not(unix))]
pub(super) use windows::*;

/// The time so many seconds and nanoseconds after 1970, if the system can tell it.
pub(super) fn system_time((seconds, nanos): (i64, u32)) -> Option<SystemTime> {
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let time = match seconds < 0 {
        true => UNIX_EPOCH.checked_sub(whole),
        false => UNIX_EPOCH.checked_add(whole),
    };
    time?.checked_add(Duration::from_nanos(nanos.into()))
}

#[cfg(unix)]
mod unix {
    use std::ffi::{OsStr, OsString};
    use std::fs::{File, FileTimes, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
    use std::path::Path;

    use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt};
    use cap_std::fs::{Dir, DirBuilder, DirBuilderExt, OpenOptionsExt as _};
    use rustix::fs::{AtFlags, Gid, OFlags, Uid, chownat, major, minor};
    use tar::EntryType;

    use super::super::read::Entry;
    use super::system_time;

    /// What a file may do to whoever runs it, without being given to its owner.
    const HARMLESS: u32 = 0o1777;

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

    /// A part of a name in an archive as the name of a file.
    pub(in super::super) fn file_name(name: &[u8]) -> Result<OsString, &'static str> {
        match name.contains(&0) {
            true => Err("its name contains a NUL"),
            false => Ok(OsString::from_vec(name.to_vec())),
        }
    }

    pub(in super::super) fn make_folder(parent: &Dir, name: &OsStr, mode: u32) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        parent.create_dir_with(name, builder.mode(mode))
    }

    pub(in super::super) fn make_symlink(folder: &Dir, to: &[u8], name: &OsStr) -> io::Result<()> {
        folder.symlink_contents(OsStr::from_bytes(to), name)
    }

    /// Lets nobody else open the file until it is whole.
    pub(in super::super) fn private(options: &mut cap_std::fs::OpenOptions) {
        options.mode(0o600);
    }

    /// Gives a file its owner if it is to have one, its mode and its time.
    pub(in super::super) fn finish(file: &File, entry: &Entry, owners: bool) -> io::Result<()> {
        let mut mode = entry.mode;
        if owners {
            let (user, group) = owner_ids(entry)?;
            fchown(file, Some(user), Some(group))?;
        } else {
            mode &= HARMLESS;
        }
        file.set_permissions(Permissions::from_mode(mode))?;
        match system_time(entry.mtime) {
            Some(mtime) => file.set_times(FileTimes::new().set_modified(mtime)),
            None => Ok(()),
        }
    }

    pub(in super::super) fn finish_folder(
        parent: &Dir,
        name: &OsStr,
        entry: &Entry,
        owners: bool,
    ) -> io::Result<()> {
        let mut options = cap_std::fs::OpenOptions::new();
        options.read(true).follow(FollowSymlinks::No);
        let folder = parent.open_with(name, &options)?;
        finish(&folder.into_std(), entry, owners)
    }

    pub(in super::super) fn give_symlink(
        folder: &Dir,
        name: &OsStr,
        entry: &Entry,
    ) -> io::Result<()> {
        let (user, group) = owner_ids(entry)?;
        let (user, group) = (Uid::from_raw(user), Gid::from_raw(group));
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        Ok(chownat(folder, name, Some(user), Some(group), flags)?)
    }

    fn owner_ids(entry: &Entry) -> io::Result<(u32, u32)> {
        let number = |id: u64| u32::try_from(id).map_err(io::Error::other);
        Ok((number(entry.owner.0)?, number(entry.owner.1)?))
    }
}

#[cfg(not(unix))]
mod windows {
    use std::ffi::{OsStr, OsString};
    use std::fs::{File, FileTimes, Metadata};
    use std::io;
    use std::path::Path;

    use cap_fs_ext::DirExt;
    use cap_std::fs::Dir;
    use tar::EntryType;

    use super::super::read::Entry;
    use super::system_time;

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

    /// A part of a name in an archive as the name of a file, and of no stream or drive.
    pub(in super::super) fn file_name(name: &[u8]) -> Result<OsString, &'static str> {
        let name = str::from_utf8(name).map_err(|_| "its name is not Unicode")?;
        match name.contains(['\0', '\\', ':']) {
            true => Err("its name contains a NUL, `\\` or `:`"),
            false => Ok(name.into()),
        }
    }

    pub(in super::super) fn make_folder(parent: &Dir, name: &OsStr, _mode: u32) -> io::Result<()> {
        parent.create_dir(name)
    }

    pub(in super::super) fn make_symlink(folder: &Dir, to: &[u8], name: &OsStr) -> io::Result<()> {
        let to = str::from_utf8(to).map_err(io::Error::other)?;
        folder.symlink(to, name)
    }

    pub(in super::super) fn private(_options: &mut cap_std::fs::OpenOptions) {}

    /// Gives a file its time.
    pub(in super::super) fn finish(file: &File, entry: &Entry, _owners: bool) -> io::Result<()> {
        match system_time(entry.mtime) {
            Some(mtime) => file.set_times(FileTimes::new().set_modified(mtime)),
            None => Ok(()),
        }
    }

    /// Times of folders are left to the system.
    pub(in super::super) fn finish_folder(
        _parent: &Dir,
        _name: &OsStr,
        _entry: &Entry,
        _owners: bool,
    ) -> io::Result<()> {
        Ok(())
    }

    pub(in super::super) fn give_symlink(
        _folder: &Dir,
        _name: &OsStr,
        _entry: &Entry,
    ) -> io::Result<()> {
        Ok(())
    }
}
