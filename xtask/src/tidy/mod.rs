//! `cargo xtask tidy`: what no compiler sees, such as whether a command in the documentation exists.
//!
//! A rule is a function from the [`Tree`] to its [`Finding`]s. What is known and stays is in
//! [`exceptions`], with the reason.

mod api;
mod cfgs;
mod commands;
mod cookbook;
mod dependencies;
mod examples;
mod exceptions;
mod generated;
mod links;
mod markdown;
mod migration;
mod modules;
mod public;
mod sizes;
mod todos;
mod tree;
mod versions;

use anyhow::{Result, bail};

use crate::workspace_root;
use exceptions::{EXCEPTIONS, Exception};
use tree::Finding;

pub use cookbook::write as write_cookbook;
pub use tree::Tree;

type Rule = fn(&Tree) -> Result<Vec<Finding>>;

/// All rules, by the names that exceptions know them by.
const RULES: &[(&str, Rule)] = &[
    ("commands", commands::check),
    ("links", links::check),
    ("paths", links::check_paths),
    ("cookbook", cookbook::check),
    ("migration", migration::check),
    ("examples", examples::check),
    ("file-size", sizes::check_files),
    ("function-size", sizes::check_functions),
    ("module-docs", modules::check_docs),
    ("module-names", modules::check_names),
    ("generated", generated::check),
    ("dependencies", dependencies::check),
    ("public-types", public::check),
    ("versions", versions::check),
    ("rust-version", versions::check_rust),
    ("todos", todos::check),
    ("cfgs", cfgs::check),
];

pub fn run() -> Result<()> {
    let tree = Tree::read(workspace_root())?;
    let findings = findings(&tree, EXCEPTIONS)?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} things are not tidy", findings.len());
    }
    let large = sizes::large(&tree);
    println!(
        "{} rules hold; {} files have more than {} lines: {}",
        RULES.len(),
        large.len(),
        sizes::SOFT,
        large.join(", ")
    );
    Ok(())
}

/// What all rules find, but for the exceptions; and the exceptions that excuse nothing.
fn findings(tree: &Tree, exceptions: &[Exception]) -> Result<Vec<Finding>> {
    let mut left = Vec::new();
    let mut used = vec![false; exceptions.len()];
    for (rule, check) in RULES {
        for finding in check(tree)? {
            let excuses = |e: &Exception| e.rule == *rule && e.what == finding.what;
            match exceptions.iter().position(excuses) {
                Some(index) => used[index] = true,
                None => left.push(finding),
            }
        }
    }
    let idle = exceptions.iter().zip(used).filter(|(_, used)| !used);
    left.extend(idle.map(|(exception, _)| {
        let Exception { rule, what, reason } = exception;
        let message =
            format!("the exception of {what} from {rule} ({reason}) excuses nothing; take it out");
        Finding::new("xtask/src/tidy/exceptions.rs", 1, what, message)
    }));
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let tree = Tree::read(workspace_root()).unwrap();
        let findings = findings(&tree, EXCEPTIONS).unwrap();
        let told: Vec<String> = findings.iter().map(Finding::to_string).collect();
        assert!(told.is_empty(), "{}", told.join("\n"));
    }

    #[test]
    fn an_exception_excuses_one_thing_and_is_found_when_it_excuses_none() {
        let tree = Tree::of([("docs/a.md", "[gone](gone.md) and [lost](lost.md)")]);
        let exception = |what| Exception {
            rule: "links",
            what,
            reason: "",
        };
        let left = |exceptions: &[Exception]| {
            let mut left = findings(&tree, exceptions).unwrap();
            left.retain(|finding| !finding.message.contains("cookbook"));
            left.into_iter().map(|f| f.what).collect::<Vec<_>>()
        };
        assert_eq!(left(&[]), ["gone.md", "lost.md"]);
        assert_eq!(left(&[exception("gone.md")]), ["lost.md"]);
        let idle = [
            exception("gone.md"),
            exception("lost.md"),
            exception("other.md"),
        ];
        assert_eq!(left(&idle), ["other.md"]);
    }
}
