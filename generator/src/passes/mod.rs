//! What is done to progenitor's output before it is split into files, one pass a file.

mod answers;
mod boxed;
mod docs;
mod null_tolerant;
mod open_enums;
mod params;
mod plain_output;
mod plain_paths;
mod preserve_unknown;
mod secrets;
mod serde_field;
mod wire_names;

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use heck::ToSnakeCase;
use syn::visit::Visit;
use syn::{Ident, ImplItem, ImplItemFn, Item, ItemStruct, Type};

use crate::history::History;
use crate::lift::{LONGEST, Lifted, Operation};
use crate::words::Words;

pub use answers::answered;

/// A raw crate, as items that are yet to be put into files.
pub struct Parts {
    /// Every named type with what belongs to it, by its Rust name.
    pub types: Vec<(String, Vec<Item>)>,
    /// Every operation, in the order of the spec.
    pub operations: Vec<Method>,
}

/// A method of the client.
pub struct Method {
    /// Its operation.
    pub operation: Operation,
    /// The method itself.
    pub function: ImplItemFn,
    /// Its query and header parameters.
    pub params: Option<ItemStruct>,
    /// What those are called on the wire, in the order of the struct's fields.
    pub wire_names: Vec<String>,
    /// How those are printed, where they hold a secret.
    pub debug: Option<Item>,
}

/// Makes of progenitor's output what a raw crate is.
pub fn run(file: syn::File, lifted: &Lifted, history: &History, words: &Words) -> Result<Parts> {
    let mut parts = take_apart(file, lifted)?;
    plain_paths::run(&mut parts);
    wire_names::run(&mut parts, lifted);
    params::run(&mut parts)?;
    plain_output::run(&mut parts);
    answers::run(&mut parts)?;
    open_enums::run(&mut parts, lifted)?;
    null_tolerant::run(&mut parts);
    preserve_unknown::run(&mut parts, lifted)?;
    secrets::run(&mut parts);
    boxed::run(&mut parts);
    docs::run(&mut parts, lifted, history, words);
    check_names(&parts)?;
    Ok(parts)
}

/// No name is too long, be it of a type, a field, a variant or a method.
fn check_names(parts: &Parts) -> Result<()> {
    let mut longest = Longest::default();
    let items = parts.types.iter().flat_map(|(_, items)| items);
    items.for_each(|item| longest.visit_item(item));
    for method in &parts.operations {
        longest.visit_impl_item_fn(&method.function);
        method
            .params
            .iter()
            .for_each(|params| longest.visit_item_struct(params));
    }
    ensure!(
        longest.0.len() <= LONGEST,
        "the name {} is longer than {LONGEST}",
        longest.0
    );
    Ok(())
}

/// The longest name of all.
#[derive(Default)]
struct Longest(String);

impl<'a> Visit<'a> for Longest {
    fn visit_ident(&mut self, ident: &'a Ident) {
        let name = ident.to_string();
        if name.len() > self.0.len() {
            self.0 = name;
        }
    }
}

/// The types and the methods of progenitor's output; of its client only these are used.
fn take_apart(file: syn::File, lifted: &Lifted) -> Result<Parts> {
    let mut parts = Parts {
        types: Vec::new(),
        operations: Vec::new(),
    };
    let mut functions = HashMap::new();
    for item in file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                let items = module.content.into_iter().flat_map(|(_, items)| items);
                for item in items {
                    match &item {
                        Item::Struct(ItemStruct { ident, .. })
                        | Item::Enum(syn::ItemEnum { ident, .. }) => {
                            parts.types.push((ident.to_string(), vec![item]));
                        }
                        // The closed enums' conversions and their error go.
                        _ => {}
                    }
                }
            }
            Item::Impl(methods) if methods.trait_.is_none() => {
                functions.extend(methods.items.into_iter().filter_map(|item| match item {
                    ImplItem::Fn(function) => Some((function.sig.ident.to_string(), function)),
                    _ => None,
                }));
            }
            _ => {}
        }
    }
    for operation in &lifted.operations {
        let function = functions.remove(&operation.id.to_snake_case());
        let function = function.with_context(|| format!("no method for {}", operation.id))?;
        let operation = operation.clone();
        parts.operations.push(Method {
            operation,
            function,
            params: None,
            wire_names: Vec::new(),
            debug: None,
        });
    }
    Ok(parts)
}

impl Parts {
    /// Every struct among the types.
    fn structs(&mut self) -> impl Iterator<Item = &mut ItemStruct> {
        self.types
            .iter_mut()
            .flat_map(|(_, items)| items)
            .filter_map(|item| match item {
                Item::Struct(item) => Some(item),
                _ => None,
            })
    }
}

/// The last name of a type's path and the types in its angle brackets.
pub fn head(typ: &Type) -> Option<(String, Vec<&Type>)> {
    let Type::Path(path) = typ else { return None };
    let last = path.path.segments.last()?;
    let arguments = match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                syn::GenericArgument::Type(typ) => Some(typ),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    Some((last.ident.to_string(), arguments))
}

#[cfg(test)]
mod tests {
    //! What the snapshots of the passes share.

    use serde_json::Value;

    use super::*;
    use crate::lift::lift;
    use crate::version::Version;

    /// A document of one definition, `Thing`, and one operation, `ThingGet`.
    pub fn lifted(definition: Value, operation: Value) -> Lifted {
        let error = serde_json::json!({"properties": {"message": {"type": "string"}}});
        let spec = serde_json::json!({
            "definitions": {"ErrorResponse": error, "Thing": definition},
            "paths": {"/things/{id}": {"get": operation}},
        });
        lift(&spec, Version::new(1, 99)).unwrap()
    }

    /// The operation of most tests.
    pub fn thing_get() -> Value {
        serde_json::json!({
            "operationId": "ThingGet", "tags": ["Thing"],
            "parameters": [
                {"name": "id", "in": "path", "type": "string"},
                {"name": "all", "in": "query", "type": "boolean", "default": false},
                {"name": "X-Auth", "in": "header", "type": "string"},
            ],
            "responses": {"200": {"schema": {"$ref": "#/definitions/Thing"}}},
        })
    }

    /// progenitor's output, taken apart and with plain paths.
    pub fn plain(lifted: &Lifted) -> Parts {
        let file = crate::progenitor::generate(&lifted.document).unwrap();
        let mut parts = take_apart(file, lifted).unwrap();
        plain_paths::run(&mut parts);
        parts
    }

    /// The source of `Thing` and what belongs to it.
    pub fn types(parts: Parts) -> String {
        let things = parts
            .types
            .into_iter()
            .filter(|(name, _)| name.starts_with("Thing"));
        source(things.flat_map(|(_, items)| items).collect())
    }

    /// The source of `ThingGet` and its parameters.
    pub fn operations(parts: Parts) -> String {
        let mut items = Vec::new();
        for method in parts.operations {
            let function = method.function;
            items.push(syn::parse_quote!(impl Client { #function }));
            items.extend(method.params.map(Item::Struct));
        }
        source(items)
    }

    fn source(items: Vec<Item>) -> String {
        let file = syn::File {
            shebang: None,
            frontmatter: None,
            attrs: Vec::new(),
            items,
        };
        prettyplease::unparse(&file)
    }
}
