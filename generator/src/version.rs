//! An API version, and the list of those that there are: the files in `spec/`.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail};

/// A version of the Engine API, like `1.44`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// The version with these two numbers.
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }

    /// Its second number, which tells versions apart.
    pub fn minor(self) -> u32 {
        self.minor
    }

    /// The name of its raw crate, `dockwright-v1-44`.
    pub fn crate_name(self) -> String {
        format!("dockwright-v{}-{}", self.major, self.minor)
    }

    /// The folder of its raw crate under `generated/`, `v1_44`.
    pub fn folder(self) -> String {
        format!("v{}_{}", self.major, self.minor)
    }

    /// The file of its spec under `spec/`, `v1.44.yaml`.
    pub fn spec_file(self) -> String {
        format!("v{self}.yaml")
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Version {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let numbers = text.strip_prefix('v').unwrap_or(text).split_once('.');
        let parsed = numbers
            .and_then(|(major, minor)| Some(Self::new(major.parse().ok()?, minor.parse().ok()?)));
        parsed.with_context(|| format!("{text:?} is no API version like 1.44"))
    }
}

impl serde::Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Every `v1.NN.yaml` of a folder, oldest first.
pub fn versions_in(folder: &Path) -> Result<Vec<(Version, PathBuf)>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let stem = name.and_then(|name| name.strip_suffix(".yaml"));
        if let Some(stem) = stem.filter(|stem| stem.starts_with("v1.")) {
            found.push((stem.parse()?, path));
        }
    }
    if found.is_empty() {
        bail!("no v1.NN.yaml in {}", folder.display());
    }
    found.sort();
    Ok(found)
}
