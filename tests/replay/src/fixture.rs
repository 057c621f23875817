//! What a recording looks like on disk.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::payload::Payload;
use crate::plan::Plan;

/// A recorded scenario: which engine it was, and what was said in which order.
///
/// # The file
///
/// One scenario against one engine is one JSON file, pretty-printed. JSON, since what engines and
/// clients say to each other is JSON itself: documents appear in the file as documents, and a diff
/// names the field that changed. YAML would need block scalars and a parser more.
///
/// ```json
/// {
///   "scenario": "hello",
///   "engine": { "name": "docker", "version": "28.5.2", "api": "1.51" },
///   "turns": [
///     {
///       "request": { "line": "POST /v1.51/containers/c1/wait" },
///       "on": "wait"
///     },
///     {
///       "request": { "line": "POST /v1.51/containers/c1/start" },
///       "response": { "status": 204, "headers": { "api-version": "1.51" } }
///     },
///     {
///       "on": "wait",
///       "response": { "status": 200, "headers": { "content-type": "application/json" } },
///       "body": [ { "json": { "StatusCode": 0 } } ]
///     }
///   ]
/// }
/// ```
///
/// The order of the file is the order of events; there are no clocks and no sequence numbers. A
/// *turn* is everything that happened on one exchange before something happened on another one.
/// Most exchanges are one turn. One that others interleave with is split: its turns share a name
/// (`on`), and it ends with the last of them. An exchange ends well unless its last turn says
/// `"end": "cut"` (the engine broke off) or `"end": "left"` (the client went away first).
///
/// After a 101 a turn holds a `stream`: `{"client": …}` and `{"server": …}` for what each side
/// wrote, `"client-closed"` and `"server-closed"` for the end of its writing.
///
/// Bytes are a string where they are text, `{"base64": …}` where they are not, and
/// `{"json": …}` for a document that an engine sends without spaces and with a line feed. Each item of a
/// `body` is one chunk. In a request, `{any}` stands for anything: in the path (within a segment), in a
/// query value, a header, a string of a JSON body, or as the whole body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// What the recorded client was doing.
    pub scenario: String,
    /// The engine that answered.
    pub engine: EngineInfo,
    pub(crate) turns: Vec<Turn>,
}

/// Which engine a fixture was recorded from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineInfo {
    /// `docker` or `podman`.
    pub name: String,
    /// The engine's own version, such as `28.5.2`.
    pub version: String,
    /// The newest API version that the engine speaks, such as `1.51`.
    pub api: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turn {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<Request>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) response: Option<Head>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) body: Vec<Payload>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) stream: Vec<Move>,
    #[serde(default, skip_serializing_if = "End::is_complete")]
    pub(crate) end: End,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// Method, path and query.
    pub(crate) line: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Payload>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub(crate) status: u16,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, String>,
}

/// One thing that happened on an upgraded connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Move {
    Client(Payload),
    Server(Payload),
    ClientClosed,
    ServerClosed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum End {
    #[default]
    Complete,
    /// The engine's side broke off before the end.
    Cut,
    /// The client went away before the engine had finished.
    Left,
}

impl End {
    fn is_complete(&self) -> bool {
        *self == End::Complete
    }
}

impl Fixture {
    /// Reads a fixture from a file.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is not a fixture; the message names the file and the place.
    pub fn load(path: impl AsRef<Path>) -> Result<Fixture, FixtureError> {
        let path = path.as_ref();
        std::fs::read_to_string(path)
            .map_err(|error| FixtureError::new(format!("cannot be read: {error}")))
            .and_then(|text| text.parse())
            .map_err(|error| FixtureError {
                path: Some(path.to_owned()),
                ..error
            })
    }

    /// Writes the fixture to a file, replacing what is there.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), FixtureError> {
        let path = path.as_ref();
        std::fs::write(path, self.to_string()).map_err(|error| FixtureError {
            path: Some(path.to_owned()),
            reason: format!("cannot be written: {error}"),
        })
    }

    /// Method, path and query of every recorded request, in the order of their arrival.
    pub fn requests(&self) -> impl Iterator<Item = &str> {
        self.turns
            .iter()
            .filter_map(|turn| turn.request.as_ref())
            .map(|request| request.line.as_str())
    }
}

/// The text of the file that [`Fixture::save`] writes.
impl fmt::Display for Fixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string_pretty(self).map_err(|_| fmt::Error)?;
        writeln!(f, "{text}")
    }
}

impl FromStr for Fixture {
    type Err = FixtureError;

    /// Reads a fixture from text, for instance from `include_str!`.
    fn from_str(text: &str) -> Result<Fixture, FixtureError> {
        let fixture: Fixture = serde_json::from_str(text)
            .map_err(|error| FixtureError::new(format!("is not a fixture: {error}")))?;
        Plan::new(&fixture).map_err(FixtureError::new)?;
        Ok(fixture)
    }
}

/// A fixture could not be read, written or understood.
#[derive(Debug)]
pub struct FixtureError {
    path: Option<PathBuf>,
    reason: String,
}

impl FixtureError {
    fn new(reason: String) -> FixtureError {
        FixtureError { path: None, reason }
    }
}

impl fmt::Display for FixtureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "fixture {}: {}", path.display(), self.reason),
            None => write!(f, "fixture: {}", self.reason),
        }
    }
}

impl std::error::Error for FixtureError {}
