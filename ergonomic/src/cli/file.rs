//! Files that the CLI may have written, or may not.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind as Io, Read, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, printable};

/// How long a file may be.
const LIMIT: u64 = 16 * 1024 * 1024;

/// What is in a file, or `None` if it is not there. It blocks.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    read_within(LIMIT, path)
}

fn read_within(limit: u64, path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let mut text = Vec::new();
    let outcome = open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut text));
    match outcome {
        Ok(read) if read as u64 > limit => Err(Error::new(
            ErrorKind::TooLarge,
            format!("{} is longer than {limit} bytes", shown(path)),
        )),
        Ok(_) => Ok(Some(text)),
        Err(error) if is_absence(&error) => Ok(None),
        Err(source) => Err(failed("read", path, source)),
    }
}

/// Opens a file, but no pipe: that would wait for somebody to write to it.
fn open(path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_fifo(&path.metadata()?.file_type()) {
        return Err(io::Error::other("it is a pipe"));
    }
    File::open(path)
}

/// Whether there is nothing at a path. On the way there may be a file in place of a folder.
pub(super) fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), Io::NotFound | Io::NotADirectory)
}

/// Whether there is something at a path, be it what it may.
pub(super) fn exists(path: &Path) -> bool {
    path.metadata()
        .map_or_else(|error| !is_absence(&error), |_| true)
}

/// Puts a file in place of the one that is there, whole or not at all: through a link to where it
/// leads, with the permissions that the old one has, readable for nobody else if there is none.
pub(super) fn replace(path: &Path, text: &[u8]) -> Result<(), Error> {
    try_replace(path, text).map_err(|source| failed("written", path, source))
}

/// A path in one line.
pub(super) fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// What could not be `done` to a file.
pub(super) fn failed(done: &str, path: &Path, source: io::Error) -> Error {
    let detail = format!("{} cannot be {done}: {source}", shown(path));
    Error::new(ErrorKind::LocalFile, detail)
}

fn try_replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let path = &behind_links(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    create_private(folder)?;
    let temporary = Temporary::beside(path)?;
    let mut file = &temporary.file;
    file.write_all(text)?;
    if let Ok(old) = fs::metadata(path) {
        take_after(file, &old)?;
    }
    file.sync_all()?;
    temporary.rename(path)
}

/// Where the file is, or would come to be, that a link stands for.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == Io::NotFound => Ok(match fs::read_link(path) {
            Ok(target) => path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => path.to_owned(),
        }),
        outcome => outcome,
    }
}

#[cfg(unix)]
pub(super) fn create_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
pub(super) fn create_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Gives a new file the permissions, and where it may the owner, of the old one.
#[cfg(unix)]
fn take_after(file: &File, old: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    // Only root may give files away; whoever wrote the old file can read the new one anyway.
    let _ = fchown(file, Some(old.uid()), Some(old.gid()));
    file.set_permissions(old.permissions())
}

#[cfg(not(unix))]
fn take_after(_: &File, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// A new file that nobody else can read, gone unless it is renamed.
struct Temporary {
    path: PathBuf,
    file: File,
}

impl Temporary {
    fn beside(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut attempt = 0;
        loop {
            let path = path.with_file_name(format!("{name}.{}-{attempt}", std::process::id()));
            match options.open(&path) {
                Err(error) if error.kind() == Io::AlreadyExists && attempt < 1000 => attempt += 1,
                outcome => return outcome.map(|file| Self { path, file }),
            }
        }
    }

    fn rename(mut self, to: &Path) -> io::Result<()> {
        fs::rename(&self.path, to)?;
        self.path = PathBuf::new();
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            // What is left behind is in nobody's way.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_long_is_not_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, "123456789").unwrap();
        assert_eq!(read_within(9, &path).unwrap().unwrap().len(), 9);
        let error = read_within(8, &path).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::TooLarge);
        assert!(error.to_string().contains("8 bytes"), "{error}");
        assert!(read(&path.join("below")).unwrap().is_none());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_is_waited_for_to_write_to_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let error = read(&path).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::LocalFile);
        assert!(error.to_string().contains("config.json"), "{error}");
    }
}
