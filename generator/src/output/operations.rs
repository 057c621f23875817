//! Operations, a file for each tag of the spec.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use heck::ToSnakeCase;
use quote::format_ident;
use syn::{Item, parse_quote};

use super::{Files, header, rust, used};
use crate::lift::Lifted;
use crate::passes::Method;

/// Puts every operation, with its parameters, into the file of its tag.
pub fn put(methods: Vec<Method>, lifted: &Lifted, files: &mut Files) -> Result<()> {
    let mut tags: BTreeMap<String, Vec<Method>> = BTreeMap::new();
    for method in methods {
        let tag = method.operation.tag.to_snake_case();
        tags.entry(tag).or_default().push(method);
    }
    let mut index = format!(
        "{}\n//! Every operation of the Engine API v{}, by the area that the spec has it in.\n\n",
        header(lifted.version, ""),
        lifted.version
    );
    for tag in tags.keys() {
        index.push_str(&format!("mod {tag};\n"));
    }
    index.push('\n');
    for (tag, methods) in tags {
        let exports = methods.iter().any(|method| method.params.is_some());
        let text = rust(lifted.version, "#/paths", items(methods, lifted));
        files.insert(format!("src/operations/{tag}.rs"), text);
        if exports {
            index.push_str(&format!("pub use {tag}::*;\n"));
        }
    }
    files.insert("src/operations/mod.rs".to_owned(), index);
    Ok(())
}

fn items(methods: Vec<Method>, lifted: &Lifted) -> Vec<Item> {
    let mut params = Vec::new();
    let mut functions = Vec::new();
    for method in methods {
        functions.push(method.function);
        params.extend(method.params.map(Item::Struct));
        params.extend(method.debug);
    }
    let client: Item = parse_quote!(impl Client { #(#functions)* });
    let used = used::names(params.iter().chain([&client]));
    let mut runtime = vec!["Error", "ResponseValue"];
    runtime.extend(
        ["ByteStream", "QueryParam", "encode_path"]
            .iter()
            .filter(|name| used.contains(**name)),
    );
    // The path is inside `format!`, where no visitor sees it.
    let source = quote::quote!(#client).to_string();
    if source.contains("encode_path") && !runtime.contains(&"encode_path") {
        runtime.push("encode_path");
    }
    runtime.sort_unstable();
    let runtime = runtime.iter().map(|name| format_ident!("{name}"));
    let types = lifted.types.keys().filter(|name| used.contains(*name));
    let types = types
        .map(|name| format_ident!("{name}"))
        .collect::<BTreeSet<_>>();
    let mut items: Vec<Item> = vec![
        parse_quote!(use progenitor_client::{#(#runtime),*};),
        parse_quote!(
            use crate::{Client, Operation};
        ),
    ];
    let types: Vec<_> = types.iter().collect();
    items.push(match types.as_slice() {
        [only] => parse_quote!(use crate::types::#only;),
        several => parse_quote!(use crate::types::{#(#several),*};),
    });
    items.push(client);
    items.extend(params);
    items
}
