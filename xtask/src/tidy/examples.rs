//! What users come to first has an example, or a link to where one is.

use anyhow::Result;

use super::api::{Api, Documented};
use super::tree::{Finding, Tree};

pub fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let api = Api::read(tree)?;
    let exported = |name: &str| api.exported.contains(name);
    let types = api.types.iter().filter(|item| exported(&item.name));
    let types = types.map(|item| (item.name.clone(), item));
    // Not what sets something or tells what is known: what asks the engine, or begins to. How
    // streams are read is shown where they begin.
    let verbs = api.methods.iter().filter(|method| {
        let begins = api.awaited.contains_key(&method.gives) && method.gives != method.owner;
        exported(&method.owner) && method.item.name != "try_next" && (method.is_async || begins)
    });
    let verbs = verbs.map(|method| {
        (
            format!("{}::{}", method.owner, method.item.name),
            &method.item,
        )
    });
    let bare = types.chain(verbs).filter(|(_, item)| !has_example(item));
    let findings = bare.map(|(name, item)| {
        let message = format!(
            "{name} has neither an example nor a link to one; give it `# Examples` or a link"
        );
        Finding::new(&item.file, item.line, &name, message)
    });
    Ok(findings.collect())
}

fn has_example(item: &Documented) -> bool {
    let links = item.docs.contains("](") || item.docs.contains("[`");
    item.docs.contains("```") || links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_verbs_need_one_and_settings_do_not() {
        let text = "
            pub use things::{Docker, List, Things};
            /// See [`Docker::things`].
            pub struct Things;
            /// A list.
            pub struct List;
            impl Things {
                /// Lists.
                pub fn list(&self) -> List {}
                /// # Examples
                ///
                /// ```
                /// ```
                pub async fn count(&self) -> Result<u64> {}
            }
            impl List {
                /// Whether all.
                pub fn all(self, all: bool) -> Self {}
            }
            awaited!(List => Vec<Thing>);
        ";
        let tree = Tree::of([("ergonomic/src/lib.rs", text)]);
        let found: Vec<String> = check(&tree).unwrap().into_iter().map(|f| f.what).collect();
        assert_eq!(found, ["List", "Things::list"]);
    }
}
