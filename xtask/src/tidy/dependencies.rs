//! The crates of the workspace depend on each other as ARCHITECTURE.md has it, and on nothing else here.

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::tree::{Finding, Tree, line_with};
use super::versions;

/// What a crate may depend on.
struct May {
    name: &'static str,
    /// For its users, by [`NEWEST`], [`RAW`] or name.
    depend: &'static [&'static str],
    /// For its own tests, besides those.
    test_with: &'static [&'static str],
}

/// The raw crate of the newest version.
const NEWEST: &str = "dockwright-v1-<newest>";
/// Any raw crate.
const RAW: &str = "dockwright-v1-";

const MAY: &[May] = &[
    May {
        name: RAW,
        depend: &[],
        test_with: &[],
    },
    May {
        name: "dockwright",
        depend: &[NEWEST],
        test_with: &["dockwright-replay"],
    },
    May {
        name: "dockwright-replay",
        depend: &[],
        test_with: &[],
    },
    May {
        name: "dockwright-generator",
        depend: &[],
        test_with: &[],
    },
    May {
        name: "dockwright-decoders",
        depend: &[RAW],
        test_with: &[],
    },
    May {
        name: "dockwright-conformance",
        depend: &[
            "dockwright-decoders",
            "dockwright-generator",
            "dockwright-replay",
        ],
        test_with: &[],
    },
    May {
        name: "dockwright-tests",
        depend: &["dockwright", "dockwright-replay"],
        test_with: &[],
    },
    May {
        name: "dockwright-fuzz",
        depend: &["dockwright", "dockwright-generator"],
        test_with: &[],
    },
    May {
        name: "dockwright-bench",
        depend: &["dockwright"],
        test_with: &[],
    },
    May {
        name: "xtask",
        depend: &["dockwright-generator"],
        test_with: &[],
    },
];

/// A crate of the workspace.
struct Crate<'a> {
    path: &'a str,
    text: &'a str,
    manifest: Table,
    name: String,
}

pub fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let crates = tree
        .manifests()
        .map(|(path, text)| Crate::read(path, text).with_context(|| path.to_owned()));
    let crates = crates.collect::<Result<Vec<_>>>()?;
    let newest = versions::newest(tree).map(|minor| format!("{RAW}{minor}"));
    let mut findings = Vec::new();
    for of in &crates {
        let Some(may) = MAY
            .iter()
            .find(|may| is_meant(may.name, &of.name, newest.as_deref()))
        else {
            let message = format!(
                "{} is not in xtask/src/tidy/dependencies.rs; say there what it may depend on",
                of.name
            );
            findings.push(Finding::new(of.path, 1, &of.name, message));
            continue;
        };
        let ours = |name: &String| crates.iter().any(|other| other.name == *name);
        for (on, test) in of.dependencies().into_iter().filter(|(name, _)| ours(name)) {
            let more: &[&str] = if test { may.test_with } else { &[] };
            let allowed = may
                .depend
                .iter()
                .chain(more)
                .any(|name| is_meant(name, &on, newest.as_deref()));
            let published = |name: &str| crates.iter().any(|c| c.name == name && c.is_published());
            let problem = match allowed {
                false => "may not depend on",
                true if !test && of.is_published() && !published(&on) => {
                    "is published, and depends on what is not,"
                }
                true => continue,
            };
            let message = format!(
                "{} {problem} {on}; see ARCHITECTURE.md, and xtask/src/tidy/dependencies.rs",
                of.name
            );
            findings.push(Finding::new(
                of.path,
                line_with(of.text, &on),
                &of.name,
                message,
            ));
        }
    }
    Ok(findings)
}

/// Whether an entry of the table means this crate.
fn is_meant(entry: &str, name: &str, newest: Option<&str>) -> bool {
    match entry {
        NEWEST => Some(name) == newest,
        RAW => name.starts_with(RAW),
        entry => name == entry,
    }
}

