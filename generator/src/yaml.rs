//! YAML in and out, as JSON values that keep the order of their keys.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a YAML file.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| format!("cannot parse {}", path.display()))
}

/// Parses YAML text.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    Ok(serde_saphyr::from_str(text)?)
}

/// Writes a value as YAML text.
pub fn emit(value: &Value) -> Result<String> {
    Ok(serde_saphyr::to_string(value)?)
}
