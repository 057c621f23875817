//! Where in the body of a request there are fields that have a gate.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use quote::format_ident;
use serde_json::Value;
use syn::{FnArg, Item, Pat, Type, parse_quote};

use super::super::rust;
use crate::history::{History, Span};
use crate::lift::{Lifted, TypeKind};
use crate::passes::{Method, Parts};

/// The keys to a field, and the field.
type Way = (Vec<String>, String);

/// The file with an impl for every type that is the body of a request.
pub fn file(history: &History, parts: &Parts, lifted: &Lifted) -> Result<String> {
    let mut bodies = BTreeMap::new();
    let names = parts.operations.iter().filter_map(body);
    for name in names.filter(|name| lifted.types.contains_key(name)) {
        let mut search = Search {
            history,
            lifted,
            within: Vec::new(),
            found: Vec::new(),
        };
        search.visit_type(&name, &[])?;
        bodies.insert(name, search.found);
    }
    let mut items: Vec<Item> = vec![parse_quote!(
        use super::Body;
    )];
    items.extend(bodies.into_iter().map(|(name, ways)| {
        let name = format_ident!("{name}");
        let ways = ways
            .iter()
            .map(|(keys, gate)| -> syn::Expr { parse_quote!((&[#(#keys),*], #gate)) });
        parse_quote! {
            impl Body for crate::types::#name {
                const GATED: &'static [(&'static [&'static str], &'static str)] = &[#(#ways),*];
            }
        }
    }));
    Ok(rust(lifted.version, "#/paths", items))
}

/// The type of a method's body, if it is a type with a name.
fn body(method: &Method) -> Option<String> {
    method.function.sig.inputs.iter().find_map(|input| {
        let FnArg::Typed(typed) = input else {
            return None;
        };
        match (&*typed.pat, &*typed.ty) {
            (Pat::Ident(pattern), Type::Reference(typ)) if pattern.ident == "body" => {
                match &*typ.elem {
                    Type::Path(path) => path.path.segments.last().map(|s| s.ident.to_string()),
                    _ => None,
                }
            }
            _ => None,
        }
    })
}

/// A walk through the types of a body.
struct Search<'a> {
    history: &'a History,
    lifted: &'a Lifted,
    /// The types that the walk is in, for a type may hold itself.
    within: Vec<String>,
    found: Vec<Way>,
}

impl Search<'_> {
    fn visit_type(&mut self, name: &str, keys: &[String]) -> Result<()> {
        let typ = self.lifted.types.get(name);
        let typ = typ.with_context(|| format!("nobody lifted {name}"))?;
        let TypeKind::Object(fields) = &typ.kind else {
            return Ok(());
        };
        if self.within.iter().any(|within| within == name) {
            return Ok(());
        }
        self.within.push(name.to_owned());
        let schema = &self.lifted.document["components"]["schemas"][name]["properties"];
        for wire in fields.keys() {
            let mut keys = keys.to_vec();
            keys.push(wire.clone());
            let feature = format!("{name}.{wire}");
            if self.history.span(&feature) != Span::default() {
                self.found.push((keys.clone(), feature));
            }
            let aliased = typ.aliases.iter().find(|(_, on_wire)| *on_wire == wire);
            let documented = aliased.map_or(wire, |(alias, _)| alias);
            self.visit_schema(&schema[documented], keys)?;
        }
        self.within.pop();
        Ok(())
    }

    fn visit_schema(&mut self, schema: &Value, mut keys: Vec<String>) -> Result<()> {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap_or(reference);
            return self.visit_type(name, &keys);
        }
        let parts = schema["allOf"].as_array().into_iter().flatten();
        for part in parts {
            self.visit_schema(part, keys.clone())?;
        }
        keys.push("*".to_owned());
        let entries = [&schema["items"], &schema["additionalProperties"]];
        for entries in entries.into_iter().filter(|entries| entries.is_object()) {
            self.visit_schema(entries, keys.clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lift::lift;
    use crate::version::Version;

    /// A version where a body holds a list of parts, and a part has these fields.
    fn version(minor: u32, fields: &[&str]) -> Lifted {
        let fields: serde_json::Map<_, _> = fields
            .iter()
            .map(|field| ((*field).to_owned(), json!({"type": "string"})))
            .collect();
        let spec = json!({"paths": {}, "definitions": {
            "Whole": {"properties": {
                "Parts": {"type": "array", "items": {"$ref": "#/definitions/Part"}},
                "Again": {"$ref": "#/definitions/Whole"},
            }},
            "Part": {"properties": fields},
        }});
        lift(&spec, Version::new(1, minor)).unwrap()
    }

    #[test]
    fn a_gated_field_is_found_through_lists_and_in_no_circles() {
        let versions = [version(1, &["Old"]), version(2, &["Old", "New"])];
        let history = History::of(versions.iter());
        let mut search = Search {
            history: &history,
            lifted: &versions[1],
            within: Vec::new(),
            found: Vec::new(),
        };
        search.visit_type("Whole", &[]).unwrap();
        let keys = ["Parts", "*", "New"].map(str::to_owned).to_vec();
        assert_eq!(search.found, [(keys, "Part.New".to_owned())]);
    }
}
