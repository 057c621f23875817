//! `cargo xtask spec words`: no sentence of ours is upstream's.

use std::collections::HashSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::tidy::Tree;
use crate::workspace_root;

/// So many words in a row are no coincidence.
const IN_A_ROW: usize = 8;

/// Compares all that we say with the descriptions in a folder of Swagger files.
pub fn check(from: &Path) -> Result<()> {
    let mut upstream = Upstream::default();
    let mut files = 0;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "yaml") {
            upstream.add(&fs::read_to_string(&path)?);
            files += 1;
        }
    }
    ensure!(files > 0, "{} has no Swagger files", from.display());
    let tree = Tree::read(workspace_root())?;
    let mut sentences = 0;
    let mut found = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| is_ours(path)) {
        for passage in passages(path, text) {
            sentences += 1;
            found.extend(upstream.shared(&passage).map(|(line, words)| {
                format!("{path}:{line}: upstream says `{words}` too; say it in other words")
            }));
        }
    }
    if !found.is_empty() {
        bail!(
            "{}\n{} passages are not our own",
            found.join("\n"),
            found.len()
        );
    }
    println!("{sentences} passages share less than {IN_A_ROW} words in a row with {files} files");
    Ok(())
}

/// What we have written: words for the specs, pages, and the documentation in sources. What fixups
/// say is in a page too.
fn is_ours(path: &str) -> bool {
    let words = path.starts_with("spec/docs/");
    let written = path.ends_with(".md") || path.ends_with(".rs");
    !path.starts_with("generated/") && (words || written)
}

/// Words with their lines, in lower case.
type Passage = Vec<(usize, String)>;

/// The texts of a file, each to its end: paragraphs, and entries of lists and mappings.
fn passages(path: &str, text: &str) -> Vec<Passage> {
    let mut passages = vec![Passage::new()];
    let mut fenced = false;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        let said = match path.rsplit('.').next() {
            Some("rs") => line.strip_prefix("///").or(line.strip_prefix("//!")),
            _ => Some(line),
        };
        let said = said.map(str::trim).unwrap_or_default();
        if said.starts_with("```") {
            fenced = !fenced;
        }
        let begins =
            said.is_empty() || said.starts_with(['-', '|', '#']) || path.ends_with(".yaml");
        if begins || fenced {
            passages.push(Passage::new());
        }
        if !fenced {
            let words = words(said).map(|word| (at + 1, word));
            passages.last_mut().expect("one is there").extend(words);
        }
    }
    passages.retain(|passage| passage.len() >= IN_A_ROW);
    passages
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// All rows of words in upstream's files, by their hashes.
#[derive(Default)]
struct Upstream(HashSet<u64>);

impl Upstream {
    fn add(&mut self, text: &str) {
        let words: Vec<String> = words(text).collect();
        self.0
            .extend(words.windows(IN_A_ROW).map(|row| hashed(row.iter())));
    }

    /// The first row of words that a passage has from there, with its line.
    fn shared<'a>(&'a self, passage: &'a Passage) -> impl Iterator<Item = (usize, String)> + 'a {
        let mut rows = passage.windows(IN_A_ROW);
        let row = rows.find(|row| self.0.contains(&hashed(row.iter().map(|(_, word)| word))));
        let said = |row: &[(usize, String)]| {
            let words: Vec<&str> = row.iter().map(|(_, word)| word.as_str()).collect();
            (row[0].0, words.join(" "))
        };
        row.map(said).into_iter()
    }
}

fn hashed<'a>(row: impl Iterator<Item = &'a String>) -> u64 {
    let mut hasher = DefaultHasher::new();
    row.for_each(|word| word.hash(&mut hasher));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(path: &str, text: &str) -> Vec<usize> {
        let mut upstream = Upstream::default();
        upstream.add("description: |\n  The quick brown fox jumps\n  over the lazy dog.");
        let passages = passages(path, text);
        passages
            .iter()
            .flat_map(|passage| upstream.shared(passage))
            .map(|(line, _)| line)
            .collect()
    }

    #[test]
    fn eight_words_in_a_row_are_found_whatever_stands_between_them() {
        let text =
            "fn f() {}\n/// A quick,\n/// *brown* fox: jumps over\n/// the Lazy `dog`.\nfn g() {}";
        assert_eq!(shared("a.rs", text), [2]);
        assert_eq!(
            shared("a.md", "So: quick brown fox jumps\nover the lazy dog"),
            [1]
        );
        assert_eq!(
            shared(
                "a.yaml",
                "A.b: x\nFox: 'A quick brown fox jumps over the lazy dog.'"
            ),
            [2]
        );
    }

    #[test]
    fn seven_words_and_code_and_words_apart_are_not() {
        assert_eq!(
            shared("a.md", "quick brown fox jumps over the lazy cat"),
            [0; 0]
        );
        assert_eq!(
            shared("a.md", "```\nquick brown fox jumps over the lazy dog\n```"),
            [0; 0]
        );
        assert_eq!(
            shared("a.md", "quick brown fox jumps\n\nover the lazy dog"),
            [0; 0]
        );
        assert_eq!(
            shared("a.rs", "quick(brown, fox, jumps, over, the, lazy, dog)"),
            [0; 0]
        );
    }
}
