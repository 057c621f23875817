//! What is large and seldom there stands apart: a list would have room for it in each of its elements.

use syn::{Field, Item, PathArguments, Type, parse_quote};

use super::Parts;
use super::serde_field::wire_name;

/// Fields of what comes in long lists.
const BOXED: [(&str, &str); 5] = [
    ("ContainerSummary", "Config"),
    ("ContainerSummary", "ImageManifestDescriptor"),
    ("ContainerSummary", "NetworkingConfig"),
    ("ContainerSummary", "Platform"),
    ("ImageSummary", "Descriptor"),
];

pub fn run(parts: &mut Parts) {
    for (name, items) in &mut parts.types {
        let Some(Item::Struct(item)) = items.first_mut() else {
            continue;
        };
        for field in &mut item.fields {
            if BOXED.contains(&(name.as_str(), wire_name(field).as_str())) {
                put_apart(field);
            }
        }
    }
}

/// `Option<T>` becomes `Option<Box<T>>`.
fn put_apart(field: &mut Field) {
    let Type::Path(path) = &field.ty else { return };
    let Some(last) = path.path.segments.last() else {
        return;
    };
    if last.ident == "Option"
        && let PathArguments::AngleBracketed(inner) = &last.arguments
        && let Some(inner) = inner.args.first()
    {
        field.ty = parse_quote!(Option<Box<#inner>>);
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    #[test]
    fn an_option_is_one_of_a_box() {
        let mut field: syn::Field = parse_quote!(pub config: Option<super::Config>);
        super::put_apart(&mut field);
        assert_eq!(field, parse_quote!(pub config: Option<Box<super::Config>>));
    }
}
