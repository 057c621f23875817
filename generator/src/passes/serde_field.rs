//! The serde attribute of a field, to read and to rewrite.

use syn::{Attribute, Field, LitStr, Result, parse_quote};

/// What the `#[serde(…)]` of a field says.
#[derive(Default)]
pub struct SerdeField {
    pub rename: Option<String>,
    pub default: bool,
    pub skip_if: Option<String>,
    pub deserialize_with: Option<String>,
    pub flatten: bool,
}

impl SerdeField {
    /// Reads the attribute of a field.
    pub fn of(field: &Field) -> Result<Self> {
        let mut serde = Self::default();
        for attribute in field
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("serde"))
        {
            attribute.parse_nested_meta(|meta| {
                let text = || Ok::<_, syn::Error>(Some(meta.value()?.parse::<LitStr>()?.value()));
                if meta.path.is_ident("rename") {
                    serde.rename = text()?;
                } else if meta.path.is_ident("skip_serializing_if") {
                    serde.skip_if = text()?;
                } else if meta.path.is_ident("deserialize_with") {
                    serde.deserialize_with = text()?;
                } else if meta.path.is_ident("default") {
                    serde.default = true;
                } else if meta.path.is_ident("flatten") {
                    serde.flatten = true;
                } else {
                    return Err(meta.error("an attribute that no pass knows"));
                }
                Ok(())
            })?;
        }
        Ok(serde)
    }

    /// Puts the attribute in place of the one that the field has.
    pub fn put(&self, field: &mut Field) {
        let mut parts: Vec<proc_macro2::TokenStream> = Vec::new();
        if let Some(name) = &self.rename {
            parts.push(quote::quote!(rename = #name));
        }
        if self.default {
            parts.push(quote::quote!(default));
        }
        if let Some(function) = &self.deserialize_with {
            parts.push(quote::quote!(deserialize_with = #function));
        }
        if let Some(function) = &self.skip_if {
            parts.push(quote::quote!(skip_serializing_if = #function));
        }
        if self.flatten {
            parts.push(quote::quote!(flatten));
        }
        let attribute: Attribute = parse_quote!(#[serde(#(#parts),*)]);
        field
            .attrs
            .retain(|attribute| !attribute.path().is_ident("serde"));
        field.attrs.push(attribute);
    }
}

/// The name of a field on the wire.
pub fn wire_name(field: &Field) -> String {
    let renamed = SerdeField::of(field).ok().and_then(|serde| serde.rename);
    renamed.unwrap_or_else(|| {
        field
            .ident
            .as_ref()
            .map(|ident| ident.to_string())
            .unwrap_or_default()
    })
}
