//! What differs between platforms and features is a module of its own: `cfg` stands at modules,
//! imports and tests, and elsewhere in few places, which are counted.

use anyhow::Result;

use super::tree::{Finding, Tree};

/// How many there may be in the sources of `dockwright`.
const SPRINKLED: usize = 40;

pub fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let sources = tree
        .sources()
        .filter(|(path, _)| path.starts_with("ergonomic/src/") && !path.ends_with("tests.rs"));
    let places: Vec<(&str, usize)> = sources
        .flat_map(|(path, text)| sprinkled(text).into_iter().map(move |line| (path, line)))
        .collect();
    let findings = places.get(SPRINKLED..).unwrap_or_default().iter().map(|(path, line)| {
        let message = format!(
            "{} `cfg`s away from modules and imports, more than {SPRINKLED}; make a module of what differs",
            places.len()
        );
        Finding::new(path, *line, path, message)
    });
    Ok(findings.collect())
}

/// The lines, from 1, of those that are neither at a module or import nor for tests.
fn sprinkled(text: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let begins = |line: &str| line.starts_with("#[cfg(") || line.contains("cfg!(");
    let places = lines.iter().enumerate().filter(|(at, line)| {
        let next = lines[at + 1..].iter().find(|line| !line.starts_with("#["));
        let next = next.map_or("", |next| {
            next.trim_start_matches("pub(crate) ")
                .trim_start_matches("pub ")
        });
        let at_edge = ["mod ", "use "].iter().any(|word| next.starts_with(word));
        let of_tests = line.starts_with("#[cfg(") && line.contains("test");
        begins(line) && !of_tests && (line.contains("cfg!(") || !at_edge)
    });
    places.map(|(at, _)| at + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_away_from_modules_imports_and_tests_count() {
        let text = "#[cfg(unix)]\nmod a;\n#[cfg(test)]\nfn b() {}\n#[cfg(unix)]\n#[inline]\nfn c() {}\n\
                    #[cfg(windows)]\npub use d;\nif cfg!(unix) {}\n";
        assert_eq!(sprinkled(text), [5, 10]);
    }

    #[test]
    fn more_than_the_limit_are_found() {
        let text = "#[cfg(unix)]\nfn c() {}\n".repeat(SPRINKLED + 1);
        let tree = Tree::of([("ergonomic/src/lib.rs", &text), ("tests/src/lib.rs", &text)]);
        let findings = check(&tree).unwrap();
        assert_eq!(findings.len(), 1);
        let (line, count) = (2 * SPRINKLED + 1, SPRINKLED + 1);
        let begins = format!("ergonomic/src/lib.rs:{line}: {count} `cfg`s");
        assert!(findings[0].to_string().starts_with(&begins), "{findings:?}");
    }
}
