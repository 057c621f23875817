//! Archives that are made to do harm, and those that are not.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use futures_util::TryStreamExt;
use tar::{Builder, Header};

use super::*;
use crate::archive::Pack;

/// An archive, entry by entry.
struct Made(Builder<Vec<u8>>);

impl Made {
    fn new() -> Self {
        Self(Builder::new(Vec::new()))
    }

    /// An entry with any name, link and mode.
    fn entry(mut self, kind: EntryType, name: &str, link: &str, mode: u32, data: &[u8]) -> Self {
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_mtime(1_000_000_000);
        header.set_size(data.len() as u64);
        let fields = header.as_ustar_mut().unwrap();
        fields.name[..name.len()].copy_from_slice(name.as_bytes());
        fields.linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_cksum();
        self.0.append(&header, data).unwrap();
        self
    }

    fn file(self, name: &str, text: &str) -> Self {
        self.entry(EntryType::Regular, name, "", 0o644, text.as_bytes())
    }

    fn dir(self, name: &str) -> Self {
        self.entry(EntryType::Directory, name, "", 0o755, b"")
    }

    fn symlink(self, name: &str, to: &str) -> Self {
        self.entry(EntryType::Symlink, name, to, 0o777, b"")
    }

    fn link(self, name: &str, to: &str) -> Self {
        self.entry(EntryType::Link, name, to, 0o644, b"")
    }

    fn pax(mut self, key: &str, value: &[u8]) -> Self {
        self.0.append_pax_extensions([(key, value)]).unwrap();
        self
    }

    fn bytes(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }
}

/// A folder to unpack into, beside a folder that nothing is to be written to.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.inside()).unwrap();
        fs::create_dir(place.outside()).unwrap();
        fs::write(place.outside().join("kept"), "kept").unwrap();
        place
    }

    fn inside(&self) -> PathBuf {
        self.0.path().join("in")
    }

    fn outside(&self) -> PathBuf {
        self.0.path().join("out")
    }

    fn unpack(&self, archive: &[u8]) -> Result<()> {
        let unpacked = Unpack::contents(self.inside(), false).run(archive);
        let outside = fs::read_dir(self.outside()).unwrap();
        assert_eq!(outside.count(), 1, "something was written outside");
        let kept = self.outside().join("kept");
        assert_eq!(fs::read_to_string(&kept).unwrap(), "kept");
        assert_eq!(fs::metadata(&kept).unwrap().nlink(), 1);
        assert_eq!(fs::read_dir(self.0.path()).unwrap().count(), 2);
        unpacked
    }

    /// Unpacks what must be refused for this entry.
    fn refuse(&self, entry: &str, archive: Made) -> String {
        let error = self.unpack(&archive.bytes()).unwrap_err();
        assert!(error.is_decode(), "{error}");
        assert!(
            error.to_string().contains(&format!("`{entry}`")),
            "{entry}: {error}"
        );
        error.to_string()
    }
}

#[test]
fn names_that_lead_out_are_refused() {
    for name in ["../out/new", "a/../../out/new", "..", "//etc/new", "a/.."] {
        Place::new().refuse(name, Made::new().file("fine", "").file(name, "bad"));
        Place::new().refuse(name, Made::new().dir(name));
        Place::new().refuse(name, Made::new().symlink(name, "x"));
        Place::new().refuse(name, Made::new().file("x", "").link(name, "x"));
    }
    let absolute = Place::new();
    let outside = absolute.outside().join("new");
    let name = format!("/{}", outside.display());
    absolute.refuse(
        &name,
        Made::new().pax("path", name.as_bytes()).file("x", "bad"),
    );
    // Outside of a whole container, every slash at the front is one too many.
    let named = Unpack::named(absolute.inside(), "x".into(), false);
    let error = named
        .run(&Made::new().file("/x", "").bytes()[..])
        .unwrap_err();
    assert!(
        error.to_string().contains("its name is absolute"),
        "{error}"
    );
}

