//! The public API of `dockwright`, as its sources have it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Expr, GenericArgument, ImplItem, Item, Lit, Meta, PathArguments, ReturnType, Type,
    UseTree,
};
use syn::{Visibility, parse_quote};

use super::tree::{Tree, line_with};

const SOURCES: &str = "ergonomic/src/";

/// What users of the crate can name.
#[derive(Default)]
pub struct Api {
    /// The names that the crate exports.
    pub exported: BTreeSet<String>,
    pub types: Vec<Documented>,
    pub methods: Vec<Method>,
    /// What comes of the types that are awaited.
    pub awaited: BTreeMap<String, String>,
    /// The methods that macros give to several types.
    pub spread: BTreeSet<String>,
}

/// Something with documentation.
pub struct Documented {
    pub file: String,
    pub line: usize,
    pub name: String,
    pub docs: String,
}

/// A public method or function of a type, or a variant of an enum.
pub struct Method {
    pub owner: String,
    pub item: Documented,
    /// The type that it gives in the end, by its name.
    pub gives: String,
    /// Whether that is yet to be awaited.
    pub is_async: bool,
}

impl Api {
    pub fn read(tree: &Tree) -> Result<Self> {
        let mut api = Self::default();
        let sources: Vec<_> = tree
            .sources()
            .filter(|(path, _)| path.starts_with(SOURCES))
            .collect();
        for (path, text) in sources {
            let file = syn::parse_file(text).with_context(|| path.to_owned())?;
            if path == "ergonomic/src/lib.rs" {
                exports(&file, &mut api.exported);
            }
            let mut reader = Reader {
                api: &mut api,
                path,
                text,
            };
            reader.visit_file(&file);
        }
        Ok(api)
    }

    pub fn method(&self, owner: &str, name: &str) -> Option<&Method> {
        self.methods
            .iter()
            .find(|method| method.owner == owner && method.item.name == name)
    }
}

/// The names after `pub use` in a file.
fn exports(file: &syn::File, names: &mut BTreeSet<String>) {
    for item in &file.items {
        if let Item::Use(item) = item
            && matches!(item.vis, Visibility::Public(_))
        {
            leaves(&item.tree, names);
        }
    }
}

fn leaves(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => leaves(&path.tree, names),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, names)),
        UseTree::Name(name) => drop(names.insert(name.ident.to_string())),
        UseTree::Rename(name) => drop(names.insert(name.rename.to_string())),
        UseTree::Glob(_) => {}
    }
}

