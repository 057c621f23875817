//! `cargo xtask coverage`: which method of `dockwright` serves each operation of the newest API version.
//!
//! The table is read off the sources, so that it cannot say what is not there.

mod raw_only;
mod source;

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use dockwright_generator::lift::Operation;
use dockwright_generator::regen::Pipeline;

use crate::workspace_root;
use source::Source;

pub fn run() -> Result<()> {
    let pipeline = Pipeline::load(&workspace_root().join("spec"))?;
    let newest = pipeline.newest().context("there is no spec")?;
    let source = Source::read(&workspace_root().join("ergonomic/src"))?;
    let operations = &newest.lifted.operations;
    let (published, added): (Vec<_>, Vec<_>) = operations
        .iter()
        .partition(|operation| operation.published.is_some());
    println!("API v{}, as published:", newest.lifted.version);
    let served = table(&published, &source)?;
    println!("\nWhat engines have besides:");
    table(&added, &source)?;
    println!(
        "\noperations: {}, ergonomic: {served}, raw only: {}",
        published.len(),
        published.len() - served
    );
    Ok(())
}

/// Prints a line for each operation; gives the number of those that have a method.
fn table(operations: &[&Operation], source: &Source) -> Result<usize> {
    let mut served = 0;
    for operation in operations {
        let methods = source.methods_of(operation);
        let said = said(&operation.id, &methods)?;
        served += usize::from(!methods.is_empty());
        println!("{:<26} {said}", operation.id);
    }
    Ok(served)
}

/// The methods, or the reason why there are none.
fn said(id: &str, methods: &BTreeSet<String>) -> Result<String> {
    let reason = raw_only::reason(id);
    ensure!(
        reason.is_none() || methods.is_empty(),
        "{id} has a method by now, {methods:?}; take it from xtask/src/coverage/raw_only.rs"
    );
    if !methods.is_empty() {
        return Ok(methods.iter().cloned().collect::<Vec<_>>().join(", "));
    }
    let reason = reason.with_context(|| {
        format!("{id} has no method; give it one, or a reason in xtask/src/coverage/raw_only.rs")
    })?;
    Ok(format!("raw only: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_ends_with_what_it_excuses() {
        let methods = BTreeSet::from(["Docker::session".to_owned()]);
        assert!(said("Session", &methods).is_err());
        assert!(
            said("Session", &BTreeSet::new())
                .unwrap()
                .starts_with("raw only: ")
        );
        assert_eq!(said("Other", &methods).unwrap(), "Docker::session");
        assert!(said("Other", &BTreeSet::new()).is_err());
    }
}