#[test]
fn links_that_lead_out_are_refused() {
    for to in ["..", "../out", "a/../../out/kept", "./../../x"] {
        Place::new().refuse("l", Made::new().symlink("l", to));
        Place::new().refuse("l", Made::new().link("l", to));
    }
    let place = Place::new();
    place.refuse(
        "d/l",
        Made::new()
            .dir("d/")
            .symlink("d/fine", "../x")
            .symlink("d/l", "../../x"),
    );
    // Another name of a link that is fine where it is.
    let elsewhere = Made::new().dir("e/").symlink("e/l", "../x");
    place.refuse("l", elsewhere.link("l", "e/l"));
    let outside = place.outside().join("kept");
    let to = format!("/{}", outside.display());
    place.refuse(
        "h",
        Made::new().pax("linkpath", to.as_bytes()).link("h", "x"),
    );
    place.refuse("h", Made::new().link("h", "."));
}

#[test]
fn nothing_is_written_through_a_link() {
    let outside = |place: &Place| place.outside().to_str().unwrap().to_owned();
    let absolute = |place: &Place| {
        let to = outside(place);
        Made::new().pax("linkpath", to.as_bytes()).symlink("l", "x")
    };
    let place = Place::new();
    place.refuse("l/new", absolute(&place).file("l/new", "bad"));
    let place = Place::new();
    place.refuse("l/d/new", absolute(&place).file("l/d/new", "bad"));
    let place = Place::new();
    place.refuse("l/", absolute(&place).dir("l/"));
    let place = Place::new();
    place.refuse("l/s", absolute(&place).symlink("l/s", "x"));
    let place = Place::new();
    place.refuse("h", absolute(&place).link("h", "l/kept"));
    // A link that was there before, and one that takes the place of a folder.
    let place = Place::new();
    symlink(place.outside(), place.inside().join("l")).unwrap();
    place.refuse("l/new", Made::new().file("l/new", "bad"));
    let place = Place::new();
    place.refuse(
        "l",
        Made::new().dir("l/").file("l/x", "").symlink("l", "../out"),
    );
    let place = Place::new();
    place.refuse("l", Made::new().dir("l/").symlink("l", "elsewhere"));
    // Even a link that stays inside is not followed.
    let place = Place::new();
    place.refuse(
        "l/x",
        Made::new().dir("d/").symlink("l", "d").file("l/x", ""),
    );
}

#[test]
fn what_is_there_is_replaced_and_not_written_to() {
    let place = Place::new();
    let kept = place.outside().join("kept");
    let to = kept.to_str().unwrap().as_bytes().to_vec();
    // The file of the second entry takes the place of the link of the first.
    let archive = Made::new()
        .pax("linkpath", &to)
        .symlink("f", "x")
        .file("f", "mine");
    place.unpack(&archive.bytes()).unwrap();
    assert_eq!(
        fs::read_to_string(place.inside().join("f")).unwrap(),
        "mine"
    );
    assert!(
        fs::symlink_metadata(place.inside().join("f"))
            .unwrap()
            .is_file()
    );
    // The same for a hard link: the first name keeps its bytes.
    let archive = Made::new().file("a", "a").link("b", "a").file("b", "b");
    place.unpack(&archive.bytes()).unwrap();
    assert_eq!(fs::read_to_string(place.inside().join("a")).unwrap(), "a");
    assert_eq!(fs::read_to_string(place.inside().join("b")).unwrap(), "b");
    // Duplicates: the last holds. Folders and files do not replace each other.
    let place = Place::new();
    place
        .unpack(&Made::new().file("a", "1").file("a", "2").bytes())
        .unwrap();
    assert_eq!(fs::read_to_string(place.inside().join("a")).unwrap(), "2");
    place.refuse("a", Made::new().dir("a"));
    place.refuse("a/b", Made::new().file("a/b", ""));
    place.refuse("d", Made::new().dir("d/").file("d", ""));
    place.refuse("./", Made::new().symlink("./", "x"));
}

#[test]
fn what_is_no_file_folder_or_link_is_refused() {
    for kind in [
        EntryType::Char,
        EntryType::Block,
        EntryType::Fifo,
        EntryType::GNUSparse,
    ] {
        let place = Place::new();
        place.refuse("x", Made::new().entry(kind, "x", "", 0o666, b""));
        assert_eq!(fs::read_dir(place.inside()).unwrap().count(), 0);
    }
    let unknown = EntryType::new(b'Q');
    Place::new().refuse("x", Made::new().entry(unknown, "x", "", 0o666, b""));
    let sparse = Made::new().pax("GNU.sparse.major", b"1").file("x", "");
    Place::new().refuse("x", sparse);
    let bytes = Made::new().entry(EntryType::Symlink, "x", "y", 0o777, b"bytes");
    Place::new().refuse("x", bytes);
}