struct Reader<'a> {
    api: &'a mut Api,
    path: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    fn documented(&self, name: String, attributes: &[Attribute], declared: &str) -> Documented {
        Documented {
            file: self.path.to_owned(),
            line: line_with(self.text, declared),
            name,
            docs: docs(attributes),
        }
    }

    fn typ(&mut self, visibility: &Visibility, kind: &str, name: String, attributes: &[Attribute]) {
        if matches!(visibility, Visibility::Public(_)) {
            let item = self.documented(name.clone(), attributes, &format!("pub {kind} {name}"));
            self.api.types.push(item);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let of_tests = module.attrs.iter().any(|a| a.path().is_ident("cfg"));
        if !of_tests {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.typ(&item.vis, "struct", item.ident.to_string(), &item.attrs);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.typ(&item.vis, "enum", item.ident.to_string(), &item.attrs);
        for variant in &item.variants {
            let name = variant.ident.to_string();
            self.api.methods.push(Method {
                owner: item.ident.to_string(),
                item: self.documented(name, &variant.attrs, &format!("{},", variant.ident)),
                gives: item.ident.to_string(),
                is_async: false,
            });
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let owner = named(&item.self_ty);
        let of = item
            .trait_
            .as_ref()
            .and_then(|(path, _)| path.segments.last());
        for inner in &item.items {
            match inner {
                ImplItem::Fn(function)
                    if of.is_none() && matches!(function.vis, Visibility::Public(_)) =>
                {
                    let name = function.sig.ident.to_string();
                    let gives = match &function.sig.output {
                        ReturnType::Default => String::new(),
                        ReturnType::Type(_, typ) => named(typ),
                    };
                    let answer = function
                        .sig
                        .output
                        .to_token_stream()
                        .to_string()
                        .contains("Answer");
                    self.api.methods.push(Method {
                        item: self.documented(name.clone(), &function.attrs, &format!("fn {name}")),
                        gives: if gives == "Self" {
                            owner.clone()
                        } else {
                            gives
                        },
                        is_async: answer || function.sig.asyncness.is_some(),
                        owner: owner.clone(),
                    });
                }
                ImplItem::Type(typ)
                    if typ.ident == "Output" && of.is_some_and(|of| of.ident == "IntoFuture") =>
                {
                    self.api.awaited.insert(owner.clone(), named(&typ.ty));
                }
                _ => {}
            }
        }
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if item.mac.path.is_ident("macro_rules") {
            spread(item.mac.tokens.clone(), &mut self.api.spread);
        } else if item.mac.path.is_ident("awaited") {
            let tokens = item.mac.tokens.to_string();
            if let Some((builder, output)) = tokens.split_once("=>") {
                let output: Type = syn::parse_str(output).unwrap_or(parse_quote!(()));
                self.api
                    .awaited
                    .insert(builder.trim().to_owned(), named(&output));
            }
        }
    }
}

/// The names after `pub fn` in the rules of a macro.
fn spread(tokens: TokenStream, names: &mut BTreeSet<String>) {
    let mut before = String::new();
    for token in tokens {
        match &token {
            TokenTree::Group(group) => spread(group.stream(), names),
            TokenTree::Ident(name) if before == "fn" => drop(names.insert(name.to_string())),
            _ => {}
        }
        before = token.to_string();
    }
}

/// The name of a type, within what it comes in.
fn named(typ: &Type) -> String {
    match typ {
        Type::Reference(reference) => named(&reference.elem),
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return String::new();
            };
            let wraps = ["Result", "Answer", "Option"]
                .iter()
                .any(|name| last.ident == name);
            if let (true, PathArguments::AngleBracketed(arguments)) = (wraps, &last.arguments)
                && let Some(GenericArgument::Type(inner)) = arguments.args.first()
            {
                return named(inner);
            }
            last.ident.to_string()
        }
        _ => String::new(),
    }
}

/// The documentation that attributes hold, line by line.
fn docs(attributes: &[Attribute]) -> String {
    let mut text = String::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
    {
        if let Meta::NameValue(pair) = &attribute.meta
            && let Expr::Lit(literal) = &pair.value
            && let Lit::Str(line) = &literal.lit
        {
            text.push_str(&line.value());
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_public_is_known_with_what_it_gives() {
        let text = "
            pub use things::{Thing, List};
            /// All.
            pub struct List { inner: u8 }
            impl Docker {
                /// One.
                pub fn thing(&self) -> Thing {}
                pub async fn ask(&self) -> Result<Option<Thing>> {}
                fn hidden(&self) {}
            }
            awaited!(List => Vec<Thing>);
            macro_rules! settings { () => { impl List { pub fn all(mut self) -> Self { self } } } }
        ";
        let api = Api::read(&Tree::of([("ergonomic/src/lib.rs", text)])).unwrap();
        assert_eq!(api.exported, ["List", "Thing"].map(str::to_owned).into());
        assert_eq!(api.types[0].docs, " All.\n");
        assert_eq!(api.types[0].line, 4);
        assert_eq!(api.method("Docker", "ask").unwrap().gives, "Thing");
        assert!(api.method("Docker", "ask").unwrap().is_async);
        assert!(api.method("Docker", "hidden").is_none());
        assert_eq!(api.awaited["List"], "Vec");
        assert!(api.spread.contains("all"));
    }
}
