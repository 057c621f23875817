//! The spec files under `spec/`: imported from upstream, verified against it, loaded.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::version::{Version, versions_in};
use crate::{import, yaml};

const PROVENANCE: &str = "provenance.toml";
const REPOSITORY: &str = "https://github.com/moby/moby";

/// Where each file of `spec/` comes from.
#[derive(Default, Serialize, Deserialize)]
pub struct Provenance(BTreeMap<String, Origin>);

/// Where one upstream file was taken from.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Origin {
    repository: String,
    commit: String,
    path: String,
    sha256: String,
}

impl Provenance {
    fn load(spec: &Path) -> Result<Self> {
        let path = spec.join(PROVENANCE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path)?;
        toml::from_str(&text).with_context(|| format!("cannot parse {}", path.display()))
    }

    fn save(&self, spec: &Path) -> Result<()> {
        Ok(fs::write(spec.join(PROVENANCE), toml::to_string(self)?)?)
    }

    /// Checks an upstream file against its known hash, or notes it as taken from `commit`.
    fn admit(&mut self, version: Version, bytes: &[u8], commit: Option<&str>) -> Result<()> {
        let key = format!("v{version}");
        let sha256 = Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        match (commit, self.0.get(&key)) {
            (Some(commit), _) => {
                let origin = Origin {
                    repository: REPOSITORY.to_owned(),
                    commit: commit.to_owned(),
                    path: format!("api/docs/{key}.yaml"),
                    sha256,
                };
                self.0.insert(key, origin);
            }
            (None, Some(origin)) if origin.sha256 == sha256 => {}
            (None, Some(origin)) => bail!(
                "{key}: sha256 is {sha256}, but that of commit {} is {}; \
                 name the commit of a newer file with --commit",
                origin.commit,
                origin.sha256
            ),
            (None, None) => bail!("{key} is new: name its upstream commit with --commit"),
        }
        Ok(())
    }
}

/// The text of a spec file made from an upstream file.
fn spec_text(upstream: &[u8], version: Version) -> Result<String> {
    let upstream: Value = yaml::parse(std::str::from_utf8(upstream)?)?;
    let facts = import::facts(&upstream)?;
    if facts["info"]["version"] != version.to_string() {
        bail!(
            "says that it is version {}, not {version}",
            facts["info"]["version"]
        );
    }
    Ok(format!(
        "# Facts of Engine API v{version}, written by `cargo xtask spec import`; see {PROVENANCE}.\n{}",
        yaml::emit(&facts)?
    ))
}

/// Writes `spec/v1.NN.yaml` from every upstream file of a folder.
pub fn import(from: &Path, spec: &Path, commit: Option<&str>) -> Result<Vec<Version>> {
    let files = versions_in(from)?;
    let mut provenance = Provenance::load(spec)?;
    for (version, path) in &files {
        add_file(path, *version, spec, commit, &mut provenance)?;
    }
    provenance.save(spec)?;
    Ok(files.into_iter().map(|(version, _)| version).collect())
}

/// Writes `spec/v1.NN.yaml` from one upstream file whose name says its version.
pub fn add(file: &Path, spec: &Path, commit: Option<&str>) -> Result<Version> {
    let stem = file
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    let version = stem.parse()?;
    let mut provenance = Provenance::load(spec)?;
    add_file(file, version, spec, commit, &mut provenance)?;
    provenance.save(spec)?;
    Ok(version)
}

fn add_file(
    file: &Path,
    version: Version,
    spec: &Path,
    commit: Option<&str>,
    provenance: &mut Provenance,
) -> Result<()> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    provenance.admit(version, &bytes, commit)?;
    let text = spec_text(&bytes, version).with_context(|| file.display().to_string())?;
    Ok(fs::write(spec.join(version.spec_file()), text)?)
}

/// Imports a folder again without writing, and names every file of `spec/` that differs.
pub fn verify(from: &Path, spec: &Path) -> Result<Vec<String>> {
    let mut provenance = Provenance::load(spec)?;
    let mut differences = Vec::new();
    for (version, path) in versions_in(from)? {
        let bytes = fs::read(&path)?;
        if let Err(error) = provenance.admit(version, &bytes, None) {
            differences.push(error.to_string());
        }
        let name = version.spec_file();
        let imported = spec_text(&bytes, version).with_context(|| path.display().to_string())?;
        match fs::read_to_string(spec.join(&name)) {
            Ok(present) if present == imported => {}
            Ok(_) => differences.push(format!("spec/{name} is not what its upstream file gives")),
            Err(error) => differences.push(format!("spec/{name}: {error}")),
        }
    }
    for (version, _) in versions_in(spec)? {
        if !from.join(version.spec_file()).exists() {
            differences.push(format!("spec/{} has no upstream file", version.spec_file()));
        }
    }
    Ok(differences)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The only strings of the specs that are several words and yet facts.
    const WORDY_FACTS: [&str; 2] = [
        "no-cache, no-store, must-revalidate",
        "Session (experimental)",
    ];

    fn prose<'a>(node: &'a Value, names: bool, found: &mut Vec<&'a str>) {
        const KEYWORDS: [&str; 6] = [
            "description",
            "summary",
            "title",
            "example",
            "examples",
            "externalDocs",
        ];
        match node {
            Value::Object(map) => {
                for (key, value) in map {
                    if !names && KEYWORDS.contains(&key.as_str()) {
                        found.push(key);
                    }
                    let children_are_named =
                        !names && ["properties", "definitions", "headers"].contains(&key.as_str());
                    prose(value, children_are_named, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| prose(item, false, found)),
            Value::String(text) => {
                let wordy = text.contains(char::is_whitespace);
                found.extend(
                    (wordy && !WORDY_FACTS.contains(&text.as_str())).then_some(text.as_str()),
                );
            }
            _ => {}
        }
    }

    #[test]
    fn no_spec_holds_prose() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
        let files = versions_in(&folder).unwrap();
        assert!(files.len() >= 31, "v1.25 to v1.55 and whatever came after");
        for (version, path) in files {
            let text = fs::read_to_string(&path).unwrap();
            assert_eq!(
                text.matches('#').count(),
                text.matches("#/definitions/").count() + 1
            );
            let spec: Value = yaml::parse(&text).unwrap();
            let mut found = Vec::new();
            prose(&spec, false, &mut found);
            assert!(found.is_empty(), "v{version}: {found:?}");
        }
    }
}
