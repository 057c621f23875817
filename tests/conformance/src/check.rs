//! Recordings held against the raw crates and the corrected specs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use dockwright_decoders::{ERROR, VERSIONS, decoders};
use dockwright_generator::lift::Operation;
use dockwright_replay::Exchange;
use serde_json::Value;

use crate::exceptions::Exceptions;
use crate::fidelity::Losses;
use crate::fixtures::Recording;
use crate::request;
use crate::shapes::{From, Misfit, Shape, Shapes};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The crate cannot read what came.
    Failure,
    /// A field that the crate does not know.
    Unknown,
    /// A value that is another when the crate has written it again.
    Lossy,
    /// Something in a request that the version in its path does not have.
    Request,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failure => "decode failure",
            Self::Unknown => "unknown field",
            Self::Lossy => "lossy value",
            Self::Request => "request",
        })
    }
}

/// One thing that is wrong: in which version, of which operation, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What is wrong.
    pub kind: Kind,
    /// The API version.
    pub version: String,
    /// The id of the operation.
    pub operation: String,
    /// The JSON path, the parameter or the header, and what is the matter there.
    pub path: String,
}

/// What came of the comparison.
#[derive(Default)]
pub struct Check {
    exchanges: usize,
    requests: usize,
    versions: BTreeSet<String>,
    engines: BTreeSet<String>,
    operations: BTreeSet<String>,
    /// With the places that each was found in.
    findings: BTreeMap<Finding, BTreeSet<String>>,
    excepted: usize,
}

impl Check {
    /// Compares a recording with the raw crates and the shapes of its version and of the newest.
    pub fn add(&mut self, recording: &Recording, shapes: &Shapes) {
        self.engines.insert(recording.engine.clone());
        self.versions.insert(recording.version.clone());
        let place = format!("{}, {}", recording.engine, recording.scenario);
        for exchange in &recording.exchanges {
            self.exchanges += 1;
            self.exchange(exchange, &recording.version, &place, shapes);
        }
    }

    fn exchange(&mut self, exchange: &Exchange, spoken: &str, place: &str, shapes: &Shapes) {
        let (method, target) = exchange.request.split_once(' ').unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        let prefixed = path
            .strip_prefix("/v")
            .and_then(|rest| rest.split_once('/'));
        let (version, path) = match prefixed {
            Some((version, path)) => (version, format!("/{path}")),
            // A ping is of no version: it asks for one.
            None => (VERSIONS.last().copied().unwrap_or(spoken), path.to_owned()),
        };
        let Some(shape) = shapes.of(version) else {
            return self.found(Kind::Request, version, method, "no such version", place);
        };
        let Some(operation) = shape.operation(method, &path) else {
            let operation = format!("{method} {path}");
            return self.found(
                Kind::Request,
                version,
                &operation,
                "no such operation",
                place,
            );
        };
        self.requests += 1;
        self.operations.insert(operation.id.clone());
        for misfit in request::misfits(shape, operation, exchange) {
            self.found(Kind::Request, version, &operation.id, &told(&misfit), place);
        }
        self.answer(exchange, version, operation, shapes, place);
    }

    fn answer(
        &mut self,
        exchange: &Exchange,
        version: &str,
        operation: &Operation,
        shapes: &Shapes,
        place: &str,
    ) {
        let status = exchange.answer.as_ref().map_or(0, |answer| answer.status);
        let name = if status >= 400 { ERROR } else { &operation.id };
        for value in values(exchange) {
            let value = match value {
                Ok(value) => value,
                Err(error) => {
                    let reason = format!("no JSON: {error}");
                    self.found(Kind::Failure, version, &operation.id, &reason, place);
                    continue;
                }
            };
            self.against_shape(version, operation, status, &value, shapes, place);
            self.against_crate(version, version, name, &value, place);
            if let Some(newest) = VERSIONS.last().filter(|newest| **newest != version) {
                self.against_crate(newest, version, name, &value, place);
            }
        }
    }

    /// What the version's own shape does not know; types that are sent back keep even such fields.
    fn against_shape(
        &mut self,
        version: &str,
        operation: &Operation,
        status: u16,
        value: &Value,
        shapes: &Shapes,
        place: &str,
    ) {
        let schema = |shape: &Shape| match status {
            400.. => Some(shape.error()),
            _ => shape.answer(operation),
        };
        let Some((shape, schema)) = shapes.of(version).and_then(|s| Some((s, schema(s)?))) else {
            return;
        };
        for misfit in shape.misfits(&schema, value, From::Engine) {
            let kind = match misfit {
                Misfit::Unknown(_) => Kind::Unknown,
                Misfit::Wrong(..) => Kind::Failure,
            };
            self.found(kind, version, &operation.id, &told(&misfit), place);
        }
    }

    /// What the crate of a version makes of a value of the same or an older one. What only older
    /// versions have, a newer crate need not know.
    fn against_crate(
        &mut self,
        version: &str,
        spoken: &str,
        operation: &str,
        value: &Value,
        place: &str,
    ) {
        let decoded = decoders(version)
            .and_then(|decoders| (decoders.decode)(operation, value.to_string().as_bytes()));
        match decoded {
            None => {}
            Some(Err(error)) => self.found(Kind::Failure, version, operation, &error, place),
            Some(Ok(kept)) => {
                let losses = Losses::between(value, &kept);
                for path in losses.unknown.iter().filter(|_| version == spoken) {
                    self.found(Kind::Unknown, version, operation, path, place);
                }
                for path in losses.changed {
                    self.found(Kind::Lossy, version, operation, &path, place);
                }
            }
        }
    }

