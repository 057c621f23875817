//! The names of types: those of definitions in Rust's case, and those that inline schemas get.

use std::collections::HashMap;

use anyhow::{Result, ensure};
use heck::{ToSnakeCase, ToUpperCamelCase};

/// No generated name is longer than this.
pub const LONGEST: usize = 48;

/// The Rust name of a definition, or of an inline schema found at `parts`.
///
/// A part that begins as the name so far ends is not said twice: the `SpecMode` of a
/// `ServiceSpec` is a `ServiceSpecMode`.
pub fn type_name(parts: &[&str]) -> Result<String> {
    let mut name = String::new();
    for part in parts {
        let part = spelled(part).to_upper_camel_case();
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

/// Words whose case says nothing of where a word ends.
const WORDS: [(&str, &str); 8] = [
    ("CPUs", "Cpus"),
    ("IDs", "Ids"),
    ("IPs", "Ips"),
    ("URLs", "Urls"),
    ("CIDRs", "Cidrs"),
    ("IPv4", "Ipv4"),
    ("IPv6", "Ipv6"),
    ("IOps", "Iops"),
];

/// A name in which every word begins with its only capital letter, as far as that is needed.
fn spelled(name: &str) -> String {
    let spell = |name: String, (from, to): &(&str, &str)| name.replace(from, to);
    WORDS.iter().fold(name.to_owned(), spell)
}

/// Names that become good identifiers: one that differs from an earlier one in case alone
/// gets a number.
pub fn apart<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut seen = HashMap::new();
    names
        .map(|name| {
            let name = spelled(name);
            let times = seen
                .entry(name.to_snake_case())
                .and_modify(|times| *times += 1);
            match times.or_insert(1) {
                1 => name,
                times => format!("{name}_{times}"),
            }
        })
        .collect()
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
    fn names_that_differ_in_case_alone_stay_apart() {
        let names = ["Id", "ID", "NanoCPUs"].map(str::to_owned);
        assert_eq!(apart(names.iter()), ["Id", "ID_2", "NanoCpus"]);
    }

    #[test]
    fn a_long_name_is_refused() {
        assert!(
            type_name(&["VeryVeryLongDefinition", "VeryVeryLongProperty", "AndAgain"]).is_err()
        );
    }
}
