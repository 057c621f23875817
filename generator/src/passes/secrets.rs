//! What is secret is not printed: `Debug` of a type that holds a secret says that it is there, no more.

use quote::quote;
use syn::{Attribute, Fields, Item, ItemStruct, parse_quote};

use super::Parts;
use super::serde_field::wire_name;

/// Names on the wire of what is secret wherever it stands.
const SECRET: [&str; 7] = [
    "password",
    "auth",
    "identitytoken",
    "registrytoken",
    "IdentityToken",
    "UnlockKey",
    "SigningCAKey",
];

/// What is secret in these types alone.
const SECRET_IN: [(&str, &str); 5] = [
    ("SecretSpec", "Data"),
    ("SecretCreateBody", "Data"),
    ("JoinTokens", "Worker"),
    ("JoinTokens", "Manager"),
    ("SwarmJoinBody", "JoinToken"),
];

/// Headers that carry credentials, as the fields of parameters name them.
const HEADERS: [&str; 2] = ["x_registry_auth", "x_registry_config"];

pub fn run(parts: &mut Parts) {
    for (name, items) in &mut parts.types {
        let Some(Item::Struct(item)) = items.first_mut() else {
            continue;
        };
        let secret =
            |wire: &str| SECRET.contains(&wire) || SECRET_IN.contains(&(name.as_str(), wire));
        let names: Vec<String> = item.fields.iter().map(wire_name).collect();
        let hidden: Vec<bool> = names.iter().map(|wire| secret(wire)).collect();
        let debug = conceal(item, &hidden);
        items.extend(debug);
    }
    for method in &mut parts.operations {
        let Some(params) = &mut method.params else {
            continue;
        };
        let idents = params
            .fields
            .iter()
            .filter_map(|field| field.ident.as_ref());
        let hidden: Vec<bool> = idents
            .map(|ident| HEADERS.contains(&ident.to_string().as_str()))
            .collect();
        method.debug = conceal(params, &hidden);
    }
}

/// A `Debug` by hand in place of the derived one, for a struct with hidden fields.
fn conceal(item: &mut ItemStruct, hidden: &[bool]) -> Option<Item> {
    let Fields::Named(fields) = &item.fields else {
        return None;
    };
    if !hidden.contains(&true) {
        return None;
    }
    let printed = fields.named.iter().zip(hidden).map(|(field, hidden)| {
        let ident = &field.ident;
        let name = ident.as_ref().map(ToString::to_string);
        match hidden {
            true => quote!(.field(#name, &crate::support::Redacted)),
            false => quote!(.field(#name, &self.#ident)),
        }
    });
    let name = &item.ident;
    let text = name.to_string();
    let debug = parse_quote! {
        impl std::fmt::Debug for #name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(#text) #(#printed)* .finish()
            }
        }
    };
    item.attrs.iter_mut().for_each(underive);
    Some(debug)
}

/// Takes `Debug` from a `#[derive(…)]`.
fn underive(attribute: &mut Attribute) {
    if !attribute.path().is_ident("derive") {
        return;
    }
    let mut kept = Vec::new();
    let read = attribute.parse_nested_meta(|meta| {
        if !meta.path.is_ident("Debug") {
            kept.push(meta.path);
        }
        Ok(())
    });
    if read.is_ok() {
        *attribute = parse_quote!(#[derive(#(#kept),*)]);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::super::tests::{lifted, plain, thing_get, types};

    #[test]
    fn a_secret_is_not_printed() {
        let login = json!({"properties": {
            "username": {"type": "string"}, "password": {"type": "string"},
        }});
        let lifted = lifted(login, thing_get());
        let mut parts = plain(&lifted);
        super::run(&mut parts);
        expect![[r#"
            ///`Thing`
            #[derive(Clone, Default, PartialEq, Deserialize, Serialize)]
            pub struct Thing {
                #[serde(skip_serializing_if = "Option::is_none")]
                pub password: Option<String>,
                #[serde(skip_serializing_if = "Option::is_none")]
                pub username: Option<String>,
            }
            impl std::fmt::Debug for Thing {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.debug_struct("Thing")
                        .field("password", &crate::support::Redacted)
                        .field("username", &self.username)
                        .finish()
                }
            }
        "#]]
        .assert_eq(&types(parts));
    }
}
