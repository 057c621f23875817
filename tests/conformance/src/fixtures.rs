//! The recordings of the replay tests.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use dockwright_replay::{Exchange, Fixture};

/// A recorded scenario.
pub struct Recording {
    /// The engine and its version, `docker 28.5.2`.
    pub engine: String,
    /// The API version that it was spoken to in.
    pub version: String,
    /// The name of the scenario.
    pub scenario: String,
    /// What was said.
    pub exchanges: Vec<Exchange>,
}

/// Reads a folder with `ENGINE-VERSION/v1.NN/SCENARIO.json`.
pub fn read(folder: &Path) -> Result<Vec<Recording>> {
    let mut recordings = Vec::new();
    for engine in entries(folder)? {
        for version in entries(&engine)? {
            let name = version.file_name().unwrap_or_default().to_string_lossy();
            for path in entries(&version)? {
                let fixture = Fixture::load(&path).with_context(|| path.display().to_string())?;
                recordings.push(Recording {
                    engine: format!("{} {}", fixture.engine.name, fixture.engine.version),
                    version: name.trim_start_matches('v').to_owned(),
                    scenario: fixture.scenario.clone(),
                    exchanges: fixture.exchanges(),
                });
            }
        }
    }
    Ok(recordings)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
