//! Types, a file for each definition with what belongs to it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use heck::ToSnakeCase;
use quote::format_ident;
use syn::{Item, parse_quote};

use super::{Files, header, rust, used};
use crate::lift::Lifted;

/// Puts every type into the file of its owner.
pub fn put(types: Vec<(String, Vec<Item>)>, lifted: &Lifted, files: &mut Files) -> Result<()> {
    let mut owned: BTreeMap<String, (BTreeSet<String>, String, Vec<Item>)> = BTreeMap::new();
    let mut names = BTreeSet::new();
    for (name, items) in types {
        let typ = lifted
            .types
            .get(&name)
            .with_context(|| format!("nobody lifted {name}"))?;
        let module = module(&typ.owner);
        let (present, source, file) = owned.entry(module).or_default();
        source.clone_from(&typ.source);
        present.insert(name.clone());
        file.extend(items);
        names.insert(name);
    }
    let mut index = format!(
        "{}\n//! Every type of the Engine API v{}.\n\n",
        header(lifted.version, ""),
        lifted.version
    );
    for module in owned.keys() {
        index.push_str(&format!("mod {module};\n"));
    }
    index.push('\n');
    for (module, (present, source, mut items)) in owned {
        let used = used::names(&items);
        let foreign = used
            .iter()
            .filter(|name| names.contains(*name) && !present.contains(*name));
        let foreign: Vec<_> = foreign.map(|name| format_ident!("{name}")).collect();
        let mut imports: Vec<Item> = Vec::new();
        if used.contains("BTreeMap") {
            imports.push(parse_quote!(
                use std::collections::BTreeMap;
            ));
        }
        if items.iter().any(|item| matches!(item, Item::Struct(_))) {
            imports.push(parse_quote!(
                use serde::{Deserialize, Serialize};
            ));
        }
        match foreign.as_slice() {
            [] => {}
            [only] => imports.push(parse_quote!(use super::#only;)),
            several => imports.push(parse_quote!(use super::{#(#several),*};)),
        }
        items.splice(0..0, imports);
        let text = rust(lifted.version, &format!("#/{source}"), items);
        files.insert(format!("src/types/{module}.rs"), text);
        index.push_str(&format!("pub use {module}::*;\n"));
    }
    files.insert("src/types/mod.rs".to_owned(), index);
    Ok(())
}

/// The module of an owner; a definition may have the name of a keyword.
fn module(owner: &str) -> String {
    let name = owner.to_snake_case();
    match syn::parse_str::<syn::Ident>(&name) {
        Ok(_) => name,
        Err(_) => format!("{name}_"),
    }
}
