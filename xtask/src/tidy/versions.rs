//! The list of versions exists once: the files in `spec/`.

use std::collections::BTreeSet;

use anyhow::Result;

use super::tree::{Finding, Tree, is_generated, line_of, line_with};

/// The file that may name a raw crate beside the manifest of the crate it is in.
const NAMES_NEWEST: &[&str] = &[
    "ergonomic/src/lib.rs",
    "ergonomic/Cargo.toml",
    "tests/fuzz/Cargo.toml",
];

pub fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let newest = newest(tree);
    let mut findings = Vec::new();
    let files = tree.files().filter(|(path, _)| {
        let read = path.ends_with(".rs") || path.ends_with(".toml");
        read && !is_generated(path)
            && !path.starts_with("generator/")
            && !path.starts_with("xtask/")
    });
    for (path, text) in files {
        for (name, minor) in raw_crates(text) {
            let message = match (NAMES_NEWEST.contains(&path), Some(minor) == newest) {
                (true, true) => continue,
                (true, false) => {
                    "this is not the raw crate of the newest version in spec/; name that one"
                }
                (false, _) => "a version is listed here; take the list from the files in spec/",
            };
            findings.push(Finding::new(path, line_with(text, &name), path, message));
        }
    }
    Ok(findings)
}

/// The minimum version of Rust is that of the manifest wherever pages name it.
pub fn check_rust(tree: &Tree) -> Result<Vec<Finding>> {
    let manifest = tree.text("Cargo.toml").unwrap_or_default();
    let minimum = manifest
        .split_once("rust-version = \"")
        .map(|(_, rest)| rest);
    let Some((minimum, _)) = minimum.and_then(|rest| rest.split_once('"')) else {
        return Ok(Vec::new());
    };
    let mut findings = Vec::new();
    for (path, text) in tree.pages() {
        for mark in ["Rust 1.", "cargo +1."] {
            for (at, _) in text.match_indices(mark) {
                let said = &text[at + mark.len() - "1.".len()..];
                let end = said.find(|c: char| !c.is_ascii_digit() && c != '.');
                let said = said[..end.unwrap_or(said.len())].trim_end_matches('.');
                if said != minimum {
                    let message = format!("Rust {said} is named, but Cargo.toml says {minimum}");
                    findings.push(Finding::new(path, line_of(text, at), path, message));
                }
            }
        }
    }
    Ok(findings)
}

/// The newest version that has a spec.
pub fn newest(tree: &Tree) -> Option<u32> {
    let specs = tree
        .paths()
        .filter_map(|path| path.strip_prefix("spec/v1.")?.strip_suffix(".yaml"));
    specs.filter_map(|minor| minor.parse().ok()).max()
}

/// The names of raw crates in what is no comment of a text, with their minor versions.
fn raw_crates(text: &str) -> BTreeSet<(String, u32)> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let text = &code.collect::<Vec<_>>().join("\n");
    let starts = text
        .match_indices("dockwright")
        .map(|(at, name)| &text[at + name.len()..]);
    let names = starts.filter_map(|after| {
        let after = after.strip_prefix("_v1_").or(after.strip_prefix("-v1-"))?;
        let digits = after.chars().take_while(char::is_ascii_digit).count();
        let minor: u32 = after[..digits].parse().ok()?;
        Some((after[..digits].to_owned(), minor))
    });
    names
        .flat_map(|(digits, minor)| {
            let spelled = [
                format!("dockwright_v1_{digits}"),
                format!("dockwright-v1-{digits}"),
            ];
            spelled
                .into_iter()
                .find(|name| text.contains(name))
                .map(|name| (name, minor))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let tree = Tree::of([
            (path, text),
            ("spec/v1.9.yaml", ""),
            ("spec/v1.55.yaml", ""),
        ]);
        check(&tree)
            .unwrap()
            .iter()
            .map(Finding::to_string)
            .collect()
    }

    #[test]
    fn only_the_newest_raw_crate_is_named_and_in_one_place() {
        let newest = "\npub use dockwright_v1_55 as raw;";
        assert_eq!(found("ergonomic/src/lib.rs", newest), [""; 0]);
        assert!(
            found("ergonomic/src/lib.rs", "use dockwright_v1_54;")[0]
                .contains("is not the raw crate")
        );
        assert!(
            found("tests/src/lib.rs", newest)[0]
                .starts_with("tests/src/lib.rs:2: a version is listed")
        );
        assert_eq!(
            found("tests/src/lib.rs", "//! Not `dockwright-v1-55`."),
            [""; 0]
        );
        assert_eq!(found("generated/decoders/src/lib.rs", newest), [""; 0]);
    }

    #[test]
    fn pages_name_the_minimum_of_the_manifest() {
        let page = "Rust 1.89 or newer.\n\n`cargo +1.89 check`, as with Rust 1.90.";
        let manifest = ("Cargo.toml", "rust-version = \"1.89\"");
        let findings = check_rust(&Tree::of([manifest, ("README.md", page)])).unwrap();
        let told: Vec<String> = findings.iter().map(Finding::to_string).collect();
        assert_eq!(
            told,
            ["README.md:3: Rust 1.90 is named, but Cargo.toml says 1.89"]
        );
    }
}
