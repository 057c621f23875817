//! Since when and until when there is an operation, a parameter or a field.
//!
//! Read off the differences between all corrected specs, then corrected itself, since specs
//! document late: by `spec/fixups/gates.yaml`, from what the reference client and the engine ask.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail, ensure};
use serde::Deserialize;

use crate::lift::{Lifted, TypeKind};
use crate::version::Version;
use crate::yaml;

/// When something is part of the API; without bounds, it is in every version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first version that has it, where that is not the oldest one.
    pub since: Option<Version>,
    /// The last version that has it, where that is not the newest one.
    pub until: Option<Version>,
}

/// The spans of all operations (`ContainerList`), parameters (`ContainerList?all`) and fields
/// (`ContainerSummary.Id`).
#[derive(Debug, Default)]
pub struct History {
    spans: BTreeMap<String, Span>,
}

/// A span that the specs have wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    features: Vec<String>,
    #[serde(default)]
    since: Option<Version>,
    #[serde(default)]
    until: Option<Version>,
    source: String,
}

impl History {
    /// Reads the history off all versions, oldest first.
    pub fn of<'a>(versions: impl Iterator<Item = &'a Lifted>) -> Self {
        let versions: Vec<_> = versions.collect();
        let mut seen: BTreeMap<String, (Version, Version)> = BTreeMap::new();
        for lifted in &versions {
            for feature in features(lifted) {
                let span = seen
                    .entry(feature)
                    .or_insert((lifted.version, lifted.version));
                span.1 = lifted.version;
            }
        }
        let (oldest, newest) = match (versions.first(), versions.last()) {
            (Some(oldest), Some(newest)) => (oldest.version, newest.version),
            _ => return Self::default(),
        };
        let span = |(first, last)| Span {
            since: Some(first).filter(|first| *first > oldest),
            until: Some(last).filter(|last| *last < newest),
        };
        Self {
            spans: seen
                .into_iter()
                .map(|(feature, seen)| (feature, span(seen)))
                .collect(),
        }
    }

    /// Corrects the history by a file of corrections, each of which must change something.
    pub fn correct(&mut self, path: &Path) -> Result<()> {
        let corrections: Vec<Correction> = yaml::read(path)?;
        for correction in corrections {
            ensure!(
                !correction.source.is_empty(),
                "{:?} has no source",
                correction.features
            );
            for feature in &correction.features {
                let Some(span) = self.spans.get_mut(feature) else {
                    bail!("gates.yaml corrects {feature}, which is in no version");
                };
                let corrected = Span {
                    since: correction.since.or(span.since),
                    until: correction.until.or(span.until),
                };
                ensure!(
                    *span != corrected,
                    "gates.yaml: the specs have {feature} right by now"
                );
                *span = corrected;
            }
        }
        Ok(())
    }

    /// When there is a feature.
    pub fn span(&self, feature: &str) -> Span {
        self.spans.get(feature).copied().unwrap_or_default()
    }

    /// Every feature that is not in all versions, in the order of names.
    pub fn bounded(&self) -> impl Iterator<Item = (&str, Span)> {
        let spans = self
            .spans
            .iter()
            .map(|(feature, span)| (feature.as_str(), *span));
        spans.filter(|(_, span)| *span != Span::default())
    }
}

fn features(lifted: &Lifted) -> Vec<String> {
    let mut features = Vec::new();
    for operation in &lifted.operations {
        features.push(operation.id.clone());
        let parameters = operation.parameters.iter();
        features.extend(parameters.map(|parameter| format!("{}?{}", operation.id, parameter.name)));
    }
    for (name, typ) in &lifted.types {
        if let TypeKind::Object(fields) = &typ.kind {
            let fields = fields.iter().filter(|(_, field)| !field.early);
            features.extend(fields.map(|(field, _)| format!("{name}.{field}")));
        }
    }
    features
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lifted(minor: u32, fields: &[&str]) -> Lifted {
        let fields: serde_json::Map<_, _> = fields
            .iter()
            .map(|field| ((*field).to_owned(), json!({"type": "string"})))
            .collect();
        let spec = json!({"paths": {}, "definitions": {"Thing": {"properties": fields}}});
        crate::lift::lift(&spec, Version::new(1, minor)).unwrap()
    }

    #[test]
    fn a_span_is_bounded_only_where_something_came_or_went() {
        let versions = [
            lifted(1, &["Always", "Gone"]),
            lifted(2, &["Always", "Gone", "Came"]),
            lifted(3, &["Always", "Came"]),
        ];
        let history = History::of(versions.iter());
        let span = |since: Option<u32>, until: Option<u32>| Span {
            since: since.map(|minor| Version::new(1, minor)),
            until: until.map(|minor| Version::new(1, minor)),
        };
        assert_eq!(history.span("Thing.Always"), span(None, None));
        assert_eq!(history.span("Thing.Came"), span(Some(2), None));
        assert_eq!(history.span("Thing.Gone"), span(None, Some(2)));
    }
}
