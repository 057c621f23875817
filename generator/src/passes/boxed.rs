//! What is large stands apart in what comes in long lists, which would have room for it in each of their
//! elements, whether it is there or not.

use syn::{Field, Item, PathArguments, Type, parse_quote};

use super::Parts;
use super::serde_field::wire_name;

/// Fields of what comes in long lists.
const BOXED: [(&str, &str); 6] = [
    ("ContainerSummary", "Config"),
    ("ContainerSummary", "ImageManifestDescriptor"),
    ("ContainerSummary", "NetworkingConfig"),
    ("ContainerSummary", "Platform"),
    ("ContainerSummaryNetworkSettings", "Networks"),
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

/// `Option<T>` becomes `Option<Box<T>>`, and so do the values of a map, of which the least map has
/// room for eleven.
fn put_apart(field: &mut Field) {
    let Type::Path(path) = &mut field.ty else {
        return;
    };
    let Some(last) = path.path.segments.last_mut() else {
        return;
    };
    if let PathArguments::AngleBracketed(inner) = &mut last.arguments
        && let Some(inner) = inner.args.last_mut()
    {
        *inner = parse_quote!(Box<#inner>);
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    #[test]
    fn what_is_held_is_put_in_a_box() {
        let mut field: syn::Field = parse_quote!(pub config: Option<super::Config>);
        super::put_apart(&mut field);
        assert_eq!(field, parse_quote!(pub config: Option<Box<super::Config>>));
        let mut field: syn::Field = parse_quote!(pub networks: BTreeMap<String, Settings>);
        super::put_apart(&mut field);
        assert_eq!(
            field,
            parse_quote!(pub networks: BTreeMap<String, Box<Settings>>)
        );
    }
}
