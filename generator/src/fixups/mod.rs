//! Where the Engine and its spec disagree: a registry of corrections, as data under `spec/fixups/`.
//!
//! Each fixup names its versions, what the spec says, what the engine does and how that is
//! known. One that changes nothing in one of its versions is an error: it has expired there.

mod backport;
mod edit;
mod range;
mod target;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

pub use backport::EARLY;
pub use edit::{Edit, PUBLISHED};
pub use range::Ranges;

use crate::version::Version;
use crate::yaml;

/// One disagreement and the edits that settle it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fixup {
    /// A name of its own, in kebab-case.
    pub id: String,
    /// The API versions whose spec needs it: `1.25-1.30`, `1.44`, `1.42-` for all from there on.
    pub versions: Ranges,
    /// What the spec says.
    pub spec: String,
    /// What engines do, or, on the `special` shelf, what we want instead and why.
    pub engine: String,
    /// How that is known: recorded answers, reference sources, issues.
    pub evidence: Vec<String>,
    /// The edits, applied in order.
    pub edits: Vec<Edit>,
    /// The shelf that it lies on.
    #[serde(skip)]
    pub shelf: Shelf,
    /// The area that its file is named after.
    #[serde(skip)]
    pub area: String,
}

/// Why there is a fixup.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shelf {
    /// The spec is right, and we want it otherwise.
    Special,
    /// The spec is wrong.
    #[default]
    Upstream,
}

/// All fixups of `spec/fixups/`.
#[derive(Debug, Default)]
pub struct Fixups {
    all: Vec<Fixup>,
}

impl Fixups {
    /// Reads every file of both shelves, in the order of their names; ours first, so that
    /// corrections say the same names in all versions.
    pub fn load(folder: &Path) -> Result<Self> {
        let mut all = Vec::new();
        for (name, shelf) in [("special", Shelf::Special), ("upstream", Shelf::Upstream)] {
            let mut files = fs::read_dir(folder.join(name))
                .with_context(|| format!("cannot list {}", folder.join(name).display()))?
                .map(|entry| Ok(entry?.path()))
                .collect::<Result<Vec<_>>>()?;
            files.sort();
            for path in files {
                let area = path.file_stem().unwrap_or_default().to_string_lossy();
                let fixups: Vec<Fixup> = yaml::read(&path)?;
                all.extend(fixups.into_iter().map(|fixup| Fixup {
                    shelf,
                    area: area.clone().into_owned(),
                    ..fixup
                }));
            }
        }
        let fixups = Self { all };
        fixups.check()?;
        Ok(fixups)
    }

    /// All of them, ours first.
    pub fn iter(&self) -> impl Iterator<Item = &Fixup> {
        self.all.iter()
    }

    /// Leaves out those that are not to be kept.
    pub fn retain(&mut self, keep: impl FnMut(&Fixup) -> bool) {
        self.all.retain(keep);
    }

    /// Every fixup has a name of its own and its evidence.
    fn check(&self) -> Result<()> {
        if let Some(bare) = self.all.iter().find(|fixup| fixup.evidence.is_empty()) {
            bail!("fixup {} has no evidence", bare.id);
        }
        let mut ids: Vec<_> = self.all.iter().map(|fixup| fixup.id.as_str()).collect();
        ids.sort_unstable();
        match ids.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => bail!("two fixups are named {}", pair[0]),
            None => Ok(()),
        }
    }

    /// Corrects the specs of all versions, oldest first, and returns how many fixups each took.
    ///
    /// The newest is corrected first, so that each can take over from the next newer one.
    pub fn apply(&self, specs: &mut [(Version, Value)]) -> Result<Vec<usize>> {
        let mut applied = vec![0; specs.len()];
        for index in (0..specs.len()).rev() {
            let (older, newer) = specs.split_at_mut(index + 1);
            let (version, spec) = &mut older[index];
            let newer = newer.first_mut().map(|(_, newer)| newer);
            applied[index] = self.correct(*version, spec, newer)?;
        }
        Ok(applied)
    }

    fn correct(
        &self,
        version: Version,
        spec: &mut Value,
        mut newer: Option<&mut Value>,
    ) -> Result<usize> {
        let due = self
            .all
            .iter()
            .filter(|fixup| fixup.versions.contain(version));
        let mut applied = 0;
        for fixup in due {
            for edit in &fixup.edits {
                edit.apply(spec, newer.as_deref_mut()).with_context(|| {
                    format!(
                        "fixup {} changes nothing in v{version}: correct it or narrow its versions ({})",
                        fixup.id, fixup.versions
                    )
                })?;
            }
            applied += 1;
        }
        Ok(applied)
    }
}

/// The JSON Schema of a fixup file, for editors.
pub fn json_schema() -> Result<String> {
    let schema = schemars::schema_for!(Vec<Fixup>);
    Ok(serde_json::to_string_pretty(&schema)? + "\n")
}
