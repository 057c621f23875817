//! Where a copy goes: into what its destination names, or there by that name.

use std::borrow::Cow;

/// What is at a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    File,
    Folder,
}

/// Where a copy goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placement {
    /// Into the folder that the destination is, by the source's name.
    Inside,
    /// Into the folder that the destination is in, by the destination's name.
    Named,
}

/// Decides as the CLI does. `as_folder` is whether the destination is written as a folder.
pub(super) fn placement(
    found: Found,
    as_folder: bool,
    source_is_folder: bool,
) -> Result<Placement, &'static str> {
    match (found, source_is_folder) {
        (Found::Folder, _) => Ok(Placement::Inside),
        (Found::File, true) => Err("a folder cannot be copied to where a file is"),
        (Found::File, false) if as_folder => Err("it is a file, and no folder"),
        (Found::Nothing, false) if as_folder => Err("there is no such folder"),
        (Found::File, false) | (Found::Nothing, _) => Ok(Placement::Named),
    }
}

/// A path in a container: always with slashes.
#[derive(Clone, Copy, Debug)]
pub(super) struct ContainerPath<'a>(pub(super) &'a str);

impl<'a> ContainerPath<'a> {
    /// Whether it ends in `/` or `/.`, as only the path of a folder does.
    pub(super) fn as_folder(self) -> bool {
        self.0.ends_with('/') || self.is_contents()
    }

    /// Whether it stands for what is in a folder, without the folder: `folder/.`, or the root.
    pub(super) fn is_contents(self) -> bool {
        self.0 == "." || self.0.ends_with("/.") || self.parts().is_empty()
    }

    /// The folder that it is in, and its name there; without what `.` and `..` do away with.
    pub(super) fn split(self) -> (String, &'a str) {
        let mut parts = self.parts();
        let name = parts.pop().unwrap_or(".");
        (format!("/{}", parts.join("/")), name)
    }

    /// The target of a symbolic link at this path.
    pub(super) fn follow<'b>(self, target: &'b str) -> Cow<'b, str> {
        match target.starts_with('/') {
            true => target.into(),
            false => format!("{}/{target}", self.split().0).into(),
        }
    }

    fn parts(self) -> Vec<&'a str> {
        let mut parts = Vec::new();
        for part in self.0.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clis_table() {
        use Placement::{Inside, Named};
        for as_folder in [false, true] {
            assert_eq!(placement(Found::Folder, as_folder, false), Ok(Inside));
            assert_eq!(placement(Found::Folder, as_folder, true), Ok(Inside));
            assert!(placement(Found::File, as_folder, true).is_err());
            assert_eq!(placement(Found::Nothing, as_folder, true), Ok(Named));
        }
        assert_eq!(placement(Found::File, false, false), Ok(Named));
        assert!(placement(Found::File, true, false).is_err());
        assert_eq!(placement(Found::Nothing, false, false), Ok(Named));
        assert!(placement(Found::Nothing, true, false).is_err());
    }

    #[test]
    fn paths_are_split_at_their_last_name() {
        for (path, folder, name) in [
            ("/a/b", "/a", "b"),
            ("/a/b/", "/a", "b"),
            ("/a/b/.", "/a", "b"),
            ("a", "/", "a"),
            ("/", "/", "."),
            ("", "/", "."),
            ("/a/../b//c/./d", "/b/c", "d"),
            ("/../a", "/", "a"),
        ] {
            assert_eq!(
                ContainerPath(path).split(),
                (folder.to_owned(), name),
                "{path:?}"
            );
        }
        for (path, as_folder, contents) in [
            ("/a", false, false),
            ("/a/", true, false),
            ("/a/.", true, true),
            (".", true, true),
            ("/", true, true),
            ("/a.", false, false),
        ] {
            let path = ContainerPath(path);
            assert_eq!(
                (path.as_folder(), path.is_contents()),
                (as_folder, contents),
                "{path:?}"
            );
        }
        assert_eq!(ContainerPath("/a/b").follow("c/d"), "/a/c/d");
        assert_eq!(ContainerPath("/a/b").follow("/c"), "/c");
    }
}
