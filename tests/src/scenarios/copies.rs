//! Copies into containers and out of them, by the CLI's rules: each row is what `docker cp` of the
//! CLI 28 does on these engines.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use dockwright::{Container, Error, Result};
use tempfile::TempDir;

use super::read_to;
use crate::engine::Engine;

/// A tar archive, entry by entry: folders end in a slash, links have an arrow.
fn tar(entries: &[(&str, &str, u32)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for &(name, content, mode) in entries {
        let mut header = tar::Header::new_ustar();
        header.set_mode(mode);
        header.set_mtime(1_000_000_000);
        header.set_uid(0);
        header.set_gid(0);
        header.set_size(0);
        match name.split_once("->") {
            Some((name, target)) => {
                header.set_entry_type(tar::EntryType::Symlink);
                tar.append_link(&mut header, name, target).unwrap();
            }
            None => {
                if name.ends_with('/') {
                    header.set_entry_type(tar::EntryType::Directory);
                }
                header.set_size(content.len() as u64);
                let content = content.as_bytes();
                tar.append_data(&mut header, name, content).unwrap();
            }
        }
    }
    tar.into_inner().unwrap()
}

/// A container that does not run, with these files.
async fn container(engine: &Engine, entries: &[(&str, &str, u32)]) -> Container {
    let container = engine.create(["true"]).await.unwrap();
    container.copy_to("/").tar(tar(entries)).await.unwrap();
    container
}

/// A local folder with something of everything.
fn sources() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("dir/sub")).unwrap();
    fs::write(path("file"), "file").unwrap();
    fs::write(path("dir/a"), "a").unwrap();
    fs::write(path("dir/sub/b"), "b").unwrap();
    symlink("a", path("dir/l")).unwrap();
    symlink("file", path("link")).unwrap();
    symlink("dir", path("dirlink")).unwrap();
    mode_of(&path("dir"), 0o750);
    mode_of(&path("file"), 0o640);
    folder
}

