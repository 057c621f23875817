//! The files of the workspace, and what rules find in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// What ends the names of files that rules read; of others they know the path only.
const READ: &[&str] = &[".rs", ".md", ".toml", ".yaml", ".ci/run"];

/// Where the generator writes whole folders.
const GENERATED: &[&str] = &["generated/", "generator/tests/obstacle_course/src/"];

/// The files that are, or are about to be, under version control.
pub struct Tree {
    /// Their texts by their paths, with `/` between the parts.
    files: BTreeMap<String, String>,
    folders: BTreeSet<String>,
}

impl Tree {
    pub fn read(root: &Path) -> Result<Self> {
        let listed = Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(root)
            .output()
            .context("git, which lists the files, cannot be run")?;
        ensure!(listed.status.success(), "git ls-files: {}", listed.status);
        let listed = String::from_utf8(listed.stdout)?;
        let mut files = BTreeMap::new();
        // What is staged and deleted is listed too.
        for path in listed
            .split_terminator('\0')
            .filter(|p| root.join(p).is_file())
        {
            let text = match READ.iter().any(|end| path.ends_with(end)) {
                true => fs::read_to_string(root.join(path)).with_context(|| path.to_owned())?,
                false => String::new(),
            };
            files.insert(path.to_owned(), text);
        }
        Ok(Self::new(files))
    }

    #[cfg(test)]
    pub fn of<const N: usize>(files: [(&str, &str); N]) -> Self {
        Self::new(
            files
                .map(|(path, text)| (path.to_owned(), text.to_owned()))
                .into(),
        )
    }

    fn new(files: BTreeMap<String, String>) -> Self {
        let parents = |path: &str| {
            let ends = path.match_indices('/').map(|(at, _)| path[..at].to_owned());
            ends.collect::<Vec<_>>()
        };
        let folders = files.keys().flat_map(|path| parents(path)).collect();
        Self { files, folders }
    }

    /// Whether there is such a file or folder.
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        path.is_empty() || self.files.contains_key(path) || self.folders.contains(path)
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The paths and texts of all files.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The paths of all files and folders.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().chain(&self.folders).map(String::as_str)
    }

    /// The Rust sources that people write.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files()
            .filter(|(path, _)| path.ends_with(".rs") && !is_generated(path))
    }

    /// The pages in Markdown.
    pub fn pages(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(|(path, _)| path.ends_with(".md"))
    }

    /// The manifests of crates.
    pub fn manifests(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_manifest =
            |path: &str| path.ends_with("/Cargo.toml") && !path.contains("/templates/");
        self.files().filter(move |(path, _)| is_manifest(path))
    }
}

/// Whether only the generator writes it.
pub fn is_generated(path: &str) -> bool {
    GENERATED.iter().any(|folder| path.starts_with(folder))
}

/// Something that is not as it should be.
#[derive(Debug)]
pub struct Finding {
    file: String,
    line: usize,
    /// What exceptions know it by: a path or a name.
    pub what: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Finding {
    pub fn new(file: &str, line: usize, what: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            what: what.to_owned(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// The line, from 1, of what is at `offset`.
pub fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// The first line with this in it, from 1; 1 if there is none.
pub fn line_with(text: &str, part: &str) -> usize {
    text.find(part).map_or(1, |offset| line_of(text, offset))
}
