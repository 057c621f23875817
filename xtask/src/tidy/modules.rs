//! Each module says why it is there, and by its name what is in it.

use anyhow::Result;

use super::tree::{Finding, Tree};

/// Names that say nothing of what is in it.
const EMPTY: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc"];

pub fn check_docs(tree: &Tree) -> Result<Vec<Finding>> {
    let bare = tree.sources().filter(|(_, text)| !text.starts_with("//! "));
    let findings = bare.map(|(path, _)| {
        let message = "the first line is no `//!`; say in it what the module is for";
        Finding::new(path, 1, path, message)
    });
    Ok(findings.collect())
}

pub fn check_names(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (path, text) in tree.sources() {
        let said = |name: &str| format!("`{name}` does not say what is in it; name it by that");
        let parts = path.trim_end_matches(".rs").split('/');
        findings.extend(
            parts
                .filter(|part| EMPTY.contains(part))
                .map(|part| Finding::new(path, 1, path, said(part))),
        );
        findings.extend(text.lines().enumerate().filter_map(|(at, line)| {
            let name = line.trim().strip_suffix(" {")?.rsplit_once("mod ")?.1;
            EMPTY
                .contains(&name)
                .then(|| Finding::new(path, at + 1, path, said(name)))
        }));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_without_a_first_line_of_documentation_is_found() {
        let tree = Tree::of([
            ("a/src/told.rs", "//! Told.\n"),
            ("a/src/silent.rs", "use std::fs;\n//! Late.\n"),
            ("generated/v1_99/src/silent.rs", "// @generated\n"),
        ]);
        let findings = check_docs(&tree).unwrap();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].what, "a/src/silent.rs");
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        let tree = Tree::of([
            ("a/src/util.rs", ""),
            ("a/src/common/parse.rs", ""),
            ("a/src/utility.rs", "mod helpers {\n"),
            ("a/src/uncommon.rs", "mod helpful {\n"),
        ]);
        let found: Vec<String> = check_names(&tree)
            .unwrap()
            .into_iter()
            .map(|f| f.what)
            .collect();
        assert_eq!(
            found,
            ["a/src/common/parse.rs", "a/src/util.rs", "a/src/utility.rs"]
        );
    }
}