    fn found(&mut self, kind: Kind, version: &str, operation: &str, path: &str, place: &str) {
        let finding = Finding {
            kind,
            version: version.to_owned(),
            operation: operation.to_owned(),
            path: path.to_owned(),
        };
        self.findings
            .entry(finding)
            .or_default()
            .insert(place.to_owned());
    }

    /// Takes out what is known to be as it is.
    pub fn except(&mut self, exceptions: &mut Exceptions) {
        let all = self.findings.len();
        self.findings
            .retain(|finding, _| !exceptions.allow(finding));
        self.excepted += all - self.findings.len();
    }

    /// The operations of a version that no recording has, in any version.
    pub fn unrecorded<'a>(&self, shape: &'a Shape) -> Vec<&'a str> {
        let all = shape.operations().iter().map(|operation| &*operation.id);
        all.filter(|id| !self.operations.contains(*id)).collect()
    }

    /// All that is wrong.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.keys()
    }

    /// Whether nothing is.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    fn count(&self, kind: Kind) -> usize {
        self.findings
            .keys()
            .filter(|finding| finding.kind == kind)
            .count()
    }
}

fn told(misfit: &Misfit) -> String {
    match misfit {
        Misfit::Unknown(path) => path.clone(),
        Misfit::Wrong(path, reason) => format!("{path}: {reason}"),
    }
}

/// The JSON values of an answer: none where it is no JSON, and an error where it says that it is, and is not.
fn values(exchange: &Exchange) -> Vec<serde_json::Result<Value>> {
    let Some(answer) = exchange.answer.as_ref().filter(|a| a.status != 101) else {
        return Vec::new();
    };
    let kind = answer.headers.get("content-type").map(String::as_str);
    let kind = kind.filter(|kind| !kind.is_empty());
    if kind.is_some_and(|kind| !kind.contains("json")) {
        return Vec::new();
    }
    let bytes = answer.chunks.concat();
    let values: Vec<_> = serde_json::Deserializer::from_slice(&bytes)
        .into_iter()
        .collect();
    // Podman says nothing of the type of some streams, be they JSON or not.
    match kind.is_none() && values.iter().any(Result::is_err) {
        true => Vec::new(),
        false => values,
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            version,
            operation,
            path,
        } = self;
        write!(f, "{kind}: v{version} {operation} {path}")
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (finding, places) in &self.findings {
            let first = places.first().map_or("", String::as_str);
            writeln!(f, "{finding} ({first} and {} more)", places.len() - 1)?;
        }
        writeln!(
            f,
            "requests: {}, not in the version of their path: {}, exceptions: {}",
            self.requests,
            self.count(Kind::Request),
            self.excepted
        )?;
        write!(
            f,
            "exchanges: {}, versions: {}/{}, engines: {}, decode failures: {}, unknown fields: {}, \
             lossy values: {}",
            self.exchanges,
            self.versions.len(),
            VERSIONS.len(),
            self.engines.len(),
            self.count(Kind::Failure),
            self.count(Kind::Unknown),
            self.count(Kind::Lossy)
        )
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use dockwright_generator::fixups::Fixups;
    use dockwright_replay::Answer;

    use super::*;

    /// What is found in an answer to the question for the version.
    fn found(kind: Option<&str>, body: &'static str) -> Vec<String> {
        let headers = kind.map(|kind| ("content-type".to_owned(), kind.to_owned()));
        let exchange = Exchange {
            request: "GET /v1.51/version".to_owned(),
            answer: Some(Answer {
                status: 200,
                headers: headers.into_iter().collect(),
                chunks: vec![body.into()],
            }),
            ..Exchange::default()
        };
        let recording = Recording {
            engine: "docker 28.5.2".to_owned(),
            version: "1.51".to_owned(),
            scenario: "broken".to_owned(),
            exchanges: vec![exchange],
        };
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
        let fixups = Fixups::load(&spec.join("fixups")).unwrap();
        let mut check = Check::default();
        check.add(&recording, &Shapes::load(&spec, &fixups).unwrap());
        check.findings().map(ToString::to_string).collect()
    }

    #[test]
    fn what_says_that_it_is_json_is() {
        let json = Some("application/json");
        let torn = "decode failure: v1.51 SystemVersion no JSON: EOF while parsing a string at line 1 column 17";
        let text = "decode failure: v1.51 SystemVersion no JSON: expected ident at line 1 column 2";
        assert_eq!(found(json, r#"{"Os":"linux"}"#), [""; 0]);
        assert_eq!(found(json, r#"{"Os":"linux"}{}"#), [""; 0]);
        assert_eq!(found(json, r#"{"Os":"linux"}{"a"#), [torn]);
        assert_eq!(found(json, "text"), [text]);
        // Where nothing is said of the type, it may be anything.
        assert_eq!(found(None, "text"), [""; 0]);
        assert_eq!(found(Some("text/plain"), "text"), [""; 0]);
        let wrong = found(None, r#"{"Os":1}"#);
        assert!(wrong[0].contains("v1.51 SystemVersion"), "{wrong:?}");
    }
}
