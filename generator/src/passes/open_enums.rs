//! An enum keeps a value that its API version does not list, and an empty string is no value.

use anyhow::{Result, ensure};
use indexmap::IndexMap;
use quote::quote;
use syn::{Ident, Item, ItemEnum, LitStr, parse_quote};

use super::serde_field::SerdeField;
use super::{Parts, head};
use crate::lift::Lifted;

pub fn run(parts: &mut Parts, lifted: &Lifted) -> Result<()> {
    let mut enums = Vec::new();
    for (name, items) in &mut parts.types {
        if let Some(Item::Enum(closed)) = items.first() {
            *items = open(closed, lifted.types.get(name).map(|typ| &typ.aliases))?;
            enums.push(name.clone());
        }
    }
    for field in parts.structs().flat_map(|item| item.fields.iter_mut()) {
        let Some((_, arguments)) = head(&field.ty).filter(|(name, _)| name == "Option") else {
            continue;
        };
        let inner = arguments.first().and_then(|inner| head(inner));
        if inner.is_some_and(|(name, _)| enums.contains(&name)) {
            let mut serde = SerdeField::of(field)?;
            serde.default = true;
            serde.deserialize_with = Some("crate::support::empty_as_none".to_owned());
            serde.put(field);
        }
    }
    Ok(())
}

fn open(closed: &ItemEnum, aliases: Option<&IndexMap<String, String>>) -> Result<Vec<Item>> {
    let name = &closed.ident;
    let mut variants: Vec<&Ident> = Vec::new();
    let mut values = Vec::new();
    for variant in &closed.variants {
        ensure!(
            variant.ident != "Other",
            "{name} has a variant Other, the name of the open one"
        );
        variants.push(&variant.ident);
        let value = renamed(variant)?.unwrap_or_else(|| variant.ident.to_string());
        values.push(
            aliases
                .and_then(|aliases| aliases.get(&value))
                .cloned()
                .unwrap_or(value),
        );
    }
    let docs = values.iter().map(|value| format!(" `{value}`"));
    let open = parse_quote! {
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #variants,)*
            #[doc = " A value that the spec of this API version does not list."]
            Other(String),
        }
    };
    let strings =
        syn::parse2(quote!(crate::support::open_enum!(#name { #(#variants = #values),* });))?;
    Ok(vec![open, strings])
}

fn renamed(variant: &syn::Variant) -> Result<Option<String>> {
    let mut name = None;
    for attribute in &variant.attrs {
        if attribute.path().is_ident("serde") {
            attribute.parse_nested_meta(|meta| {
                name = Some(meta.value()?.parse::<LitStr>()?.value());
                Ok(())
            })?;
        }
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::super::tests::{lifted, plain, thing_get, types};

    #[test]
    fn an_enum_keeps_what_it_does_not_know() {
        let mode = json!({"properties": {"Mode": {"type": "string", "enum": ["", "a", "A"]}}});
        let lifted = lifted(mode, thing_get());
        let mut parts = plain(&lifted);
        super::run(&mut parts, &lifted).unwrap();
        expect![[r#"
            ///`Thing`
            #[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
            pub struct Thing {
                #[serde(
                    rename = "Mode",
                    default,
                    deserialize_with = "crate::support::empty_as_none",
                    skip_serializing_if = "Option::is_none"
                )]
                pub mode: Option<ThingMode>,
            }
            #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[non_exhaustive]
            pub enum ThingMode {
                /// `a`
                A,
                /// `A`
                A2,
                /// A value that the spec of this API version does not list.
                Other(String),
            }
            crate::support::open_enum!(ThingMode { A = "a", A2 = "A" });
        "#]]
        .assert_eq(&types(parts));
    }
}
