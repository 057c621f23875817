//! Every recorded answer decoded with the types of its version, and what that showed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::Result;
use dockwright_decoders::{Decoders, ERROR, VERSIONS, decoders};
use serde_json::Value;

use crate::corpus::Recorded;
use crate::fidelity::Losses;

/// What was found, each finding with the versions that it was found in.
#[derive(Default)]
pub struct Report {
    answers: usize,
    decoded: usize,
    engines: BTreeSet<String>,
    versions: BTreeSet<&'static str>,
    failures: Findings,
    unknown: Findings,
    changed: Findings,
}

/// Findings by operation and JSON path, with the versions and engines of each.
type Findings = BTreeMap<String, BTreeSet<String>>;

impl Report {
    /// Decodes one answer with the types of every version that gave it.
    pub fn add(&mut self, recorded: &Recorded) -> Result<()> {
        self.answers += 1;
        self.engines.insert(recorded.engine.clone());
        let Some(values) = recorded.values()? else {
            return Ok(());
        };
        let versions: BTreeSet<_> = recorded
            .apis
            .iter()
            .filter_map(|api| crate_for(api))
            .collect();
        for version in versions {
            let Some(decoders) = decoders(version) else {
                continue;
            };
            let Some(operation) = operation(decoders, recorded) else {
                continue;
            };
            for value in &values {
                self.decode(version, decoders, operation, recorded, value);
            }
        }
        Ok(())
    }

    fn decode(
        &mut self,
        version: &'static str,
        decoders: Decoders,
        operation: &str,
        recorded: &Recorded,
        value: &Value,
    ) {
        let Some(result) = (decoders.decode)(operation, value.to_string().as_bytes()) else {
            return;
        };
        self.decoded += 1;
        self.versions.insert(version);
        let place = format!("{} {}", recorded.method, recorded.path);
        let found_in = || format!("v{version} {}", recorded.engine);
        match result {
            Ok(kept) => {
                let losses = Losses::between(value, &kept);
                for path in losses.unknown {
                    self.unknown
                        .entry(format!("{place}{path}"))
                        .or_default()
                        .insert(found_in());
                }
                for path in losses.changed {
                    self.changed
                        .entry(format!("{place}{path}"))
                        .or_default()
                        .insert(found_in());
                }
            }
            Err(error) => {
                let finding = format!("{place} (status {}): {error}", recorded.status);
                self.failures.entry(finding).or_default().insert(found_in());
            }
        }
    }

    /// Whether every answer could be decoded.
    pub fn decodes_all(&self) -> bool {
        self.failures.is_empty()
    }

    /// How many JSON values were decoded.
    pub fn decoded(&self) -> usize {
        self.decoded
    }
}

/// The version whose types read an answer: its own, or the newest for one that is newer.
fn crate_for(api: &str) -> Option<&'static str> {
    let minor = |version: &str| {
        version
            .strip_prefix("1.")
            .and_then(|minor| minor.parse::<u32>().ok())
    };
    let newest = VERSIONS.last().copied()?;
    let own = VERSIONS.iter().copied().find(|version| *version == api);
    own.or_else(|| Some(newest).filter(|newest| minor(api) > minor(newest)))
}

fn operation(decoders: Decoders, recorded: &Recorded) -> Option<&'static str> {
    if recorded.status >= 400 {
        return Some(ERROR);
    }
    let mut operations = decoders.operations.iter();
    let found = operations.find(|(method, path, _)| {
        *method == recorded.method && same_template(path, &recorded.path)
    });
    found.map(|(_, _, id)| *id)
}

/// Whether two templates differ at most in the names of their parameters.
fn same_template(one: &str, other: &str) -> bool {
    let parts = |path: &str| -> Vec<String> {
        let part = |part: &str| if part.starts_with('{') { "{}" } else { part }.to_owned();
        path.split('/').map(part).collect()
    };
    parts(one) == parts(other)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [
            ("failure", &self.failures),
            ("unknown", &self.unknown),
            ("changed", &self.changed),
        ];
        for (kind, findings) in kinds {
            for (finding, found_in) in findings {
                let first = found_in.first().map(String::as_str).unwrap_or_default();
                writeln!(
                    f,
                    "{kind}: {finding} ({first} and {} more)",
                    found_in.len() - 1
                )?;
            }
        }
        write!(
            f,
            "answers: {}, values decoded: {}, versions: {}/{}, engines: {}, decode failures: {}, \
             unknown fields: {}, changed values: {}",
            self.answers,
            self.decoded,
            self.versions.len(),
            VERSIONS.len(),
            self.engines.len(),
            self.failures.len(),
            self.unknown.len(),
            self.changed.len()
        )
    }
}
