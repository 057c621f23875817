//! Archives of others, unpacked.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use tar::{Builder, EntryType, Header};

use crate::archive::{Unpack, first_file};

const BLOCK: usize = 512;

/// Nothing is written outside of the folder, nor more than the archive has.
///
/// An input is an archive, whose checksums are put right, or, after `!`, a line for each entry:
/// its kind, its name, and after `>` where it leads to or what is in it.
pub fn unpack(input: &[u8]) {
    let archive = match input.split_first() {
        Some((b'!', lines)) => archive_of(lines),
        _ => with_checksums(input),
    };
    let folder = Folder::new();
    let (inside, outside) = (folder.path().join("in"), folder.path().join("out"));
    fs::create_dir(&inside).unwrap();
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("kept"), "kept").unwrap();
    symlink("../out", inside.join("away")).unwrap();
    symlink("../out/kept", inside.join("file")).unwrap();

    for unpack in [
        Unpack::contents(&inside, false),
        Unpack::named(&inside, "named".into(), false),
    ] {
        if let Err(error) = unpack.run(&archive[..]) {
            assert!(error.is_decode() || error.is_local_file(), "{error}");
            assert!(!error.to_string().contains(char::is_control), "{error:?}");
        }
    }

    let names = |folder: &Path| fs::read_dir(folder).unwrap().count();
    assert_eq!(
        (names(folder.path()), names(&outside)),
        (2, 1),
        "something was written outside"
    );
    let kept = outside.join("kept");
    assert_eq!(fs::read_to_string(&kept).unwrap(), "kept");
    assert_eq!(fs::metadata(&kept).unwrap().nlink(), 1);
    let mut found = Found::default();
    found.walk(&inside, 0);
    assert!(
        found.bytes <= 2 * archive.len() as u64,
        "{} bytes",
        found.bytes
    );

    if let Ok(Some(file)) = first_file(&archive[..], 16) {
        assert!(file.len() <= 16);
    }
}

/// What was unpacked.
#[derive(Default)]
struct Found {
    bytes: u64,
    inodes: Vec<u64>,
}

impl Found {
    fn walk(&mut self, folder: &Path, depth: usize) {
        open(folder);
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            assert_eq!(
                metadata.mode() & 0o6000,
                0,
                "{path:?} is a program of its owner"
            );
            if metadata.is_dir() {
                self.walk(&path, depth + 1);
            } else if metadata.is_symlink() {
                let is_own = depth == 0 && (path.ends_with("away") || path.ends_with("file"));
                let target = fs::read_link(&path).unwrap();
                assert!(
                    is_own || !climbs_out(depth, &target),
                    "{path:?} leads to {target:?}"
                );
            } else {
                assert!(metadata.is_file(), "{path:?}");
                if !self.inodes.contains(&metadata.ino()) {
                    self.inodes.push(metadata.ino());
                    self.bytes += metadata.len();
                }
            }
        }
    }
}

fn climbs_out(mut depth: usize, link: &Path) -> bool {
    use std::path::Component;
    link.components().any(|part| {
        match part {
            Component::ParentDir if depth == 0 => return true,
            Component::ParentDir => depth -= 1,
            Component::Normal(_) => depth += 1,
            // What is absolute is kept as it is.
            Component::RootDir | Component::Prefix(_) => depth = usize::MAX / 2,
            Component::CurDir => {}
        }
        false
    })
}

/// The archive of these lines.
fn archive_of(lines: &[u8]) -> Vec<u8> {
    let mut archive = Builder::new(Vec::new());
    for line in lines.split(|&byte| byte == b'\n') {
        let Some((&kind, rest)) = line.split_first() else {
            continue;
        };
        let at = rest.iter().position(|&byte| byte == b'>');
        let (name, link) = rest.split_at(at.unwrap_or(rest.len()));
        let link = link.get(1..).unwrap_or_default();
        let (kind, link, data) = match kind {
            b'f' => (EntryType::Regular, &[][..], link),
            b'd' => (EntryType::Directory, &[][..], &[][..]),
            b's' => (EntryType::Symlink, link, &[][..]),
            b'h' => (EntryType::Link, link, &[][..]),
            // A record for the next entry.
            b'p' => {
                let key = String::from_utf8_lossy(name);
                archive.append_pax_extensions([(&*key, link)]).unwrap();
                continue;
            }
            other => (EntryType::new(other), link, &[][..]),
        };
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(0o6755);
        header.set_size(data.len() as u64);
        let fields = header.as_ustar_mut().expect("it is one");
        let mut records = Vec::new();
        for (key, text, field) in [
            ("path", name, &mut fields.name),
            ("linkpath", link, &mut fields.linkname),
        ] {
            match field.get_mut(..text.len()) {
                Some(field) => field.copy_from_slice(text),
                None => records.push((key, text)),
            }
        }
        header.set_cksum();
        archive.append_pax_extensions(records).unwrap();
        archive.append(&header, data).unwrap();
    }
    archive.into_inner().unwrap()
}

/// The same bytes with a checksum in all that stands where headers stand.
fn with_checksums(bytes: &[u8]) -> Vec<u8> {
    let mut archive = bytes.to_vec();
    let mut at = 0;
    while let Some(block) = archive.get_mut(at..at + BLOCK) {
        let mut header = Header::new_old();
        header.as_mut_bytes().copy_from_slice(block);
        header.set_cksum();
        if block.iter().any(|&byte| byte != 0) {
            block.copy_from_slice(header.as_bytes());
        }
        let size = header.entry_size().unwrap_or(0).min(bytes.len() as u64);
        at += BLOCK + (size as usize).next_multiple_of(BLOCK);
    }
    archive
}

/// A new folder, gone with all that is in it when this is.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("dockwright-fuzzing-{}-{count}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match fs::create_dir(&path) {
                // Of an earlier process that was killed.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(|()| Self(path)).unwrap(),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Makes a folder readable for its owner, whatever the archive said.
fn open(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
}
