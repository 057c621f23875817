//! Files of up to 800 lines, functions of up to 60.

use anyhow::Result;

use super::tree::{Finding, Tree};

/// More lines than this are listed.
pub const SOFT: usize = 500;
const HARD: usize = 800;
const FUNCTION: usize = 60;

/// The files that are large, but allowed.
pub fn large(tree: &Tree) -> Vec<String> {
    let large = tree
        .sources()
        .map(|(path, text)| (path, text.lines().count()));
    let large = large.filter(|(_, lines)| *lines > SOFT);
    large
        .map(|(path, lines)| format!("{path} ({lines})"))
        .collect()
}

pub fn check_files(tree: &Tree) -> Result<Vec<Finding>> {
    let lines = tree
        .sources()
        .map(|(path, text)| (path, text.lines().count()));
    let too_large = lines
        .filter(|(_, lines)| *lines > HARD)
        .map(|(path, lines)| {
            let message = format!("{lines} lines, more than {HARD}; make two modules of it");
            Finding::new(path, HARD + 1, path, message)
        });
    Ok(too_large.collect())
}

pub fn check_functions(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (path, text) in tree.sources() {
        let functions = functions(text).into_iter();
        findings.extend(functions.filter(|f| f.lines > FUNCTION).map(|function| {
            let Function { name, line, lines } = function;
            let message =
                format!("`{name}` has {lines} lines, more than {FUNCTION}; give its parts names");
            Finding::new(path, line, &format!("{path}::{name}"), message)
        }));
    }
    Ok(findings)
}

struct Function<'a> {
    name: &'a str,
    line: usize,
    lines: usize,
}

/// The functions of a file that is formatted: each ends at the first brace that stands where it begins.
fn functions(text: &str) -> Vec<Function<'_>> {
    let all: Vec<&str> = text.lines().collect();
    let begins = all.iter().enumerate();
    let begins = begins.filter_map(|(at, line)| Some((at, line, name(line)?)));
    let functions = begins.filter_map(|(at, line, name)| {
        let indent = &line[..line.len() - line.trim_start().len()];
        let ends = |line: &&str| line.strip_prefix(indent) == Some("}");
        let after = all[at..].iter().position(ends)?;
        Some(Function {
            name,
            line: at + 1,
            lines: after + 1,
        })
    });
    functions.collect()
}

/// The name of the function that begins on a line.
fn name(line: &str) -> Option<&str> {
    let (before, after) = line.trim_start().split_once("fn ")?;
    let words = ["const", "async", "unsafe", "extern"];
    let is_qualifier = |word: &str| words.contains(&word) || word.starts_with("pub");
    let end = after.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    before
        .split_whitespace()
        .all(is_qualifier)
        .then(|| &after[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(findings: Result<Vec<Finding>>) -> Vec<String> {
        findings.unwrap().iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_file_of_more_than_800_lines_is_found_and_one_of_more_than_500_listed() {
        let tree = Tree::of([
            ("a/src/small.rs", &"\n".repeat(500)),
            ("a/src/large.rs", &"\n".repeat(501)),
            ("a/src/huge.rs", &"\n".repeat(801)),
            ("generated/v1_99/src/huge.rs", &"\n".repeat(801)),
        ]);
        assert_eq!(
            large(&tree),
            ["a/src/huge.rs (801)", "a/src/large.rs (501)"]
        );
        let message = "a/src/huge.rs:801: 801 lines, more than 800; make two modules of it";
        assert_eq!(found(check_files(&tree)), [message]);
    }

    #[test]
    fn a_function_of_more_than_60_lines_is_found() {
        let function = |name: &str, lines: usize| {
            format!(
                "    pub(crate) async fn {name}(&self) {{\n{}    }}\n",
                "        f();\n".repeat(lines - 2)
            )
        };
        let text = format!(
            "impl A {{\n{}{}}}\n",
            function("short", 60),
            function("long", 61)
        );
        let tree = Tree::of([("a/src/lib.rs", &text)]);
        let message = "a/src/lib.rs:62: `long` has 61 lines, more than 60; give its parts names";
        assert_eq!(found(check_functions(&tree)), [message]);
        assert_eq!(name("    // a fn long() that is none"), None);
    }
}
