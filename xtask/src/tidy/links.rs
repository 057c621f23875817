//! Links and paths in Markdown lead to what is there. Addresses of the web are not asked.

use std::collections::BTreeMap;

use anyhow::Result;

use super::markdown::Page;
use super::tree::{Finding, Tree, is_generated};

pub fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let pages: BTreeMap<&str, Page> = tree
        .pages()
        .map(|(path, text)| (path, Page::parse(text)))
        .collect();
    let mut findings = Vec::new();
    for (path, page) in &pages {
        let local = page.links.iter().filter(|(_, link)| !link.contains(':'));
        for (line, link) in local {
            let (file, anchor) = link
                .split_once('#')
                .map_or((link.as_str(), None), |(f, a)| (f, Some(a)));
            let target = match file.is_empty() {
                true => Some((*path).to_owned()),
                false => resolve(path, file),
            };
            let message = match target {
                Some(target) if tree.has(&target) => {
                    let leads = |anchor| {
                        pages
                            .get(target.as_str())
                            .is_some_and(|page| page.has_anchor(anchor))
                    };
                    if anchor.is_none_or(leads) {
                        continue;
                    }
                    format!("{target} has no such heading as {link} leads to; name one that it has")
                }
                _ => format!("{link} leads to nothing; name a file that is there"),
            };
            findings.push(Finding::new(path, *line, link, message));
        }
    }
    Ok(findings)
}

/// The path that a link in a page stands for, unless it leads out of the workspace.
fn resolve(page: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// What is set as code and is a path is the end of one that is there: `spec/` and `passes/docs.rs`
/// are both.
pub fn check_paths(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (path, text) in tree.pages().filter(|(path, _)| !is_generated(path)) {
        let spans = Page::parse(text).spans;
        let paths = spans.into_iter().filter(|(_, span)| is_path(tree, span));
        findings.extend(
            paths
                .filter(|(_, span)| !ends_some(tree, span))
                .map(|(line, span)| {
                    let message =
                        format!("there is no `{span}` in the workspace; say where it is now");
                    Finding::new(path, line, &span, message)
                }),
        );
    }
    Ok(findings)
}

/// Files of Docker's own programs, which pages may name.
const OF_DOCKER: &[&str] = &["config.json", "daemon.json", "meta.json"];

/// Whether something looks like a path here: it has an ending that files have, or begins with a folder.
fn is_path(tree: &Tree, span: &str) -> bool {
    const ENDINGS: &[&str] = &[".rs", ".yaml", ".toml", ".md", ".json", ".sh"];
    if OF_DOCKER.contains(&span) {
        return false;
    }
    let letters = |c: char| c.is_ascii_alphanumeric() || "._-/*".contains(c);
    if !span.chars().all(letters) || span.starts_with(['/', '*', '-']) || !span.contains(['/', '.'])
    {
        return false;
    }
    let file = ENDINGS
        .iter()
        .any(|end| span.len() > end.len() && span.ends_with(end));
    let first = span.split('/').next().unwrap_or_default();
    file || span.contains('/') && (span.ends_with('/') || tree.has(first))
}

/// Whether a path in the workspace ends so. `*`, and capital letters as in `v1.NN` and `NAME`, stand for any.
fn ends_some(tree: &Tree, span: &str) -> bool {
    let parts: Vec<&str> = span.trim_end_matches('/').rsplit('/').collect();
    tree.paths().any(|path| {
        let mut have = path.rsplit('/');
        parts
            .iter()
            .all(|part| have.next().is_some_and(|have| stands_for(part, have)))
    })
}

fn stands_for(pattern: &str, name: &str) -> bool {
    let open = ["*", "NN", "NAME"]
        .iter()
        .find_map(|open| pattern.split_once(open));
    match open {
        Some((before, after)) => {
            let rest = name
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after));
            rest.is_some_and(|rest| !rest.is_empty())
        }
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(findings: Result<Vec<Finding>>) -> Vec<String> {
        findings.unwrap().iter().map(Finding::to_string).collect()
    }

    #[test]
    fn links_lead_to_files_and_headings() {
        let text = "# Here\n[a](../README.md) [b](#here) [c](../README.md#there)\n[d](https://example.com/#x)\n\n\
                    [e](README.md)\n[f](#gone)\n[g](../README.md#gone)\n[h](../../out.md)\n";
        let tree = Tree::of([("docs/a.md", text), ("README.md", "## There")]);
        let found = found(check(&tree));
        let lines: Vec<_> = found.iter().map(|f| f.split(' ').next().unwrap()).collect();
        assert_eq!(
            lines,
            [
                "docs/a.md:5:",
                "docs/a.md:6:",
                "docs/a.md:7:",
                "docs/a.md:8:"
            ]
        );
        assert!(found[0].contains("leads to nothing") && found[2].contains("no such heading"));
    }

    #[test]
    fn paths_are_the_ends_of_paths() {
        let text = "`spec/` `passes/docs.rs` `src/*/docs.rs` `v1.NN.yaml` `alpine/git` `0.1.0` `a.b()` `/etc/x.json`\n\
                    `spec/gone/` `passes/lost.rs` `Gone.toml`";
        let tree = Tree::of([
            ("README.md", text),
            ("generator/src/passes/docs.rs", ""),
            ("spec/v1.55.yaml", ""),
        ]);
        let found = found(check_paths(&tree));
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].starts_with("README.md:2: there is no `spec/gone/`"));
    }
}
