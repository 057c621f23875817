//! The image that every engine is given: a static busybox with a link for each of its programs.

use std::path::Path;

use anyhow::{Context, Result};
use tar::{Builder, EntryType, Header};
use xshell::{Shell, cmd};

use super::api::Api;

pub const REFERENCE: &str = "busybox:latest";

/// With the command and the search path of the image of that name that people know.
const IMPORT: &str = "repo=busybox&tag=latest&changes=CMD%20%5B%22sh%22%5D\
    &changes=ENV%20PATH%3D/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Imports the busybox of `root` unless the engine has one.
pub fn import(api: &Api, root: &Path) -> Result<()> {
    if api.has_image(REFERENCE)? {
        return Ok(());
    }
    let busybox = ["usr/bin/busybox", "bin/busybox"]
        .into_iter()
        .map(|path| root.join(path))
        .find(|path| path.is_file())
        .with_context(|| format!("no busybox in {}", root.display()))?;
    let sh = Shell::new()?;
    let programs = cmd!(sh, "{busybox} --list").quiet().read()?;
    let tar = layer(&std::fs::read(&busybox)?, programs.lines())?;
    api.import_image(IMPORT, &tar)
}

fn layer<'a>(busybox: &[u8], programs: impl Iterator<Item = &'a str>) -> Result<Vec<u8>> {
    let mut tar = Builder::new(Vec::new());
    for (folder, mode) in [
        ("bin/", 0o755),
        ("dev/", 0o755),
        ("etc/", 0o755),
        ("home/", 0o755),
        ("proc/", 0o755),
        ("root/", 0o700),
        ("sys/", 0o755),
        ("tmp/", 0o1777),
    ] {
        append(&mut tar, EntryType::Directory, folder, mode, b"")?;
    }
    append(&mut tar, EntryType::Regular, "bin/busybox", 0o755, busybox)?;
    for program in programs.filter(|program| *program != "busybox") {
        let mut header = header(EntryType::Symlink, 0o777, 0);
        tar.append_link(&mut header, format!("bin/{program}"), "busybox")?;
    }
    let passwd = b"root:x:0:0:root:/root:/bin/sh\n";
    append(&mut tar, EntryType::Regular, "etc/passwd", 0o644, passwd)?;
    append(
        &mut tar,
        EntryType::Regular,
        "etc/group",
        0o644,
        b"root:x:0:\n",
    )?;
    Ok(tar.into_inner()?)
}

fn append(
    tar: &mut Builder<Vec<u8>>,
    kind: EntryType,
    path: &str,
    mode: u32,
    content: &[u8],
) -> Result<()> {
    let mut header = header(kind, mode, content.len());
    Ok(tar.append_data(&mut header, path, content)?)
}

fn header(kind: EntryType, mode: u32, size: usize) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size as u64);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_is_a_link_to_busybox_and_busybox_is_none() {
        let layer = layer(b"#!binary", ["busybox", "echo", "sh"].into_iter()).unwrap();
        let mut archive = tar::Archive::new(layer.as_slice());
        let entries: Vec<(String, EntryType)> = archive
            .entries()
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let path = entry.path().unwrap().display().to_string();
                (path, entry.header().entry_type())
            })
            .filter(|(path, _)| path.starts_with("bin/"))
            .collect();
        let expected = [
            ("bin/", EntryType::Directory),
            ("bin/busybox", EntryType::Regular),
            ("bin/echo", EntryType::Symlink),
            ("bin/sh", EntryType::Symlink),
        ];
        assert_eq!(
            entries,
            expected.map(|(path, kind)| (path.to_owned(), kind))
        );
    }
}
