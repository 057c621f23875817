//! The names of types: those of definitions in Rust's case, and those that inline schemas get.

use anyhow::{Result, ensure};
use heck::ToUpperCamelCase;

/// No generated name is longer than this.
pub const LONGEST: usize = 48;

/// The Rust name of a definition, or of an inline schema found at `parts`.
///
/// A part that begins as the name so far ends is not said twice: the `SpecMode` of a
/// `ServiceSpec` is a `ServiceSpecMode`.
pub fn type_name(parts: &[&str]) -> Result<String> {
    let mut name = String::new();
    for part in parts {
        let part = part.to_upper_camel_case();
        let overlap = (1..=part.len().min(name.len()))
            .rev()
            .filter(|length| part.is_char_boundary(*length))
            .filter(|length| {
                part[*length..]
                    .chars()
                    .next()
                    .is_none_or(char::is_uppercase)
            })
            .find(|length| name.ends_with(&part[..*length]) && *length > 2);
        name.push_str(&part[overlap.unwrap_or(0)..]);
    }
    ensure!(
        name.len() <= LONGEST,
        "the type name {name} is longer than {LONGEST}: name its schema by a fixup"
    );
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_rusts_case_and_say_nothing_twice() {
        let name = |parts: &[&str]| type_name(parts).unwrap();
        assert_eq!(name(&["IPAMConfig"]), "IpamConfig");
        assert_eq!(
            name(&["ContainerSummary", "HostConfig"]),
            "ContainerSummaryHostConfig"
        );
        assert_eq!(name(&["ServiceSpec", "SpecMode"]), "ServiceSpecMode");
        assert_eq!(name(&["ContainerState", "status"]), "ContainerStateStatus");
    }

    #[test]
    fn a_long_name_is_refused() {
        assert!(
            type_name(&["VeryVeryLongDefinition", "VeryVeryLongProperty", "AndAgain"]).is_err()
        );
    }
}
