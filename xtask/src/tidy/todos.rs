//! What is left to do is written down where it is found again.

use anyhow::Result;

use super::tree::{Finding, Tree, is_generated};

pub fn check(tree: &Tree) -> Result<Vec<Finding>> {
    // Put together, so that this file has none.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
    ];
    let mut findings = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| !is_generated(path)) {
        for (at, line) in text.lines().enumerate() {
            let after = marks.iter().find_map(|mark| Some(line.split_once(mark)?.1));
            if after.is_some_and(|after| !is_reference(after)) {
                let message =
                    "what is to be done needs a reference, as in `(#12)` or `(https://…)`";
                findings.push(Finding::new(path, at + 1, path, message));
            }
        }
    }
    Ok(findings)
}

fn is_reference(after: &str) -> bool {
    let inside = after
        .strip_prefix('(')
        .and_then(|after| after.split_once(')'));
    inside.is_some_and(|(inside, _)| inside.starts_with('#') || inside.starts_with("https://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_done_needs_a_reference() {
        let mark = concat!("TO", "DO");
        let text = format!("// {mark}: later\n// {mark}(#12): later\n// {mark}(me): later\n");
        let tree = Tree::of([("a/src/lib.rs", &text)]);
        let found: Vec<String> = check(&tree)
            .unwrap()
            .iter()
            .map(Finding::to_string)
            .collect();
        assert_eq!(found.len(), 2);
        assert!(
            found[0].starts_with("a/src/lib.rs:1: ") && found[1].starts_with("a/src/lib.rs:3: ")
        );
    }
}
