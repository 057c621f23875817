//! Our own words for every operation, parameter, type and field: `spec/docs/`, shared by all versions.
//!
//! Entries are named as in the gate table: `ContainerList`, its parameter `ContainerList?all`, a type
//! `ContainerSummary`, its field `ContainerSummary.Id`. Where versions differ, an entry is a mapping
//! from ranges of versions to words.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Result, bail, ensure};
use serde::Deserialize;

use crate::fixups::Ranges;
use crate::lift::{Lifted, TypeKind};
use crate::version::Version;
use crate::yaml;

/// The words for everything.
#[derive(Debug, Default)]
pub struct Words {
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entry {
    Always(String),
    Within(BTreeMap<String, String>),
}

impl Words {
    /// Reads all files of a folder.
    pub fn load(folder: &Path) -> Result<Self> {
        let mut words = Self::default();
        for file in fs::read_dir(folder)? {
            let path = file?.path();
            let entries: BTreeMap<String, Entry> = yaml::read(&path)?;
            for (name, entry) in entries {
                let before = words.entries.insert(name.clone(), entry);
                ensure!(
                    before.is_none(),
                    "{}: {name} has words already",
                    path.display()
                );
            }
        }
        Ok(words)
    }

    #[cfg(test)]
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let entries = yaml::parse(text)?;
        Ok(Self { entries })
    }

    /// The words for something in a version.
    pub fn of(&self, name: &str, version: Version) -> Option<&str> {
        match self.entries.get(name)? {
            Entry::Always(text) => Some(text),
            Entry::Within(ranges) => ranges.iter().find_map(|(range, text)| {
                let range: Ranges = range.parse().ok()?;
                range.contain(version).then_some(text.as_str())
            }),
        }
    }

    /// An error if something in one of the versions has no words, or if words are for nothing.
    pub fn check<'a>(&self, versions: impl Iterator<Item = &'a Lifted>) -> Result<()> {
        let mut missing = BTreeSet::new();
        let mut named = BTreeSet::new();
        for lifted in versions {
            for name in names(lifted) {
                if self.of(&name, lifted.version).is_none() {
                    missing.insert(format!("{name} in v{}", lifted.version));
                }
                named.insert(name);
            }
        }
        let idle: Vec<_> = self
            .entries
            .keys()
            .filter(|name| !named.contains(*name))
            .collect();
        match (missing.is_empty(), idle.is_empty()) {
            (true, true) => Ok(()),
            (false, _) => bail!("spec/docs has no words for {}", listed(missing)),
            (true, false) => bail!(
                "spec/docs has words for what is in no version: {}",
                listed(idle)
            ),
        }
    }
}

/// What is to have words.
pub fn names(lifted: &Lifted) -> Vec<String> {
    let mut names = Vec::new();
    for operation in &lifted.operations {
        let parameters = operation
            .parameters
            .iter()
            .filter(|parameter| parameter.location != "path");
        names.extend(parameters.map(|parameter| format!("{}?{}", operation.id, parameter.name)));
        names.push(operation.id.clone());
    }
    for (name, typ) in &lifted.types {
        if let TypeKind::Object(fields) = &typ.kind {
            names.extend(fields.keys().map(|field| format!("{name}.{field}")));
        }
        names.push(name.clone());
    }
    names
}

/// The first few, and how many more there are.
fn listed<T: std::fmt::Display>(names: impl IntoIterator<Item = T>) -> String {
    const SHOWN: usize = 20;
    let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    let shown = names
        .iter()
        .take(SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lift::lift;

    fn version(minor: u32) -> Lifted {
        let thing = json!({"properties": {"Id": {"type": "string"}}});
        let spec = json!({"paths": {}, "definitions": {"Thing": thing}});
        lift(&spec, Version::new(1, minor)).unwrap()
    }

    #[test]
    fn words_may_differ_by_version() {
        let words = Words::parse("Thing:\n  1.1-1.2: old\n  1.3-: new\nThing.Id: same").unwrap();
        assert_eq!(words.of("Thing", Version::new(1, 2)), Some("old"));
        assert_eq!(words.of("Thing", Version::new(1, 9)), Some("new"));
        assert_eq!(words.of("Thing", Version::new(1, 0)), None);
        assert_eq!(words.of("Thing.Id", Version::new(1, 0)), Some("same"));
    }

    #[test]
    fn what_has_no_words_is_named_and_so_are_words_for_nothing() {
        let versions = [version(1), version(2)];
        let said = |yaml: &str| {
            Words::parse(yaml)
                .unwrap()
                .check(versions.iter())
                .unwrap_err()
                .to_string()
        };
        let all = Words::parse("Thing: a\nThing.Id: b").unwrap();
        assert!(all.check(versions.iter()).is_ok());
        assert!(said("Thing: a").contains("Thing.Id in v1.1, Thing.Id in v1.2"));
        assert!(said("Thing: {1.2-: a}\nThing.Id: b").ends_with("no words for Thing in v1.1"));
        assert!(said("Thing: a\nThing.Id: b\nThong: c").ends_with("Thong"));
    }
}