#[test]
fn names_are_capped_and_depth_is_too() {
    let long = "n/".repeat(LONGEST_NAME / 2) + "n";
    let error = Place::new().unpack(
        &Made::new()
            .pax("path", long.as_bytes())
            .file("x", "")
            .bytes(),
    );
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("its name is too long")
    );
    let deep = "n/".repeat(DEEPEST) + "n";
    let error = Place::new().unpack(
        &Made::new()
            .pax("path", deep.as_bytes())
            .file("x", "")
            .bytes(),
    );
    assert!(error.unwrap_err().to_string().contains("it lies too deep"));
    let nul = Made::new().pax("path", b"a\0b").file("x", "");
    assert!(
        Place::new()
            .unpack(&nul.bytes())
            .unwrap_err()
            .to_string()
            .contains("NUL")
    );
    let huge = Made::new()
        .pax("comment", &vec![b'x'; 2 << 20])
        .file("x", "");
    assert!(Place::new().unpack(&huge.bytes()).unwrap_err().is_decode());
}

#[test]
fn an_announced_length_takes_no_memory() {
    for kind in [
        EntryType::XHeader,
        EntryType::GNULongName,
        EntryType::XGlobalHeader,
    ] {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(1 << 60);
        header.set_cksum();
        let error = Place::new().unpack(header.as_bytes()).unwrap_err();
        assert!(error.to_string().contains("longer than"), "{error}");
    }
    let archive = Made::new()
        .pax("size", b"18446744073709551615")
        .file("x", "y")
        .bytes();
    let error = Place::new().unpack(&archive).unwrap_err();
    assert!(error.is_decode(), "{error}");
}

#[test]
fn records_are_read_by_their_length() {
    // A record inside of a record is none: the size holds that the real one says.
    let place = Place::new();
    let archive = Made::new()
        .pax("comment", b"x\n9 size=9\n")
        .file("f", "four")
        .bytes();
    place.unpack(&archive).unwrap();
    assert_eq!(
        fs::read_to_string(place.inside().join("f")).unwrap(),
        "four"
    );
    for bad in [
        "9 a=b\n",
        "6 a=b",
        "6 ab \n",
        "-6 a=b\n",
        "x a=b\n",
        "6  a=b",
        "99999999999999999999 a=b\n",
    ] {
        let archive = Made::new().entry(EntryType::XHeader, "x", "", 0, bad.as_bytes());
        let archive = archive.file("f", "").bytes();
        assert!(
            Place::new().unpack(&archive).unwrap_err().is_decode(),
            "{bad:?}"
        );
    }
}

#[test]
fn an_archive_that_breaks_off_is_an_error() {
    let whole = Made::new()
        .dir("d/")
        .pax("comment", b"c")
        .file("d/f", "text")
        .bytes();
    let end = whole.len() - 1024;
    for length in (0..end).step_by(100) {
        let error = Place::new().unpack(&whole[..length]).unwrap_err();
        assert!(error.is_decode(), "cut at {length}: {error}");
    }
    for spoiled in [0, 512, 1500] {
        let mut bytes = whole.clone();
        bytes[spoiled] ^= 1;
        let _ = Place::new().unpack(&bytes);
    }
}

#[test]
fn setuid_is_not_taken_over() {
    let place = Place::new();
    let archive = Made::new()
        .entry(EntryType::Directory, "d/", "", 0o7755, b"")
        .entry(EntryType::Regular, "d/f", "", 0o6755, b"")
        .bytes();
    place.unpack(&archive).unwrap();
    let mode = |name: &str| fs::metadata(place.inside().join(name)).unwrap().mode() & 0o7777;
    assert_eq!(mode("d"), 0o1755);
    assert_eq!(mode("d/f"), 0o755);
}

