//! Recorded answers as JSON Lines, plain or gzipped, one answer a line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;

/// One answer of an engine, and the API versions under which it was just this.
#[derive(Debug, Deserialize)]
pub struct Recorded {
    /// The engine and its version, `docker28 28.5.2`.
    pub engine: String,
    /// The API versions that gave this answer.
    pub apis: Vec<String>,
    /// The method of the request.
    pub method: String,
    /// The path template, `/containers/{id}/json`.
    pub path: String,
    /// The path that was asked for.
    pub url: String,
    /// The status of the answer.
    pub status: u16,
    /// Its media type.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Its body, where that is one JSON value.
    #[serde(default, deserialize_with = "present")]
    body: Option<Value>,
    /// Any other body.
    body_b64: Option<String>,
}

/// Null is a body too.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Recorded {
    /// The JSON values of the body, or none where it is no JSON.
    ///
    /// A recording may be cut, so a last value that is not whole is left out.
    pub fn values(&self) -> Result<Option<Vec<Value>>> {
        if let Some(body) = &self.body {
            return Ok(Some(vec![body.clone()]));
        }
        let Some(encoded) = &self.body_b64 else {
            return Ok(None);
        };
        let bytes = STANDARD.decode(encoded).context("body_b64 is not base64")?;
        let mut values = Vec::new();
        for value in serde_json::Deserializer::from_slice(&bytes).into_iter::<Value>() {
            match value {
                Ok(value) => values.push(value),
                Err(error) if error.is_eof() => break,
                Err(_) => return Ok(None),
            }
        }
        Ok(Some(values).filter(|values| values.iter().all(Value::is_object) && !values.is_empty()))
    }
}

/// Reads a corpus file.
pub fn read(path: &Path) -> Result<Vec<Recorded>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let file: Box<dyn Read> = match path.extension().is_some_and(|extension| extension == "gz") {
        true => Box::new(GzDecoder::new(file)),
        false => Box::new(file),
    };
    let mut recorded = Vec::new();
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let line = line?;
        let answer = serde_json::from_str(&line)
            .with_context(|| format!("{}:{}", path.display(), number + 1))?;
        recorded.push(answer);
    }
    Ok(recorded)
}
