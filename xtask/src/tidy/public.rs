//! Types of other crates in the public API of `dockwright` are from few crates: a new major version of
//! any of them is a breaking change of ours.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use syn::visit::{self, Visit};
use syn::{Item, UseTree, Visibility};

use super::tree::{Finding, Tree, line_with};

/// The crates whose types may be there, with the raw crate that [`Docker::raw`] is for.
///
/// [`Docker::raw`]: https://docs.rs/dockwright
const ALLOWED: &[&str] = &[
    "alloc",
    "bytes",
    "core",
    "dockwright",
    "futures_core",
    "serde",
    "serde_json",
    "std",
    "tokio",
];

pub fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let manifest = tree.text("ergonomic/Cargo.toml").unwrap_or_default();
    let manifest: toml::Table = manifest.parse()?;
    let mut foreign = Vec::new();
    if let Some(dependencies) = manifest.get("dependencies").and_then(toml::Value::as_table) {
        let names = dependencies.keys().map(|name| name.replace('-', "_"));
        foreign.extend(names.filter(|name| {
            !ALLOWED.contains(&name.as_str()) && !name.starts_with("dockwright_v1_")
        }));
    }
    let mut findings = Vec::new();
    for (path, text) in tree
        .sources()
        .filter(|(path, _)| path.starts_with("ergonomic/src/"))
    {
        let file = syn::parse_file(text).with_context(|| path.to_owned())?;
        let mut reader = Reader {
            foreign: &foreign,
            imported: BTreeMap::new(),
            found: Vec::new(),
        };
        for item in &file.items {
            if let Item::Use(item) = item {
                reader.import(&item.tree, None);
            }
        }
        reader.visit_file(&file);
        findings.extend(reader.found.into_iter().map(|(of, name, from)| {
            let message = format!("`{of}` is public and has `{name}` of {from} in its signature; wrap it, or allow the crate in xtask/src/tidy/public.rs");
            Finding::new(path, line_with(text, &declared(&of)), &of, message)
        }));
    }
    Ok(findings)
}

/// How it is declared, if it is a function; types are found by their names.
fn declared(name: &str) -> String {
    match name.starts_with(char::is_lowercase) {
        true => format!("pub fn {name}"),
        false => format!(" {name}"),
    }
}

struct Reader<'a> {
    /// The crates that are not allowed.
    foreign: &'a [String],
    /// Names of such crates, by what they are called here.
    imported: BTreeMap<String, String>,
    /// Where such a name is, the name, and the crate.
    found: Vec<(String, String, String)>,
}

impl Reader<'_> {
    fn import(&mut self, tree: &UseTree, from: Option<&str>) {
        match tree {
            UseTree::Path(path) => {
                let first = path.ident.to_string();
                self.import(&path.tree, Some(from.unwrap_or(&first)));
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, from)),
            UseTree::Name(name) => self.named(name.ident.to_string(), from),
            UseTree::Rename(name) => self.named(name.rename.to_string(), from),
            UseTree::Glob(_) => {}
        }
    }

    fn named(&mut self, name: String, from: Option<&str>) {
        if let Some(from) = from.filter(|from| self.foreign.iter().any(|foreign| foreign == from)) {
            self.imported.insert(name, from.to_owned());
        }
    }

    /// Looks for foreign crates in the types that are part of what users see of `of`.
    fn seen(&mut self, of: &str, look: impl FnOnce(&mut Paths)) {
        let mut paths = Paths::default();
        look(&mut paths);
        for first in paths.0 {
            let foreign = self.foreign.iter().find(|foreign| **foreign == first);
            if let Some(from) = foreign.or(self.imported.get(&first)) {
                self.found
                    .push((of.to_owned(), first.clone(), from.clone()));
            }
        }
    }
}

/// The first names of paths.
#[derive(Default)]
struct Paths(Vec<String>);

impl<'ast> Visit<'ast> for Paths {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.0
            .extend(path.segments.first().map(|first| first.ident.to_string()));
        visit::visit_path(self, path);
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !module
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("cfg"))
        {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if matches!(function.vis, Visibility::Public(_)) {
            self.seen(&function.sig.ident.to_string(), |paths| {
                paths.visit_signature(&function.sig)
            });
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        if matches!(item.vis, Visibility::Public(_)) {
            let public = item
                .fields
                .iter()
                .filter(|field| matches!(field.vis, Visibility::Public(_)));
            public.for_each(|field| {
                self.seen(&item.ident.to_string(), |paths| paths.visit_type(&field.ty));
            });
        }
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        if matches!(item.vis, Visibility::Public(_)) {
            for variant in &item.variants {
                self.seen(&item.ident.to_string(), |paths| {
                    paths.visit_fields(&variant.fields)
                });
            }
        }
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        if matches!(item.vis, Visibility::Public(_)) {
            self.seen(&item.ident.to_string(), |paths| paths.visit_type(&item.ty));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<String> {
        let manifest = "[dependencies]\nreqwest = \"1\"\nbytes = \"1\"\ndockwright-v1-55 = \"1\"\n";
        let tree = Tree::of([
            ("ergonomic/Cargo.toml", manifest),
            ("ergonomic/src/lib.rs", source),
        ]);
        check(&tree).unwrap().into_iter().map(|f| f.what).collect()
    }

    #[test]
    fn foreign_types_are_found_where_users_see_them() {
        let seen = "use reqwest::{Client as Http, Url};\nimpl A { pub fn f(&self, u: Url) {} pub fn g() -> Vec<reqwest::Body> {} }
            pub struct B { pub http: Http }
            pub enum C { D(Url) }";
        assert_eq!(found(seen), ["f", "g", "B", "C"]);
    }

    #[test]
    fn within_the_crate_they_may_be() {
        let unseen = "use reqwest::Url;\nuse bytes::Bytes;\nimpl A { fn f(&self, u: Url) {} pub(crate) fn g(u: Url) {}
            pub fn h(&self, b: Bytes) -> std::io::Result<raw::Url> { reqwest::get() } }
            pub struct B { url: Url }
            pub(crate) enum C { D(Url) }";
        assert_eq!(found(unseen), [""; 0]);
    }
}