impl<'a> Crate<'a> {
    fn read(path: &'a str, text: &'a str) -> Result<Self> {
        let manifest: Table = text.parse()?;
        let name = manifest
            .get("package")
            .and_then(|package| package.get("name"));
        let name = name
            .and_then(Value::as_str)
            .context("it has no name")?
            .to_owned();
        Ok(Self {
            path,
            text,
            manifest,
            name,
        })
    }

    fn is_published(&self) -> bool {
        let publish = self
            .manifest
            .get("package")
            .and_then(|package| package.get("publish"));
        publish.and_then(Value::as_bool).unwrap_or(true)
    }

    /// The names of its dependencies, and whether each is for tests only.
    fn dependencies(&self) -> Vec<(String, bool)> {
        let targets = self
            .manifest
            .get("target")
            .and_then(Value::as_table)
            .into_iter()
            .flatten();
        let tables = targets.filter_map(|(_, target)| target.as_table());
        let tables: Vec<&Table> = std::iter::once(&self.manifest).chain(tables).collect();
        let kinds = [
            ("dependencies", false),
            ("build-dependencies", false),
            ("dev-dependencies", true),
        ];
        let mut found = Vec::new();
        for (kind, test) in kinds {
            let lists = tables
                .iter()
                .filter_map(|table| table.get(kind)?.as_table());
            found.extend(lists.flat_map(Table::keys).map(|name| (name.clone(), test)));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(dockwright: &str, generator: &str) -> Vec<String> {
        let tree = Tree::of([
            ("spec/v1.54.yaml", ""),
            ("spec/v1.55.yaml", ""),
            (
                "generated/v1_54/Cargo.toml",
                "package.name = \"dockwright-v1-54\"",
            ),
            (
                "generated/v1_55/Cargo.toml",
                "package.name = \"dockwright-v1-55\"",
            ),
            ("replay/Cargo.toml", "package.name = \"dockwright-replay\""),
            ("generator/Cargo.toml", generator),
            ("ergonomic/Cargo.toml", dockwright),
        ]);
        check(&tree)
            .unwrap()
            .iter()
            .map(Finding::to_string)
            .collect()
    }

    const GENERATOR: &str = "package.name = \"dockwright-generator\"\npackage.publish = false";

    #[test]
    fn the_newest_raw_crate_is_all_that_dockwright_depends_on() {
        let with = |more: &str| {
            let text = format!(
                "[package]\nname = \"dockwright\"\n[dependencies]\nserde = \"1\"\ndockwright-v1-55.path = \"\"\n{more}"
            );
            found(&text, GENERATOR)
        };
        assert_eq!(with(""), [""; 0]);
        assert_eq!(
            with("[target.'cfg(unix)'.dev-dependencies]\ndockwright-replay.path = \"\""),
            [""; 0]
        );
        let old = with("dockwright-v1-54.path = \"\"");
        assert!(
            old[0].starts_with(
                "ergonomic/Cargo.toml:6: dockwright may not depend on dockwright-v1-54"
            ),
            "{old:?}"
        );
        assert!(
            with("[build-dependencies]\ndockwright-generator.path = \"\"")[0]
                .contains("may not depend on dockwright-generator")
        );
        assert!(
            with("dockwright-replay.path = \"\"")[0]
                .contains("may not depend on dockwright-replay")
        );
    }

    #[test]
    fn a_crate_that_nobody_knows_is_found() {
        assert!(
            found("package.name = \"dockwrong\"", GENERATOR)[0].contains("dockwrong is not in")
        );
    }

    #[test]
    fn what_is_published_depends_on_what_is() {
        let hidden = (
            "generated/v1_55/Cargo.toml",
            "package.name = \"dockwright-v1-55\"\npackage.publish = false",
        );
        let user = (
            "ergonomic/Cargo.toml",
            "[package]\nname = \"dockwright\"\n[dependencies]\ndockwright-v1-55.path = \"\"",
        );
        let tree = Tree::of([("spec/v1.55.yaml", ""), hidden, user]);
        assert!(
            check(&tree).unwrap()[0]
                .message
                .contains("is published, and depends on what is not, dockwright-v1-55")
        );
    }
}
