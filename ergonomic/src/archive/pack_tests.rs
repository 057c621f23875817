//! What is packed, read by another hand: the `tar` crate.

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use futures_util::TryStreamExt;
use tar::{Archive, EntryType};

use super::*;

/// The bytes of the archive.
async fn packed(pack: Pack) -> io::Result<Vec<u8>> {
    let pieces: Vec<_> = pack.into_stream().try_collect().await?;
    Ok(pieces.concat())
}

/// Kind, name and link of each entry.
async fn listed(pack: Pack) -> Vec<(EntryType, String, String)> {
    let archive = packed(pack).await.unwrap();
    let mut archive = Archive::new(&archive[..]);
    let entries = archive.entries().unwrap().map(|entry| {
        let entry = entry.unwrap();
        let link = entry.link_name_bytes().unwrap_or_default();
        (
            entry.header().entry_type(),
            String::from_utf8_lossy(&entry.path_bytes()).into_owned(),
            String::from_utf8_lossy(&link).into_owned(),
        )
    });
    entries.collect()
}

async fn names(pack: Pack) -> Vec<String> {
    let listed = listed(pack).await.into_iter();
    listed.map(|(_, name, _)| name).collect()
}

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[tokio::test]
async fn folders_come_before_what_is_in_them_in_order() {
    let root = tempfile::tempdir().unwrap();
    for name in ["b/2", "b/1", "a", "b.txt", "c/d/e"] {
        write(root.path(), name, name);
    }
    let all = ["a", "b/", "b/1", "b/2", "b.txt", "c/", "c/d/", "c/d/e"];
    assert_eq!(names(Pack::dir(root.path())).await, all);
    let own = Pack::default().tree(root.path(), ".");
    let below = all.map(|name| format!("./{name}"));
    assert_eq!(names(own).await, [&["./".to_owned()], &below[..]].concat());
    let named = Pack::default().tree(root.path().join("b"), "new");
    assert_eq!(names(named).await, ["new/", "new/1", "new/2"]);
    let file = Pack::default().tree(root.path().join("b/2"), "new");
    assert_eq!(names(file.entry("more", "text")).await, ["new", "more"]);
}

#[tokio::test]
async fn a_filter_leaves_out_paths_and_what_is_below_them() {
    let root = tempfile::tempdir().unwrap();
    for name in ["keep", "pruned/x", "skipped/in", "skipped/out"] {
        write(root.path(), name, name);
    }
    let pack = Pack::dir(root.path()).filter(|path, folder| match path.to_str().unwrap() {
        "pruned" => {
            assert!(folder);
            Pick::Prune
        }
        "skipped" | "skipped/out" => Pick::Skip,
        "pruned/x" => panic!("it was looked into"),
        _ => Pick::Take,
    });
    assert_eq!(names(pack).await, ["keep", "skipped/in"]);
}

#[tokio::test]
async fn links_and_modes_and_times_are_kept() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "first", "same");
    fs::hard_link(root.path().join("first"), root.path().join("second")).unwrap();
    symlink("/nowhere", root.path().join("third")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        root.path().join("fourth"),
        rustix::fs::FileType::Fifo,
        0o600.into(),
        0,
    )
    .unwrap();
    std::os::unix::net::UnixListener::bind(root.path().join("fifth")).unwrap();
    let first = fs::File::open(root.path().join("first")).unwrap();
    first
        .set_permissions(fs::Permissions::from_mode(0o4751))
        .unwrap();
    let before = UNIX_EPOCH - Duration::from_millis(1500);
    first.set_modified(before).unwrap();
    let text = |text: &str| text.to_owned();
    assert_eq!(
        listed(Pack::dir(root.path())).await,
        [
            (EntryType::Regular, text("first"), text("")),
            (EntryType::Fifo, text("fourth"), text("")),
            (EntryType::Link, text("second"), text("first")),
            (EntryType::Symlink, text("third"), text("/nowhere")),
        ]
    );
    let archive = packed(Pack::dir(root.path()).owner(7, 3_000_000))
        .await
        .unwrap();
    let mut archive = Archive::new(&archive[..]);
    let mut entry = archive.entries().unwrap().next().unwrap().unwrap();
    let header = entry.header();
    assert_eq!(header.mode().unwrap(), 0o4751);
    assert_eq!(
        (header.uid().unwrap(), header.gid().unwrap()),
        (7, 3_000_000)
    );
    let records = entry.pax_extensions().unwrap().unwrap();
    let records: Vec<_> = records
        .map(|record| {
            let record = record.unwrap();
            (
                record.key().unwrap().to_owned(),
                record.value().unwrap().to_owned(),
            )
        })
        .collect();
    assert!(
        records.contains(&(text("mtime"), text("-2"))),
        "{records:?}"
    );
    let mut content = String::new();
    entry.read_to_string(&mut content).unwrap();
    assert_eq!(content, "same");
}

#[tokio::test]
async fn names_may_be_long_and_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;
    let root = tempfile::tempdir().unwrap();
    let long = "n".repeat(101);
    let odd: &[u8] = &[b"\xffodd\n", &[b'x'; 120][..]].concat();
    write(root.path(), &long, "");
    fs::write(root.path().join(std::ffi::OsStr::from_bytes(odd)), "").unwrap();
    symlink(&long, root.path().join("link")).unwrap();
    let archive = packed(Pack::dir(root.path())).await.unwrap();
    let mut archive = Archive::new(&archive[..]);
    let entries = archive.entries().unwrap().map(|entry| {
        let entry = entry.unwrap();
        let link = entry.link_name_bytes().unwrap_or_default().into_owned();
        (entry.path_bytes().into_owned(), link)
    });
    let entries: Vec<_> = entries.take(2).collect();
    assert_eq!(entries[0], (b"link".to_vec(), long.clone().into_bytes()));
    assert_eq!(entries[1], (long.into_bytes(), Vec::new()));
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let root = tempfile::tempdir().unwrap();
    let gone = root.path().join("gone");
    for pack in [Pack::dir(&gone), Pack::default().tree(&gone, "x")] {
        let error = packed(pack).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        let text = error.to_string();
        assert_eq!(text.matches(gone.to_str().unwrap()).count(), 1, "{text}");
    }
}

#[tokio::test]
async fn the_work_ends_with_the_stream() {
    let root = tempfile::tempdir().unwrap();
    fs::File::create(root.path().join("endless"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    // Dropped with the filter, when the work is over.
    let pack = Pack::dir(root.path()).filter(move |_, _| {
        let _ = &ended;
        Pick::Take
    });
    let mut stream = Box::pin(pack.into_stream());
    assert!(stream.try_next().await.unwrap().is_some());
    drop(stream);
    assert!(end.await.is_err());
}

#[test]
fn times_are_rounded_down() {
    let half = Duration::from_millis(500);
    assert_eq!(seconds(UNIX_EPOCH + half), 0);
    assert_eq!(seconds(UNIX_EPOCH - half), -1);
    assert_eq!(seconds(UNIX_EPOCH - Duration::from_secs(3)), -3);
}
