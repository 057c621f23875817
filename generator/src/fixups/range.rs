//! Ranges of API versions, as a fixup names them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use anyhow::{Result, ensure};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use crate::version::Version;

/// One or more ranges of API versions, like `1.25-1.30, 1.33, 1.42-`; both ends belong to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranges(Vec<(Version, Option<Version>)>);

impl Ranges {
    /// Whether the version lies in one of the ranges.
    pub fn contain(&self, version: Version) -> bool {
        let within = |(first, last): &(Version, Option<Version>)| {
            *first <= version && last.is_none_or(|last| version <= last)
        };
        self.0.iter().any(within)
    }
}

impl FromStr for Ranges {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let range = |part: &str| -> Result<_> {
            let (first, last) = match part.split_once('-') {
                None => (part.parse()?, Some(part.parse()?)),
                Some((first, "")) => (first.parse()?, None),
                Some((first, last)) => (first.parse()?, Some(last.parse()?)),
            };
            ensure!(
                last.is_none_or(|last| first <= last),
                "{part} ends before it starts"
            );
            Ok((first, last))
        };
        Ok(Self(
            text.split(',')
                .map(|part| range(part.trim()))
                .collect::<Result<_>>()?,
        ))
    }
}

impl fmt::Display for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (first, last)) in self.0.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            match last {
                Some(last) if last == first => write!(f, "{first}")?,
                Some(last) => write!(f, "{first}-{last}")?,
                None => write!(f, "{first}-")?,
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Ranges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Ranges {
    fn schema_name() -> Cow<'static, str> {
        "Ranges".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": r"^1\.\d+(-(1\.\d+)?)?(, *1\.\d+(-(1\.\d+)?)?)*$"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_belong_to_a_range_and_an_open_end_has_no_last() {
        let ranges = "1.25-1.27, 1.30, 1.42-".parse::<Ranges>().unwrap();
        let inside = [25, 27, 30, 42, 99].map(|minor| ranges.contain(Version::new(1, minor)));
        let outside = [24, 28, 29, 31, 41].map(|minor| ranges.contain(Version::new(1, minor)));
        assert_eq!((inside, outside), ([true; 5], [false; 5]));
        assert_eq!(ranges.to_string(), "1.25-1.27, 1.30, 1.42-");
    }

    #[test]
    fn a_range_that_ends_before_it_starts_is_refused() {
        assert!("1.30-1.29".parse::<Ranges>().is_err());
    }
}
