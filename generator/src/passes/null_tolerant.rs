//! A null list or map is an empty one, and so is a null value of a map.

use super::serde_field::SerdeField;
use super::{Parts, head};

pub fn run(parts: &mut Parts) {
    for field in parts.structs().flat_map(|item| item.fields.iter_mut()) {
        let Some((collection, arguments)) = head(&field.ty) else {
            continue;
        };
        let function = match collection.as_str() {
            "Vec" => "crate::support::null_as_empty",
            "BTreeMap" if holds_values(&arguments) => "crate::support::null_as_empty",
            "BTreeMap" => "crate::support::nulls_as_empty",
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

/// Whether the values of a map are arbitrary JSON, where null is a value like any other.
fn holds_values(arguments: &[&syn::Type]) -> bool {
    arguments
        .last()
        .and_then(|value| head(value))
        .is_some_and(|(name, _)| name == "Value")
}