fn mode_of(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// What is at a path in a container: kind and mode as `ls` shows them, and the contents of a file.
async fn at(container: &Container, path: &str) -> String {
    match container.stat(path).await {
        Ok(stat) if stat.mode.is_file() => {
            let bytes = container.copy_from(path).bytes().await.unwrap();
            format!("{} {}", stat.mode, String::from_utf8_lossy(&bytes))
        }
        Ok(stat) => stat.mode.to_string(),
        Err(error) if error.is_not_found() => "nothing".to_owned(),
        Err(error) => panic!("{error}"),
    }
}

async fn holds(container: &Container, path: &str, expected: &str) {
    assert_eq!(at(container, path).await, expected, "at {path}");
}

const THERE: &[(&str, &str, u32)] = &[
    ("d/", "", 0o700),
    ("e/", "", 0o700),
    ("e/x", "kept", 0o600),
    ("f", "old", 0o600),
    ("g", "old", 0o600),
    ("dl->d", "", 0o777),
    ("gl->/g", "", 0o777),
];

pub async fn copy_files_to(engine: Engine) {
    let container = container(&engine, THERE).await;
    let local = sources();
    let path = |name: &str| local.path().join(name);
    let copy = |name: &str, to: &str| container.copy_to(to).path(path(name));
    // Into a folder, by its own name.
    copy("file", "/d/").await.unwrap();
    holds(&container, "/d/file", "-rw-r----- file").await;
    holds(&container, "/d", "drwx------").await;
    copy("file", "/e").await.unwrap();
    holds(&container, "/e/file", "-rw-r----- file").await;
    copy("link", "/e/.").await.unwrap();
    holds(&container, "/e/link", "lrwxrwxrwx").await;
    // In the place of a file, and where nothing is.
    copy("file", "/f").await.unwrap();
    holds(&container, "/f", "-rw-r----- file").await;
    copy("file", "/new").await.unwrap();
    holds(&container, "/new", "-rw-r----- file").await;
    copy("file", "relative").await.unwrap();
    holds(&container, "/relative", "-rw-r----- file").await;
    // To where a link leads.
    container
        .copy_to("/dl")
        .bytes("through", "link")
        .await
        .unwrap();
    holds(&container, "/d/through", "-rw-r--r-- link").await;
    copy("file", "/gl").await.unwrap();
    holds(&container, "/g", "-rw-r----- file").await;
    // A link, or what it leads to.
    copy("file", "/file").await.unwrap();
    copy("link", "/link").await.unwrap();
    let stat = container.stat("/link").await.unwrap();
    assert!(stat.mode.is_symlink(), "{stat:?}");
    let followed = container.copy_to("/followed").follow_link(true);
    followed.file(path("link")).await.unwrap();
    holds(&container, "/followed", "-rw-r----- file").await;
    // Contents, by the path or by a name.
    container.copy_to("/f").contents("new").await.unwrap();
    holds(&container, "/f", "-rw-r--r-- new").await;
    let error = container.copy_to("/d").contents("new").await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    // A folder that is not there, and a file written as one.
    for to in ["/none/", "/none/.", "/f/"] {
        let error = copy("file", to).await.unwrap_err();
        assert!(error.is_invalid_input(), "{to}: {error}");
    }
    assert_eq!(at(&container, "/none").await, "nothing");
}

pub async fn copy_folders_to(engine: Engine) {
    let container = container(&engine, THERE).await;
    let local = sources();
    let path = |name: &str| local.path().join(name);
    let copy = |name: &str, to: &str| container.copy_to(to).dir(path(name));
    // Into a folder, by its own name or without it.
    for name in ["dir", "dir/"] {
        copy(name, "/d").await.unwrap();
        holds(&container, "/d/dir", "drwxr-x---").await;
        holds(&container, "/d/dir/sub/b", "-rw-r--r-- b").await;
        let link = container.stat("/d/dir/l").await.unwrap();
        assert!(link.mode.is_symlink(), "{link:?}");
    }
    copy("dir/.", "/e").await.unwrap();
    holds(&container, "/e", "drwx------").await;
    holds(&container, "/e/a", "-rw-r--r-- a").await;
    holds(&container, "/e/x", "-rw------- kept").await;
    holds(&container, "/e/dir", "nothing").await;
    // By a new name.
    for (name, to) in [
        ("dir", "/n1"),
        ("dir", "/n2/"),
        ("dir/.", "/n3"),
        ("dirlink/", "/n4"),
    ] {
        copy(name, to).await.unwrap();
        let to = to.trim_end_matches('/');
        holds(&container, to, "drwxr-x---").await;
        holds(&container, &format!("{to}/sub/b"), "-rw-r--r-- b").await;
    }
    // A link, or what it leads to.
    container
        .copy_to("/d/l1")
        .path(path("dirlink"))
        .await
        .unwrap();
    assert!(container.stat("/d/l1").await.unwrap().mode.is_symlink());
    container
        .copy_to("/e")
        .follow_link(true)
        .path(path("dirlink"))
        .await
        .unwrap();
    holds(&container, "/e/dirlink/a", "-rw-r--r-- a").await;
    copy("dirlink/", "/d").await.unwrap();
    holds(&container, "/d/dirlink/a", "-rw-r--r-- a").await;
    // Not onto a file.
    for name in ["dir", "dir/."] {
        let error = copy(name, "/f").await.unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
    }
    holds(&container, "/f", "-rw------- old").await;
    // What is no folder, and what is not there.
    let error = copy("file", "/d").await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    let error = container.copy_to("/d").file(path("dir")).await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    for gone in ["gone", "file/"] {
        let error = container.copy_to("/d").path(path(gone)).await.unwrap_err();
        assert!(error.is_local_file(), "{error}");
        assert!(error.to_string().contains(gone), "{error}");
    }
}

/// Folders and files do not replace each other, unless that is allowed.
pub async fn copy_over_another_kind(engine: Engine) {
    let there = [
        ("d/", "", 0o755),
        ("d/dir", "file", 0o644),
        ("d/file/", "", 0o755),
    ];
    let container = container(&engine, &there).await;
    let local = sources();
    for name in ["dir", "file"] {
        let copy = container.copy_to("/d").path(local.path().join(name));
        let error = copy.await.unwrap_err();
        assert!(error.engine_message().is_some(), "{error}");
        assert_eq!(error.operation(), Some("copy to container"));
    }
    holds(&container, "/d/dir", "-rw-r--r-- file").await;
    holds(&container, "/d/file", "drwxr-xr-x").await;
    for name in ["dir", "file"] {
        let copy = container.copy_to("/d").allow_replace(true);
        copy.path(local.path().join(name)).await.unwrap();
    }
    holds(&container, "/d/dir", "drwxr-x---").await;
    holds(&container, "/d/file", "-rw-r----- file").await;
}

pub async fn copy_with_owners(engine: Engine) {
    let stat = ["stat", "-c", "%u:%g", "/own", "/archived"];
    let container = engine.create(stat).await.unwrap();
    let copy = container.copy_to("/").owner(1234, 56);
    copy.clone().bytes("own", "x").await.unwrap();
    copy.archive(true).bytes("archived", "x").await.unwrap();
    container.start().await.unwrap();
    container.wait().await.unwrap();
    let mut logs = container.logs().await.unwrap();
    // Docker leaves owners as they are where the container has no user of its own.
    let told = match engine.is_podman() {
        true => "1234:56\n0:0\n",
        false => "1234:56\n1234:56\n",
    };
    assert_eq!(read_to(told, &mut logs).await, told);
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

const TREE: &[(&str, &str, u32)] = &[
    ("d/", "", 0o750),
    ("d/a", "a", 0o4711),
    ("d/l->a", "", 0o777),
    ("d/abs->/etc/passwd", "", 0o777),
    ("d/sub/", "", 0o755),
    ("d/sub/b", "b", 0o600),
    ("dl->d", "", 0o777),
    ("al->/d/a", "", 0o777),
];

pub async fn copy_from_a_container(engine: Engine) {
    let container = container(&engine, TREE).await;
    let local = tempfile::tempdir().unwrap();
    let path = |name: &str| local.path().join(name);
    for folder in ["dir", "other"] {
        fs::create_dir(path(folder)).unwrap();
        mode_of(&path(folder), 0o700);
    }
    fs::write(path("file"), "old").unwrap();
    symlink("dir", path("dirlink")).unwrap();
    symlink("file", path("filelink")).unwrap();
    symlink("gone", path("broken")).unwrap();
    let copy = |from: &str, to: &str| container.copy_from(from).to(path(to));
    let mode = |name: &str| fs::metadata(path(name)).unwrap().mode() & 0o7777;
    // Files: into a folder, in the place of a file, by a new name, through links.
    for (to, at) in [
        ("dir", "dir/a"),
        ("file", "file"),
        ("new", "new"),
        ("dirlink", "dir/a"),
        ("filelink", "file"),
        ("broken", "gone"),
    ] {
        copy("/d/a", to).await.unwrap();
        assert_eq!(read(&path(at)), "a", "{to}");
        // Not setuid: it would be a program of whoever copies.
        assert_eq!(mode(at), 0o711, "{to}");
        let mtime = fs::metadata(path(at)).unwrap().mtime();
        assert_eq!(mtime, 1_000_000_000, "{to}");
    }
    assert!(path("filelink").is_symlink() && path("broken").is_symlink());
    // Folders: into a folder, by their name or without it, and by a new name.
    copy("/d", "dir").await.unwrap();
    copy("/d/.", "other").await.unwrap();
    assert_eq!(mode("other"), 0o700);
    for (from, to) in [("/d", "n1"), ("/d/.", "n2"), ("/d/", "n3/")] {
        copy(from, to).await.unwrap();
        assert_eq!(mode(to), 0o750, "{from}");
    }
    for at in ["dir/d", "other", "n1", "n2", "n3"] {
        let at = path(at);
        assert_eq!(read(&at.join("sub/b")), "b");
        assert_eq!(fs::read_link(at.join("l")).unwrap(), PathBuf::from("a"));
        let absolute = fs::read_link(at.join("abs")).unwrap();
        assert_eq!(absolute, PathBuf::from("/etc/passwd"));
        let mode = fs::metadata(at.join("sub/b")).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    whole_and_links(&engine, &container, local.path()).await;
    refusals(&container, local.path()).await;
}

/// Everything there is, and what links lead to.
async fn whole_and_links(engine: &Engine, container: &Container, local: &Path) {
    let path = |name: &str| local.join(name);
    container.copy_from("/").to(path("root")).await.unwrap();
    assert_eq!(read(&path("root/d/sub/b")), "b");
    assert!(path("root/bin").is_dir());
    container.copy_from("/al").to(path("link")).await.unwrap();
    container
        .copy_from("/dl")
        .to(path("folderlink"))
        .await
        .unwrap();
    // Podman follows links by itself.
    assert_eq!(path("link").is_symlink(), !engine.is_podman());
    assert_eq!(path("folderlink").is_symlink(), !engine.is_podman());
    let followed = container.copy_from("/al").follow_link(true);
    followed.to(path("followed")).await.unwrap();
    assert_eq!(read(&path("followed")), "a");
    for (from, to, at) in [
        ("/dl", "dir", "dir/dl"),
        ("/dl/", "n5", "n5"),
        ("/dl", "n6", "n6"),
    ] {
        let followed = container.copy_from(from).follow_link(true);
        followed.to(path(to)).await.unwrap();
        assert_eq!(read(&path(at).join("sub/b")), "b");
    }
    assert_eq!(container.copy_from("/al").bytes().await.unwrap(), "a");
}

async fn refusals(container: &Container, local: &Path) {
    let path = |name: &str| local.join(name);
    let copy = |from: &str, to: &str| container.copy_from(from).to(path(to));
    let refused = |outcome: Result<()>| -> Error { outcome.unwrap_err() };
    for (from, to) in [("/d/a", "none/"), ("/d", "file")] {
        let error = refused(copy(from, to).await);
        assert!(error.is_invalid_input(), "{from} to {to}: {error}");
    }
    for (from, to) in [("/d/a", "no/x"), ("/d", "no/x"), ("/d/a", "file/")] {
        let error = refused(copy(from, to).await);
        assert!(error.is_local_file(), "{from} to {to}: {error}");
    }
    let error = refused(copy("/gone", "x").await);
    assert!(error.is_not_found(), "{error}");
    assert_eq!(error.operation(), Some("copy from container"));
    // A file where a folder is to be, the other way round, and a link on the way.
    fs::create_dir_all(path("c1/d")).unwrap();
    fs::write(path("c1/d/sub"), "kept").unwrap();
    fs::create_dir_all(path("c2/a")).unwrap();
    fs::create_dir_all(path("c3/d")).unwrap();
    symlink("../../other", path("c3/d/sub")).unwrap();
    fs::remove_dir_all(path("other/sub")).unwrap();
    for (from, to) in [("/d", "c1"), ("/d/a", "c2"), ("/d", "c3")] {
        let error = refused(copy(from, to).await);
        assert!(error.is_decode(), "{from} to {to}: {error}");
    }
    assert_eq!(read(&path("c1/d/sub")), "kept");
    assert!(!path("other/sub").exists());
    let small = container.copy_from("/d/sub/b").limit(0);
    let error = small.bytes().await.unwrap_err();
    assert_eq!(*error.kind(), dockwright::ErrorKind::TooLarge);
    let error = container.copy_from("/d").bytes().await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
}

/// Links that climb out are refused, as the CLI does, and named.
pub async fn copy_of_climbing_links(engine: Engine) {
    let entries = [("c/", "", 0o755), ("c/rel->../../x", "", 0o777)];
    let container = container(&engine, &entries).await;
    let local = tempfile::tempdir().unwrap();
    let copy = container.copy_from("/c").to(local.path().join("c"));
    let error = copy.await.unwrap_err();
    assert!(error.is_decode(), "{error}");
    assert!(error.to_string().contains("`c/rel`"), "{error}");
}

pub async fn stat_of_paths(engine: Engine) {
    let container = container(&engine, TREE).await;
    let file = container.stat("/d/a").await.unwrap();
    assert_eq!((file.name.as_str(), file.size), ("a", 1));
    assert_eq!(file.mode.to_string(), "-rws--x--x");
    assert_eq!(file.mode.permissions(), 0o4711);
    let since = file.mtime.unwrap().duration_since(std::time::UNIX_EPOCH);
    assert_eq!(since.unwrap().as_secs(), 1_000_000_000);
    let folder = container.stat("/d/").await.unwrap();
    assert!(folder.mode.is_dir(), "{folder:?}");
    assert_eq!(folder.link_target, None);
    let link = container.stat("/al").await.unwrap();
    assert!(link.mode.is_symlink(), "{link:?}");
    assert_eq!(link.link_target.as_deref(), Some("/d/a"));
    assert!(container.stat("/gone").await.unwrap_err().is_not_found());
    let error = container.stat("").await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    let bytes = container.copy_from("/d/sub/b").bytes().await.unwrap();
    assert_eq!(bytes, "b");
}

/// The engine refuses before it has read what is sent: its words are the error.
pub async fn copy_is_refused_early(engine: Engine) {
    let local = tempfile::tempdir().unwrap();
    let large = local.path().join("large");
    let file = fs::File::create(&large).unwrap();
    file.set_len(256 << 20).unwrap();
    let missing = engine.docker.container(engine.name("missing"));
    let error = missing.copy_to("/tmp/x").file(&large).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert!(
        error
            .engine_message()
            .is_some_and(|words| !words.is_empty()),
        "{error}"
    );
    if engine.is_podman() {
        println!(
            "copy_is_refused_early: podman makes folders that are missing, and writes to read-only containers"
        );
        return;
    }
    let container = engine.create(["true"]).await.unwrap();
    let error = container.copy_to("/no/x").file(&large).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert!(error.engine_message().unwrap().contains("/no"), "{error}");
    let locked = engine.create(["true"]).body(|body| {
        let host = body.host_config.get_or_insert_default();
        host.readonly_rootfs = Some(true);
    });
    let locked = locked.await.unwrap();
    let error = locked.copy_to("/x").file(&large).await.unwrap_err();
    assert!(
        error.engine_message().unwrap().contains("read-only"),
        "{error}"
    );
}

/// An archive goes in, and comes out of one of its folders.
pub async fn copy_in_and_out(engine: Engine) {
    let entries = [("d/", "", 0o755), ("d/a", "within", 0o644)];
    let container = container(&engine, &entries).await;
    assert_eq!(container.stat("/d/a").await.unwrap().size, 6);
    let (stat, mut tar) = container.copy_from("/d").tar().await.unwrap();
    assert!(stat.mode.is_dir(), "{stat:?}");
    let mut archive = Vec::new();
    while let Some(bytes) = tar.try_next().await.unwrap() {
        archive.extend(bytes);
    }
    assert!(archive.windows(6).any(|window| window == b"within"));
    let error = container.copy_from("/no/such").bytes().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    container.remove().await.unwrap();
}
