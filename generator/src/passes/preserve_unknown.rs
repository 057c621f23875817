//! What a client sends, it may have read before: such types keep the fields that nobody knows here.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use syn::{Fields, parse_quote};

use super::Parts;
use crate::lift::{Lifted, TypeKind};

pub fn run(parts: &mut Parts, lifted: &Lifted) -> Result<()> {
    let travelling = travelling(lifted);
    for item in parts
        .structs()
        .filter(|item| travelling.contains(&item.ident.to_string()))
    {
        let Fields::Named(fields) = &mut item.fields else {
            continue;
        };
        let clash = fields
            .named
            .iter()
            .any(|field| field.ident.as_ref().is_some_and(|ident| ident == "extra"));
        ensure!(
            !clash,
            "{} has a field extra, the name of the unknown ones",
            item.ident
        );
        fields.named.push(parse_quote! {
            /// Fields that this API version does not know; they are sent back as they came.
            #[serde(flatten)]
            pub extra: serde_json::Map<String, serde_json::Value>
        });
    }
    Ok(())
}

/// Every type that is part of a request body.
fn travelling(lifted: &Lifted) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&String> = lifted
        .operations
        .iter()
        .flat_map(|operation| &operation.body)
        .collect();
    while let Some(name) = next.pop() {
        let Some(typ) = lifted.types.get(name) else {
            continue;
        };
        if reached.insert(name.clone())
            && let TypeKind::Object(fields) = &typ.kind
        {
            next.extend(fields.values().flat_map(|field| &field.types));
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::super::tests::{lifted, plain, types};

    #[test]
    fn what_is_sent_keeps_unknown_fields() {
        let create = json!({
            "operationId": "ThingCreate", "tags": ["Thing"],
            "parameters": [{"name": "id", "in": "path", "type": "string"}, {"name": "body", "in": "body", "schema": {"$ref": "#/definitions/Thing"}}],
            "responses": {"204": {}},
        });
        let lifted = lifted(json!({"properties": {"Name": {"type": "string"}}}), create);
        let mut parts = plain(&lifted);
        super::run(&mut parts, &lifted).unwrap();
        expect![[r#"
            ///`Thing`
            #[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
            pub struct Thing {
                #[serde(rename = "Name", skip_serializing_if = "Option::is_none")]
                pub name: Option<String>,
                /// Fields that this API version does not know; they are sent back as they came.
                #[serde(flatten)]
                pub extra: serde_json::Map<String, serde_json::Value>,
            }
        "#]]
        .assert_eq(&types(parts));
    }
}
