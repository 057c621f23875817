//! What only some API versions have: found out before anything is sent.
//!
//! The table is generated from all specs ([`crate::raw::gates`]), and so is what finds its entries in the
//! parameters and the body of a request.

use serde_json::Value;

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::{Call, Error};
use crate::raw::gates::{self, Body, Parameters};
use crate::version::ApiVersion;

/// From here on the engine says that it has begun to wait, before the container ends.
pub(crate) const WAIT_CONDITION: &str = "ContainerWait?condition";

impl Docker {
    /// An error, before anything is sent, if the version spoken lacks the operation or one of the
    /// parameters that are set.
    pub(crate) fn allows<P: Parameters>(&self, call: &Call, params: &P) -> Result<()> {
        let operation = std::iter::once(P::OPERATION);
        let mut used = operation.chain(params.gated());
        used.try_for_each(|feature| self.pass(call, feature))
    }

    /// The same for every field of a body, however deep, that says something.
    pub(crate) fn allows_body<B: Body>(&self, call: &Call, body: &B) -> Result<()> {
        let mut used = closed(body, self.api_version()).into_iter();
        used.try_for_each(|(_, feature)| self.pass(call, feature))
    }

    /// The same for what is said in a place where the body that the engine sent says nothing.
    /// Engines say more than the versions that they are spoken to in have.
    pub(crate) fn allows_changes<B: Body>(&self, call: &Call, read: &B, changed: &B) -> Result<()> {
        let mut used = opened(read, changed, self.api_version()).into_iter();
        used.try_for_each(|(_, feature)| self.pass(call, feature))
    }

    /// The same for one feature of the table, such as an operation without parameters.
    pub(crate) fn require(&self, call: &Call, feature: &'static str) -> Result<()> {
        debug_assert!(gates::gate(feature).is_some(), "{feature} has no gate");
        self.pass(call, feature)
    }

    /// Whether the version spoken has a feature of the table.
    pub(crate) fn has(&self, feature: &str) -> bool {
        debug_assert!(gates::gate(feature).is_some(), "{feature} has no gate");
        violated(feature, self.api_version()).is_none()
    }

    fn pass(&self, call: &Call, feature: &'static str) -> Result<()> {
        match violated(feature, self.api_version()) {
            None => Ok(()),
            Some(bound) => Err(bound.error(feature, self.api_version()).during(call)),
        }
    }
}

/// The bound that a version is beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Since(ApiVersion),
    Until(ApiVersion),
}

impl Bound {
    fn error(self, feature: &'static str, have: ApiVersion) -> Error {
        let (bound, what) = match self {
            Self::Since(bound) => (bound, format!("needs API version {bound}")),
            Self::Until(bound) => (bound, format!("is known up to API version {bound} only")),
        };
        let named = match feature.split_once('?') {
            Some((operation, parameter)) => format!("parameter `{parameter}` of `{operation}`"),
            None => format!("`{feature}`"),
        };
        let detail = format!("{named} {what}, this engine is spoken to in {have}");
        Error::beyond(bound, feature, have, detail)
    }
}

fn violated(feature: &str, version: ApiVersion) -> Option<Bound> {
    let gate = gates::gate(feature)?;
    let minor = |minor| ApiVersion::new(1, minor);
    let since = gate.since.map(minor).filter(|since| version < *since);
    let until = gate.until.map(minor).filter(|until| version > *until);
    since.map(Bound::Since).or(until.map(Bound::Until))
}

/// A place in a body, and the feature that it is.
type Gated = (&'static [&'static str], &'static str);

/// Where a body says something that a version has not.
fn closed<B: Body>(body: &B, version: ApiVersion) -> Vec<&'static Gated> {
    let gated = B::GATED.iter();
    let mut closed = gated
        .filter(|(_, feature)| violated(feature, version).is_some())
        .peekable();
    // Most versions know all, and then nothing is to be looked for.
    if closed.peek().is_none() {
        return Vec::new();
    }
    // A body that cannot be written fails as it is sent.
    let body = serde_json::to_value(body).unwrap_or_default();
    closed.filter(|(keys, _)| says(&body, keys)).collect()
}

