//! Findings that are known, and why they stay.

use std::path::Path;

use anyhow::{Result, ensure};
use dockwright_generator::yaml;
use serde::Deserialize;

use crate::check::Finding;

/// More than these would be a report that nobody reads.
const MOST: usize = 10;

/// Documented exceptions.
#[derive(Debug, Default)]
pub struct Exceptions {
    all: Vec<Exception>,
    used: Vec<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    /// The end of the finding as it is printed, from the operation on.
    finding: String,
    /// Why it is no mistake, or cannot be mended here.
    reason: String,
}

impl Exceptions {
    /// Reads a file of them.
    pub fn load(path: &Path) -> Result<Self> {
        let all: Vec<Exception> = yaml::read(path)?;
        ensure!(all.len() <= MOST, "more than {MOST} exceptions");
        let bare = all.iter().find(|exception| exception.reason.is_empty());
        ensure!(bare.is_none(), "an exception without a reason: {bare:?}");
        let used = vec![false; all.len()];
        Ok(Self { all, used })
    }

    /// Whether a finding is one of them.
    pub fn allow(&mut self, finding: &Finding) -> bool {
        let text = finding.to_string();
        let known = self
            .all
            .iter()
            .position(|exception| text.ends_with(&exception.finding));
        if let Some(index) = known {
            self.used[index] = true;
        }
        known.is_some()
    }

    /// Those that nothing needs any more.
    pub fn idle(&self) -> impl Iterator<Item = &str> {
        let idle = self.all.iter().zip(&self.used).filter(|(_, used)| !**used);
        idle.map(|(exception, _)| exception.finding.as_str())
    }
}
