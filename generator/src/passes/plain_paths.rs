//! Paths as a person writes them: `Option`, not `::std::option::Option`; no lifetime that can be left out.

use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Field, GenericParam, Generics, Item, Path, TypeReference, parse_quote};

use super::Parts;
use super::serde_field::SerdeField;

pub fn run(parts: &mut Parts) {
    let mut pass = PlainPaths;
    for item in parts.types.iter_mut().flat_map(|(_, items)| items) {
        pass.visit_item_mut(item);
        if let Item::Struct(item) = item {
            derive(&mut item.attrs);
            item.fields.iter_mut().for_each(plain_skip);
        }
    }
    for method in &mut parts.operations {
        pass.visit_impl_item_fn_mut(&mut method.function);
    }
}

fn derive(attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| !attribute.path().is_ident("derive"));
    attributes
        .push(parse_quote!(#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]));
}

/// `"Option::is_none"`, not `"::std::option::Option::is_none"`.
fn plain_skip(field: &mut Field) {
    let Ok(mut serde) = SerdeField::of(field) else {
        return;
    };
    if let Some(function) = serde.skip_if.as_deref() {
        let plain = function.replace(' ', "");
        let mut names = plain.rsplit("::");
        let (method, typ) = (
            names.next().unwrap_or_default(),
            names.next().unwrap_or_default(),
        );
        serde.skip_if = Some(format!("{typ}::{method}"));
        serde.put(field);
    }
}

struct PlainPaths;

impl VisitMut for PlainPaths {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        path.leading_colon = None;
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|part| part.ident.to_string())
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let known = matches!(
            names.as_slice(),
            [
                "std",
                "option" | "string" | "vec" | "collections" | "boxed",
                _
            ] | ["types", _]
                | ["progenitor_client", "QueryParam", ..]
        );
        if known {
            let skipped = if names[0] == "std" { 2 } else { 1 };
            path.segments = std::mem::take(&mut path.segments)
                .into_iter()
                .skip(skipped)
                .collect();
        }
    }

    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        visit_mut::visit_type_reference_mut(self, reference);
        reference.lifetime = None;
    }

    fn visit_receiver_mut(&mut self, receiver: &mut syn::Receiver) {
        *receiver = parse_quote!(&self);
    }

    fn visit_generics_mut(&mut self, generics: &mut Generics) {
        let types = std::mem::take(&mut generics.params)
            .into_iter()
            .filter(|param| !matches!(param, GenericParam::Lifetime(_)));
        generics.params = types.collect::<Punctuated<_, _>>();
        if generics.params.is_empty() {
            generics.lt_token = None;
            generics.gt_token = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::super::tests::{lifted, plain, thing_get, types};

    #[test]
    fn paths_are_as_a_person_writes_them() {
        let lifted = lifted(
            json!({"properties": {"Name": {"type": "string"}}}),
            thing_get(),
        );
        expect![[r#"
            ///`Thing`
            #[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
            pub struct Thing {
                #[serde(rename = "Name", skip_serializing_if = "Option::is_none")]
                pub name: Option<String>,
            }
        "#]]
        .assert_eq(&types(plain(&lifted)));
    }
}
