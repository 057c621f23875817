//! Fields whose names make no good identifiers have others in the document, and their own on the wire.

use super::Parts;
use super::serde_field::{SerdeField, wire_name};
use crate::lift::Lifted;

pub fn run(parts: &mut Parts, lifted: &Lifted) {
    for item in parts.structs() {
        let Some(typ) = lifted.types.get(&item.ident.to_string()) else {
            continue;
        };
        for field in &mut item.fields {
            let Some(wire) = typ.aliases.get(&wire_name(field)) else {
                continue;
            };
            let Ok(mut serde) = SerdeField::of(field) else {
                continue;
            };
            serde.rename = Some(wire.clone());
            serde.put(field);
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::super::tests::{lifted, plain, thing_get, types};

    #[test]
    fn names_that_differ_in_case_alone_stay_apart() {
        let names = json!({"properties": {"Id": {"type": "string"}, "ID": {"type": "string"}}});
        let lifted = lifted(names, thing_get());
        let mut parts = plain(&lifted);
        super::run(&mut parts, &lifted);
        expect![[r#"
            ///`Thing`
            #[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
            pub struct Thing {
                #[serde(rename = "Id", skip_serializing_if = "Option::is_none")]
                pub id: Option<String>,
                #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
                pub id_2: Option<String>,
            }
        "#]]
        .assert_eq(&types(parts));
    }
}