#[test]
fn folders_get_their_modes_and_times_when_they_are_left() {
    let place = Place::new();
    let archive = Made::new()
        .entry(EntryType::Directory, "d/", "", 0o555, b"")
        .file("d/f", "text")
        .symlink("d/l", "f")
        .file("implied/f", "")
        .bytes();
    place.unpack(&archive).unwrap();
    let time = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for name in ["d", "d/f", "d/l"] {
        let metadata = fs::symlink_metadata(place.inside().join(name)).unwrap();
        assert_eq!(metadata.modified().unwrap(), time, "{name}");
    }
    let mode = |name: &str| fs::metadata(place.inside().join(name)).unwrap().mode() & 0o777;
    assert_eq!(mode("d"), 0o555);
    assert_eq!(mode("implied"), 0o755);
    // So that the folder can be removed by who is not root.
    fs::set_permissions(
        place.inside().join("d"),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
}

#[test]
fn times_have_fractions_and_signs() {
    for (text, time) in [
        ("1.5", UNIX_EPOCH + Duration::from_millis(1500)),
        ("-1.5", UNIX_EPOCH - Duration::from_millis(1500)),
        ("-0.25", UNIX_EPOCH - Duration::from_millis(250)),
        ("7", UNIX_EPOCH + Duration::from_secs(7)),
    ] {
        let place = Place::new();
        place
            .unpack(
                &Made::new()
                    .pax("mtime", text.as_bytes())
                    .file("f", "")
                    .bytes(),
            )
            .unwrap();
        let metadata = fs::metadata(place.inside().join("f")).unwrap();
        assert_eq!(metadata.modified().unwrap(), time, "{text}");
    }
    for bad in ["", ".", "1.x", "x", "1.5.5"] {
        let archive = Made::new()
            .pax("mtime", bad.as_bytes())
            .file("f", "")
            .bytes();
        assert_eq!(
            Place::new().unpack(&archive).is_err(),
            !bad.is_empty(),
            "{bad:?}"
        );
    }
}

/// What a tree is, for comparison: names, kinds, modes, times, contents.
fn told(root: &Path) -> Vec<String> {
    let mut told = Vec::new();
    let mut left = vec![root.to_owned()];
    while let Some(path) = left.pop() {
        let metadata = fs::symlink_metadata(&path).unwrap();
        let content = match metadata.file_type() {
            kind if kind.is_symlink() => format!("{:?}", fs::read_link(&path).unwrap()),
            kind if kind.is_file() => format!("{:?}", fs::read(&path).unwrap()),
            _ => {
                left.extend(
                    fs::read_dir(&path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
                String::new()
            }
        };
        if path != root {
            let name = path.strip_prefix(root).unwrap();
            let links = if metadata.is_file() {
                metadata.nlink()
            } else {
                0
            };
            let (mode, mtime) = (metadata.mode(), metadata.mtime());
            told.push(format!("{name:?} {mode:o} {mtime} {links} {content}"));
        }
    }
    told.sort();
    told
}

#[tokio::test]
async fn what_is_packed_and_unpacked_is_the_same() {
    use std::os::unix::ffi::OsStrExt;
    let root = tempfile::tempdir().unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"odd \xff\n name");
    let long = "long".repeat(40);
    fs::create_dir_all(root.path().join(&long).join(&long)).unwrap();
    fs::write(
        root.path().join(&long).join(&long).join(odd),
        vec![7; 100_000],
    )
    .unwrap();
    fs::write(root.path().join("empty"), "").unwrap();
    fs::hard_link(
        root.path().join("empty"),
        root.path().join(&long).join("hard"),
    )
    .unwrap();
    symlink(&long, root.path().join("relative")).unwrap();
    symlink(format!("/{long}"), root.path().join("absolute")).unwrap();
    let pieces: Vec<_> = Pack::dir(root.path())
        .into_stream()
        .try_collect()
        .await
        .unwrap();
    let place = Place::new();
    place.unpack(&pieces.concat()).unwrap();
    assert_eq!(told(&place.inside()), told(root.path()));
}

#[test]
fn one_tree_gets_one_name() {
    let place = Place::new();
    let archive = Made::new()
        .dir("old/")
        .file("old/a", "a")
        .link("old/b", "old/a")
        .bytes();
    Unpack::named(place.inside(), "new".into(), false)
        .run(&archive[..])
        .unwrap();
    assert_eq!(
        fs::read_to_string(place.inside().join("new/b")).unwrap(),
        "a"
    );
    assert_eq!(fs::read_dir(place.inside()).unwrap().count(), 1);
    // And nothing beside it, whatever the archive says.
    let archive = Made::new().file("new", "x").file("Makefile", "y").bytes();
    let place = Place::new();
    Unpack::named(place.inside(), "new".into(), false)
        .run(&archive[..])
        .unwrap();
    assert_eq!(fs::read_dir(place.inside()).unwrap().count(), 1);
}
