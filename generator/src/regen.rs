//! All raw crates from all specs, and how they differ from those that are there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rayon::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use similar::TextDiff;

use crate::fixups::{self, Fixups};
use crate::history::History;
use crate::lift::{Lifted, lift};
use crate::output::{self, Files, decoders};
use crate::pages::{self, Releases};
use crate::version::{Version, versions_in};
use crate::words::Words;
use crate::{passes, progenitor, yaml};

/// The schema of fixup files, the only generated file under `spec/`.
const SCHEMA: &str = "fixups/schema.json";

/// A version on its way through the pipeline.
pub struct Prepared {
    /// Its spec, corrected and lifted.
    pub lifted: Lifted,
    /// How many fixups it took.
    pub fixups: usize,
}

/// Every version with all that generating any of them needs.
pub struct Pipeline {
    /// The versions, oldest first.
    pub versions: Vec<Prepared>,
    /// The history over all of them.
    pub history: History,
    /// Our words for all that is in them.
    pub words: Words,
    /// What was corrected in them.
    pub fixups: Fixups,
    /// The releases that speak them.
    pub releases: Releases,
    /// The SHA-256 of everything in the folder, so that no byte of it changes unnoticed.
    pub digest: String,
}

impl Pipeline {
    /// Loads, corrects and lifts all specs of a folder.
    pub fn load(folder: &Path) -> Result<Self> {
        let corrections = Fixups::load(&folder.join("fixups"))?;
        let mut specs = versions_in(folder)?
            .into_par_iter()
            .map(|(version, path)| Ok((version, yaml::read(&path)?)))
            .collect::<Result<Vec<_>>>()?;
        let fixups = corrections.apply(&mut specs)?;
        let versions = specs
            .into_par_iter()
            .zip(fixups)
            .map(|((version, spec), fixups)| prepare(version, &spec, fixups))
            .collect::<Result<Vec<_>>>()?;
        let mut history = History::of(versions.iter().map(|prepared| &prepared.lifted));
        history.correct(&folder.join("fixups/gates.yaml"))?;
        let words = Words::load(&folder.join("docs"))?;
        words.check(versions.iter().map(|prepared| &prepared.lifted))?;
        let digest = digest(folder)?;
        Ok(Self {
            versions,
            history,
            words,
            fixups: corrections,
            releases: Releases::load(&folder.join("releases.yaml"))?,
            digest,
        })
    }

    /// The newest version.
    pub fn newest(&self) -> Option<&Prepared> {
        self.versions.last()
    }

    /// The raw crate of one version.
    pub fn generate(&self, prepared: &Prepared) -> Result<RawCrate> {
        let lifted = &prepared.lifted;
        let newest = self.newest().map(|newest| newest.lifted.version);
        let gates = Some(&self.history).filter(|_| newest == Some(lifted.version));
        let parts = passes::run(
            progenitor::generate(&lifted.document)?,
            lifted,
            &self.history,
            &self.words,
        )?;
        let decoders = decoders::module(&parts, lifted);
        Ok(RawCrate {
            files: output::files(parts, lifted, gates)?,
            decoders,
        })
    }

    /// The raw crates of all versions.
    pub fn generate_all(&self) -> Result<BTreeMap<Version, RawCrate>> {
        let generate = |prepared: &Prepared| {
            let version = prepared.lifted.version;
            let raw = self
                .generate(prepared)
                .with_context(|| format!("v{version}"))?;
            Ok((version, raw))
        };
        self.versions.par_iter().map(generate).collect()
    }
}

/// The SHA-256 of all files of a folder and their names, but for the one that is generated.
fn digest(folder: &Path) -> Result<String> {
    let mut files = Vec::new();
    list(folder, &mut files)?;
    files.retain(|path| !path.ends_with(SCHEMA));
    files.sort();
    let mut digest = Sha256::new();
    for path in files {
        let name = path.strip_prefix(folder)?.to_string_lossy().into_owned();
        digest.update(format!("{name}\0"));
        digest.update(fs::read(&path)?);
    }
    Ok(digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// What is generated from one version.
pub struct RawCrate {
    /// The files of its crate.
    pub files: Files,
    /// Its module of the crate of decoders.
    pub decoders: String,
}

fn prepare(version: Version, spec: &Value, fixups: usize) -> Result<Prepared> {
    let lifted = lift(spec, version).with_context(|| format!("v{version}"))?;
    Ok(Prepared { lifted, fixups })
}

/// What is to be where below the root of the workspace.
pub fn expected(pipeline: &Pipeline) -> Result<BTreeMap<PathBuf, String>> {
    let generated = Path::new("generated");
    let mut expected = BTreeMap::new();
    let crates = pipeline.generate_all()?;
    let versions: Vec<Version> = crates.keys().copied().collect();
    let mut shared = decoders::rest(&versions, &pipeline.digest);
    for (version, raw) in crates {
        shared.insert(format!("src/{}.rs", version.folder()), raw.decoders);
        let folder = generated.join(version.folder());
        expected.extend(
            raw.files
                .into_iter()
                .map(|(path, text)| (folder.join(path), text)),
        );
    }
    let folder = generated.join(decoders::FOLDER);
    expected.extend(
        shared
            .into_iter()
            .map(|(path, text)| (folder.join(path), text)),
    );
    expected.insert(Path::new("spec").join(SCHEMA), fixups::json_schema()?);
    if let Some(newest) = pipeline.newest() {
        let page = pages::compatibility(&pipeline.history, &newest.lifted, &pipeline.releases);
        expected.insert(Path::new("docs/compatibility.md").to_owned(), page);
    }
    let page = pages::spec_bugs(&pipeline.fixups);
    expected.insert(Path::new("docs/spec-bugs.md").to_owned(), page);
    Ok(expected)
}

/// Writes what differs, removes what is not to be there, and returns the paths of both.
pub fn write(root: &Path, expected: &BTreeMap<PathBuf, String>) -> Result<Vec<PathBuf>> {
    let changed = differing(root, expected)?;
    for path in &changed {
        let target = root.join(path);
        match expected.get(path) {
            Some(text) => {
                fs::create_dir_all(target.parent().context("a file is in a folder")?)?;
                fs::write(&target, text)?;
            }
            None => fs::remove_file(&target)?,
        }
    }
    Ok(changed)
}

/// The paths that are not as expected: changed, missing, or not to be there at all.
pub fn differing(root: &Path, expected: &BTreeMap<PathBuf, String>) -> Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = expected
        .iter()
        .filter(|(path, text)| fs::read(root.join(path)).ok().as_deref() != Some(text.as_bytes()))
        .map(|(path, _)| path.clone())
        .collect();
    let mut present = Vec::new();
    list(&root.join("generated"), &mut present)?;
    for path in present {
        let path = path.strip_prefix(root)?.to_owned();
        if !expected.contains_key(&path) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// A unified diff from what is there to what is expected.
pub fn diff(root: &Path, path: &Path, expected: &BTreeMap<PathBuf, String>) -> String {
    let present = fs::read(root.join(path)).unwrap_or_default();
    let present = String::from_utf8_lossy(&present);
    let wanted = expected.get(path).map(String::as_str).unwrap_or_default();
    let name = path.display().to_string();
    TextDiff::from_lines(present.as_ref(), wanted)
        .unified_diff()
        .header(&name, &name)
        .to_string()
}

fn list(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => list(&entry.path(), found)?,
            false => found.push(entry.path()),
        }
    }
    Ok(())
}
