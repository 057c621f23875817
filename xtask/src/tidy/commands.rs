//! Commands in Markdown exist: tasks of this program with their options, packages, examples and
//! tests that `cargo` is given, and programs of the workspace.

use anyhow::Result;
use clap::CommandFactory;

use super::markdown::Page;
use super::tree::{Finding, Tree};
use crate::Task;

/// What cargo can do without this workspace, and with tools that CONTRIBUTING.md names.
const OF_CARGO: &[&str] = &[
    "add",
    "deny",
    "doc",
    "fmt",
    "install",
    "package",
    "publish",
    "semver-checks",
    "update",
];

/// What takes the names of packages and their targets.
const OF_TARGETS: &[&str] = &["bench", "build", "check", "clippy", "run", "test"];

pub fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (path, text) in tree.pages() {
        let page = Page::parse(text);
        let shell = page
            .code
            .iter()
            .filter(|(_, language, _)| is_shell(language));
        let lines = shell
            .map(|(line, _, code)| (line, code))
            .chain(page.spans.iter().map(|(line, code)| (line, code)));
        for (line, code) in lines {
            if let Some(problem) = problem(tree, code) {
                findings.push(Finding::new(
                    path,
                    *line,
                    code,
                    format!("`{code}`: {problem}"),
                ));
            }
        }
    }
    Ok(findings)
}

fn is_shell(language: &str) -> bool {
    matches!(language, "" | "sh" | "bash" | "console" | "shell")
}

/// What is wrong with a line, if it is a command of ours.
fn problem(tree: &Tree, line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches("$ ");
    let line = line.split(" #").next().unwrap_or_default();
    let mut words = line
        .split_whitespace()
        .skip_while(|word| is_assignment(word));
    match words.next()? {
        "cargo" => of_cargo(tree, &words.collect::<Vec<_>>()),
        program
            if program.starts_with('.')
                && program[1..].contains('/')
                && !program.split('/').any(is_open) =>
        {
            let path = program.trim_start_matches("./");
            (!tree.has(path)).then(|| format!("there is no {path}"))
        }
        _ => None,
    }
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
}

fn of_cargo(tree: &Tree, words: &[&str]) -> Option<String> {
    let words = match words {
        [toolchain, words @ ..] if toolchain.starts_with('+') => words,
        words => words,
    };
    match words {
        ["xtask", words @ ..] => of_xtask(words),
        [verb, words @ ..] if OF_TARGETS.contains(verb) => of_targets(tree, words),
        [verb, ..] if OF_CARGO.contains(verb) || is_open(verb) => None,
        [] => None,
        [verb, ..] => Some(format!(
            "cargo has no {verb} that xtask/src/tidy/commands.rs knows"
        )),
    }
}

/// What the text leaves to the reader.
fn is_open(word: &str) -> bool {
    word.starts_with(['…', '<', '[', '"', '\''])
        || !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_uppercase() || c == '-' || c == '_')
}

fn of_xtask(words: &[&str]) -> Option<String> {
    let mut command = Task::command();
    command.build();
    let mut command = &command;
    let mut words = words
        .iter()
        .copied()
        .take_while(|word| !matches!(*word, "--" | "|" | ">" | "&&"));
    while let Some(word) = words.next() {
        if let Some(option) = word.trim_matches(['[', ']']).strip_prefix("--") {
            let (name, value) = option
                .split_once('=')
                .map_or((option, None), |(n, v)| (n, Some(v)));
            let known = command
                .get_arguments()
                .find(|argument| argument.get_long() == Some(name));
            let Some(known) = known else {
                return Some(format!(
                    "`{}` has no option --{name}; see its --help",
                    command.get_name()
                ));
            };
            if known.get_action().takes_values() && value.is_none() {
                words.next();
            }
        } else if let Some(inner) = command.find_subcommand(word) {
            command = inner;
        } else if !is_open(word) && command.get_positionals().next().is_none() {
            return Some(format!(
                "`{}` has no {word}; see its --help",
                command.get_name()
            ));
        }
    }
    None
}

/// Looks for what the options name.
fn of_targets(tree: &Tree, words: &[&str]) -> Option<String> {
    let words = words.split(|word| *word == "--").next().unwrap_or_default();
    words.windows(2).find_map(|pair| {
        let [option, name] = pair else { return None };
        let name = name.trim_matches(['\'', '"']);
        let there = match *option {
            _ if is_open(name) => true,
            "-p" | "--package" => tree.manifests().any(|(_, text)| {
                let start = name.trim_end_matches('*');
                let begins = format!("name = \"{start}");
                text.contains(&begins)
                    && (name.ends_with('*') || text.contains(&format!("{begins}\"")))
            }),
            "--example" => has_target(tree, "example", "examples", name),
            "--test" => has_target(tree, "test", "tests", name),
            "--bin" => has_target(tree, "bin", "src/bin", name),
            _ => true,
        };
        (!there).then(|| format!("there is no {name} for {option}"))
    })
}

/// Whether a manifest names such a target, or a file is one by its place.
fn has_target(tree: &Tree, kind: &str, folder: &str, name: &str) -> bool {
    let places = [
        format!("{folder}/{name}.rs"),
        format!("{folder}/{name}/main.rs"),
    ];
    let placed = tree
        .paths()
        .any(|path| places.iter().any(|place| path.ends_with(place.as_str())));
    let named = format!("[[{kind}]]\nname = \"{name}\"");
    placed || tree.manifests().any(|(_, text)| text.contains(&named))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        Tree::of([
            (".ci/run", ""),
            (
                "a/Cargo.toml",
                "name = \"dockwright\"\n[[example]]\nname = \"pull\"\npath = \"examples/start/pull.rs\"\n",
            ),
            ("a/examples/quickstart/main.rs", ""),
            ("a/tests/wire.rs", ""),
        ])
    }

    fn said(line: &str) -> String {
        problem(&tree(), line).unwrap_or_default()
    }

    #[test]
    fn what_exists_is_fine() {
        for line in [
            "cargo xtask regen --check   # say what would change",
            "cargo xtask spec verify --from DIR",
            "cargo xtask engine up docker20 docker26",
            "DOCKER_HOST=unix:///x cargo run -p dockwright --example quickstart -- --any",
            "cargo run --example pull",
            "cargo test -p 'dock*' --test wire",
            "cargo xtask …",
            ".ci/run",
            "docker run --anything",
        ] {
            assert_eq!(said(line), "", "{line}");
        }
    }

    #[test]
    fn what_does_not_is_named() {
        assert!(said("cargo xtask regenerate").contains("has no regenerate"));
        assert!(said("cargo xtask regen --czech").contains("no option --czech"));
        assert!(said("cargo xtask spec verity --from DIR").contains("has no verity"));
        assert!(said("cargo run --example pulled").contains("no pulled for --example"));
        assert!(said("cargo test -p dock").contains("no dock for -p"));
        assert!(said("cargo test --test wires").contains("no wires for --test"));
        assert!(said("cargo tset").contains("no tset"));
        assert!(said("./ci.sh").contains("no ci.sh"));
    }

    #[test]
    fn commands_are_read_in_blocks_and_in_lines() {
        let page = "`cargo xtask a`\n\n```sh\ncargo xtask b\n```\n\n```rust\ncargo xtask c\n```\n";
        let tree = Tree::of([("README.md", page)]);
        let found: Vec<String> = check(&tree)
            .unwrap()
            .iter()
            .map(Finding::to_string)
            .collect();
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
