//! A null list or map is an empty one, and so is a null value of a map.
//!
//! An object of which nothing is known is one or none: `{"Global": {}}` is a mode of a service.

use syn::{Field, parse_quote};

use super::serde_field::SerdeField;
use super::{Parts, head};

pub fn run(parts: &mut Parts) {
    for field in parts.structs().flat_map(|item| item.fields.iter_mut()) {
        let Some((collection, _)) = head(&field.ty) else {
            continue;
        };
        let function = match collection.as_str() {
            "Vec" => "crate::support::null_as_empty",
            "BTreeMap" => "crate::support::nulls_as_empty",
            "Map" => {
                optional(field);
                continue;
            }
            _ => continue,
        };
        let Ok(mut serde) = SerdeField::of(field) else {
            continue;
        };
        serde.default = true;
        serde.deserialize_with = Some(function.to_owned());
        serde.skip_if = Some(format!("{collection}::is_empty"));
        serde.put(field);
    }
}

fn optional(field: &mut Field) {
    let Ok(mut serde) = SerdeField::of(field) else {
        return;
    };
    serde.default = false;
    serde.skip_if = Some("Option::is_none".to_owned());
    serde.put(field);
    let object = &field.ty;
    field.ty = parse_quote!(Option<#object>);
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::super::tests::{lifted, plain, thing_get, types};

    #[test]
    fn null_is_empty() {
        let lifted = lifted(
            json!({"properties": {
                "List": {"type": "array", "items": {"type": "string"}},
                "Map": {"type": "object", "additionalProperties": {"type": "string"}},
                "Mode": {"type": "object"},
            }}),
            thing_get(),
        );
        let mut parts = plain(&lifted);
        super::run(&mut parts);
        expect![[r#"
            ///`Thing`
            #[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
            pub struct Thing {
                #[serde(
                    rename = "List",
                    default,
                    deserialize_with = "crate::support::null_as_empty",
                    skip_serializing_if = "Vec::is_empty"
                )]
                pub list: Vec<String>,
                #[serde(
                    rename = "Map",
                    default,
                    deserialize_with = "crate::support::nulls_as_empty",
                    skip_serializing_if = "BTreeMap::is_empty"
                )]
                pub map: BTreeMap<String, String>,
                #[serde(rename = "Mode", skip_serializing_if = "Option::is_none")]
                pub mode: Option<serde_json::Map<String, serde_json::Value>>,
            }
        "#]]
        .assert_eq(&types(parts));
    }
}
