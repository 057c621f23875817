//! An enum keeps a value that its API version does not list, and an empty string is no value.

use anyhow::{Result, ensure};
use quote::quote;
use syn::{Ident, Item, ItemEnum, LitStr, parse_quote};

use super::serde_field::SerdeField;
use super::{Parts, head};

pub fn run(parts: &mut Parts) -> Result<()> {
    let mut enums = Vec::new();
    for (name, items) in &mut parts.types {
        if let Some(Item::Enum(closed)) = items.first() {
            *items = open(closed)?;
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

fn open(closed: &ItemEnum) -> Result<Vec<Item>> {
    let name = &closed.ident;
    let mut variants: Vec<&Ident> = Vec::new();
    let mut values = Vec::new();
    for variant in &closed.variants {
        ensure!(
            variant.ident != "Other",
            "{name} has a variant Other, the name of the open one"
        );
        variants.push(&variant.ident);
        values.push(renamed(variant)?.unwrap_or_else(|| variant.ident.to_string()));
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