/// The same for places where the one that it was made of says nothing.
fn opened<B: Body>(read: &B, changed: &B, version: ApiVersion) -> Vec<&'static Gated> {
    let mut opened = closed(changed, version);
    if !opened.is_empty() {
        let known = closed(read, version);
        opened.retain(|gated| !known.contains(gated));
    }
    opened
}

/// Whether something stands at the end of these keys. What is empty, zero or false says nothing:
/// it is what an engine takes the absence of a field for.
fn says(value: &Value, keys: &[&str]) -> bool {
    match (keys, value) {
        ([], Value::Null | Value::Bool(false)) => false,
        ([], Value::Number(number)) => number.as_f64() != Some(0.0),
        ([], Value::String(text)) => !text.is_empty(),
        ([], Value::Array(list)) => !list.is_empty(),
        ([], Value::Object(fields)) => !fields.is_empty(),
        ([], Value::Bool(true)) => true,
        (["*", rest @ ..], Value::Array(list)) => list.iter().any(|entry| says(entry, rest)),
        (["*", rest @ ..], Value::Object(map)) => map.values().any(|entry| says(entry, rest)),
        ([key, rest @ ..], value) => value.get(key).is_some_and(|value| says(value, rest)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::raw::types::ServiceSpec;

    fn bound(feature: &str, minor: u16) -> Option<Bound> {
        violated(feature, ApiVersion::new(1, minor))
    }

    #[test]
    fn a_feature_is_there_from_its_first_version_to_its_last() {
        let since = Some(Bound::Since(ApiVersion::new(1, 41)));
        assert_eq!(bound("ContainerCreate?platform", 40), since);
        assert_eq!(bound("ContainerCreate?platform", 41), None);
        let until = Some(Bound::Until(ApiVersion::new(1, 41)));
        assert_eq!(bound("HostConfig.KernelMemory", 41), None);
        assert_eq!(bound("HostConfig.KernelMemory", 42), until);
        assert_eq!(bound("ContainerList", 24), None);
    }

    #[test]
    fn a_field_is_used_where_it_says_something() {
        let keys = ["HostConfig", "Mounts", "*", "Subpath"];
        let body = |subpath: Value| json!({"HostConfig": {"Mounts": [{}, {"Subpath": subpath}]}});
        assert!(says(&body(json!("a")), &keys));
        for nothing in [
            json!(""),
            json!(null),
            json!(false),
            json!(0),
            json!([]),
            json!({}),
        ] {
            assert!(!says(&body(nothing), &keys));
        }
        assert!(!says(&json!({"HostConfig": null}), &keys));
        assert!(says(
            &json!({"Networks": {"a": {"Mac": 1}}}),
            &["Networks", "*", "Mac"]
        ));
    }

    #[test]
    fn what_an_engine_said_excuses_nothing_that_is_new() {
        let spec = |container: Value| -> ServiceSpec {
            let task = json!({"ContainerSpec": container});
            serde_json::from_value(json!({"TaskTemplate": task})).unwrap()
        };
        let version = ApiVersion::new(1, 40);
        let read = spec(json!({"CapabilityAdd": ["CAP_NET_RAW"]}));
        let features = |changed: &ServiceSpec| -> Vec<_> {
            let opened = opened(&read, changed, version).into_iter();
            opened.map(|(_, feature)| *feature).collect()
        };
        assert!(!closed(&read, version).is_empty());
        assert!(features(&read).is_empty());
        let changed = spec(json!({"CapabilityAdd": ["CAP_NET_RAW"], "CapabilityDrop": ["ALL"]}));
        assert_eq!(features(&changed), ["ContainerSpec.CapabilityDrop"]);
    }

    #[test]
    fn people_read_which_version_is_needed_and_which_there_is() {
        let have = ApiVersion::new(1, 41);
        let said = |feature| bound(feature, 41).unwrap().error(feature, have);
        let error = said("ContainerStop?signal");
        assert!(error.is_unsupported());
        assert_eq!(
            error.to_string(),
            "parameter `signal` of `ContainerStop` needs API version 1.42, \
             this engine is spoken to in 1.41"
        );
        let error = said("HostConfig.Annotations").to_string();
        assert!(
            error.starts_with("`HostConfig.Annotations` needs API version 1.43"),
            "{error}"
        );
    }
}
