//! `docs/cookbook.md`: what the example `cookbook` can do, with the text of each task. The live tests
//! perform each of them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::tree::{Finding, Tree};

const PAGE: &str = "docs/cookbook.md";
const FOLDER: &str = "ergonomic/examples/cookbook/";
const TABLE: &str = "ergonomic/examples/cookbook/main.rs";
const PLAYED: &str = "tests/src/scenarios/cookbook.rs";

const HEAD: &str = "\
# Cookbook

<!-- Made by `cargo xtask cookbook` from ergonomic/examples/cookbook/. -->

Each task is a file of one example, so it compiles, and the live tests run it on real engines.
`cargo run --example cookbook` lists them, and runs the one that is named after `--`. To have one in a program of your own,
copy its text and call it:

```rust,ignore
#[tokio::main]
async fn main() -> dockwright::Result<()> {
    let docker = dockwright::Docker::connect().await?;
    run_and_get_output(&docker).await
}
```

The program needs `dockwright` and `tokio` (with `macros` and `rt-multi-thread`; `fs`, `io-std`, `signal` or `time` where a task
uses them), and what else a task names in its first lines: `futures-util`, `crossterm`, `indicatif`, or for tests
`dockwright-replay`. What is created without a label or a name of yours is removed at the end of the task that made it.
";

/// Writes the page.
pub fn write(root: &Path) -> Result<()> {
    let page = page(&Tree::read(root)?)?;
    fs::write(root.join(PAGE), page).context(PAGE)
}

pub fn check(tree: &Tree) -> Result<Vec<Finding>> {
    if !tree.has(TABLE) {
        return Ok(Vec::new());
    }
    let mut findings = Vec::new();
    if tree.text(PAGE) != Some(&page(tree)?) {
        let message = "this is not what the examples give; run: cargo xtask cookbook";
        findings.push(Finding::new(PAGE, 1, PAGE, message));
    }
    let played = tree.text(PLAYED).unwrap_or_default();
    for task in sections(tree)?
        .into_iter()
        .flat_map(|section| section.tasks)
    {
        if !played.contains(&format!("\"{}\"", task.name)) {
            let message = format!("no live test performs {}; add one to {PLAYED}", task.name);
            findings.push(Finding::new(&task.path, 1, &task.name, message));
        }
    }
    Ok(findings)
}

struct Section {
    title: String,
    tasks: Vec<Task>,
}

struct Task {
    name: String,
    /// What it takes on the command line.
    arguments: String,
    path: String,
}

/// The page as it should be.
fn page(tree: &Tree) -> Result<String> {
    let mut index = String::new();
    let mut body = String::new();
    for section in sections(tree)? {
        index.push_str(&format!("\n**{}**\n\n", section.title));
        body.push_str(&format!("\n## {}\n", section.title));
        for task in section.tasks {
            let text = tree
                .text(&task.path)
                .with_context(|| format!("there is no {}", task.path))?;
            let (title, told, code) = parts(text).with_context(|| task.path.clone())?;
            let anchor: String = title
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                .collect();
            index.push_str(&format!("- [{title}](#{})\n", anchor.replace(' ', "-")));
            let command = format!(
                "cargo run --example cookbook -- {} {}",
                task.name, task.arguments
            );
            body.push_str(&format!(
                "\n### {title}\n\n{told}```rust\n{code}```\n\n`{}`\n",
                command.trim_end()
            ));
        }
    }
    Ok(format!("{HEAD}{index}{body}"))
}

/// The title, the text below it, and the code of a task's file.
fn parts(text: &str) -> Option<(&str, String, &str)> {
    let title = text
        .strip_prefix("//! ")?
        .lines()
        .next()?
        .trim_end_matches('.');
    let told = text
        .lines()
        .skip(1)
        .map_while(|line| line.strip_prefix("//!"));
    let told: Vec<&str> = told
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let told = told.join("\n");
    let code = text.split_once("\n\n")?.1;
    let told = match told.trim() {
        "" => String::new(),
        told => format!("{told}\n\n"),
    };
    Some((title, told, code))
}

/// The table in the main file of the example: a title for each section, and `name(arguments);` for each task.
fn sections(tree: &Tree) -> Result<Vec<Section>> {
    let text = tree
        .text(TABLE)
        .with_context(|| format!("there is no {TABLE}"))?;
    let table = text
        .split_once("\ntasks! {\n")
        .and_then(|(_, rest)| rest.split_once("\n}\n"));
    let (table, _) = table.with_context(|| format!("{TABLE} has no `tasks!`"))?;
    let mut sections: Vec<Section> = Vec::new();
    for line in table.lines().map(str::trim) {
        if let Some(title) = line.strip_suffix(" {") {
            let title = title.trim_matches('"').to_owned();
            sections.push(Section {
                title,
                tasks: Vec::new(),
            });
        } else if let Some((name, arguments)) = line
            .strip_suffix(");")
            .and_then(|line| line.split_once('('))
        {
            let arguments: Vec<String> = arguments.split(", ").map(str::to_uppercase).collect();
            let section = sections
                .last_mut()
                .with_context(|| format!("{name} is in no section"))?;
            section.tasks.push(Task {
                path: format!("{FOLDER}{name}.rs"),
                name: name.to_owned(),
                arguments: arguments.join(" "),
            });
        }
    }
    Ok(sections)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: &str = "mod a;\ntasks! {\n    \"Begin\" {\n        ping();\n        copy_out(container, path);\n    }\n}\n";
    const PING: &str = "//! See if it answers.\n\nuse a;\n";
    const COPY: &str =
        "//! Copy a file out of a container.\n//!\n//! Or a folder.\n\nuse b;\n\nf();\n";

    fn tree(page: &str, played: &str) -> Tree {
        Tree::of([
            (TABLE, MAIN),
            ("ergonomic/examples/cookbook/ping.rs", PING),
            ("ergonomic/examples/cookbook/copy_out.rs", COPY),
            (PAGE, page),
            (PLAYED, played),
        ])
    }

    #[test]
    fn a_task_is_told_by_its_file() {
        let text = page(&tree("", "")).unwrap();
        assert!(
            text.contains("**Begin**\n\n- [See if it answers](#see-if-it-answers)\n"),
            "{text}"
        );
        assert!(text.contains("\n## Begin\n\n### See if it answers\n\n```rust\nuse a;\n```\n\n`cargo run --example cookbook -- ping`\n"), "{text}");
        assert!(text.contains("container\n\nOr a folder.\n\n```rust\nuse b;\n\nf();\n```\n\n`cargo run --example cookbook -- copy_out CONTAINER PATH`\n"), "{text}");
    }

    #[test]
    fn a_page_that_lags_behind_and_a_task_that_nothing_performs_are_found() {
        let whole = page(&tree("", "")).unwrap();
        assert!(
            check(&tree(&whole, "\"ping\" \"copy_out\""))
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            check(&tree("old", "\"ping\" \"copy_out\"")).unwrap()[0].what,
            PAGE
        );
        assert_eq!(
            check(&tree(&whole, "\"ping\"")).unwrap()[0].what,
            "copy_out"
        );
    }
}
