//! One step of some work, as the engine tells it: read leniently, for every engine has its own way.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::answer::Result;
use crate::build::Trace;
use crate::error::{Error, printable};
use crate::stream::json;

/// What BuildKit's part of a message is marked with.
const TRACE: &str = "moby.buildkit.trace";

/// One step of an engine's work. It prints as one line.
///
/// See [`Progress`](crate::Progress) for an example.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// A layer has come further.
    Layer(LayerStep),
    /// What is happening to the whole.
    Status(Status),
    /// Text as it is written, with its line ends: that of a build, or of a load.
    Output(String),
    /// What is new in a build that BuildKit does.
    Trace(Trace),
    /// What has come of the work, in a form that depends on the work.
    Aux(Aux),
    /// Something else, as the engine put it.
    Other(Value),
}

/// How far a layer is.
///
/// See [`Progress`](crate::Progress) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayerStep {
    /// The layer's id: the first digits of a digest.
    pub id: String,
    /// What is being done with it.
    pub state: LayerState,
    /// How much of that is done, if it takes long enough to be told; bytes, unless the units say
    /// otherwise.
    pub current: Option<u64>,
    /// How much there is to do, if that is known.
    pub total: Option<u64>,
    /// What is counted, if not bytes.
    pub units: Option<String>,
}

/// What is being done with a layer, or has been.
///
/// See [`Progress`](crate::Progress) for an example.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LayerState {
    /// Known, and in the queue: to be pulled or to be pushed.
    Waiting,
    /// Its bytes are coming.
    Downloading,
    /// Its bytes have come, and are being compared with their digest.
    Verifying,
    /// Its bytes have come.
    Downloaded,
    /// It is being unpacked.
    Extracting,
    /// It is there.
    Pulled,
    /// Its bytes are going out.
    Pushing,
    /// The registry has it.
    Pushed,
    /// Its bytes are being read from an archive.
    Loading,
    /// It was there before.
    AlreadyExists,
    /// Its transfer failed, and is to be tried again.
    Retrying,
    /// Something else, in the engine's words.
    Other(String),
}

/// What is happening, in the engine's words.
///
/// See [`Progress`](crate::Progress) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// What this is about, such as a tag.
    pub id: Option<String>,
    /// What is happening.
    pub text: String,
}

/// A result of the work, in a form that depends on the work.
///
/// See [`Progress`](crate::Progress) for an example.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Aux {
    /// What it is, or is about.
    pub id: Option<String>,
    /// The result.
    pub value: Value,
}

impl Step {
    /// The step that a message tells of, or the failure: work that began well can end badly.
    pub(crate) fn of(message: Value) -> Result<Self> {
        let Value::Object(fields) = message else {
            return Ok(Self::Other(message));
        };
        if let Some(failure) = failure(&fields) {
            return Err(failure);
        }
        let id = text(&fields, "id");
        if let Some(value) = fields.get("aux").filter(|value| !value.is_null()) {
            if id.as_deref() == Some(TRACE)
                && let Some(trace) = value.as_str().and_then(Trace::read)
            {
                return Ok(Self::Trace(trace));
            }
            let value = value.clone();
            return Ok(Self::Aux(Aux { id, value }));
        }
        if let Some(output) = text(&fields, "stream") {
            return Ok(Self::Output(output));
        }
        let Some(status) = text(&fields, "status") else {
            return Ok(Self::Other(Value::Object(fields)));
        };
        Ok(match (id, fields.get("progressDetail")) {
            (Some(id), Some(Value::Object(detail))) if !is_digest(&id) => {
                Self::Layer(LayerStep::new(id, &status, detail))
            }
            (id, _) => Self::Status(Status { id, text: status }),
        })
    }
}

/// The message of a layer's step, as all engines send it: by far the most messages are such.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerMessage<'a> {
    id: String,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(rename = "progressDetail")]
    detail: LayerDetail,
    /// The same, drawn.
    #[serde(rename = "progress", default)]
    _drawn: IgnoredAny,
}

#[derive(Deserialize)]
struct LayerDetail {
    #[serde(default)]
    current: Option<u64>,
    #[serde(default)]
    total: Option<u64>,
    #[serde(default)]
    units: Option<String>,
}

impl LayerMessage<'_> {
    fn step(self) -> Option<Step> {
        let Self {
            id, status, detail, ..
        } = self;
        if is_digest(&id) {
            return None;
        }
        Some(Step::Layer(LayerStep {
            id,
            state: LayerState::new(&status),
            current: detail.current,
            total: detail.total,
            units: detail.units.filter(|units| !units.is_empty()),
        }))
    }
}

impl json::FromJson for Step {
    fn parse(json: &[u8]) -> Result<Self> {
        let text = str::from_utf8(json).ok();
        let layer = text.and_then(|text| serde_json::from_str::<LayerMessage>(text).ok());
        match layer.and_then(LayerMessage::step) {
            Some(step) => Ok(step),
            None => Self::of(json::parse(json)?),
        }
    }
}

impl LayerStep {
    fn new(id: String, status: &str, detail: &Map<String, Value>) -> Self {
        Self {
            id,
            state: LayerState::new(status),
            current: detail.get("current").and_then(Value::as_u64),
            total: detail.get("total").and_then(Value::as_u64),
            units: text(detail, "units").filter(|units| !units.is_empty()),
        }
    }
}

/// What engines say of each state. They put more behind some.
const STATES: &[(&str, LayerState)] = &[
    ("Pulling fs layer", LayerState::Waiting),
    ("Waiting", LayerState::Waiting),
    ("Preparing", LayerState::Waiting),
    ("Downloading", LayerState::Downloading),
    ("Verifying", LayerState::Verifying),
    ("Download complete", LayerState::Downloaded),
    ("Extracting", LayerState::Extracting),
    ("Pull complete", LayerState::Pulled),
    ("Pushing", LayerState::Pushing),
    ("Pushed", LayerState::Pushed),
    ("Loading layer", LayerState::Loading),
    ("Already exists", LayerState::AlreadyExists),
    ("Layer already exists", LayerState::AlreadyExists),
    ("Mounted from", LayerState::AlreadyExists),
    ("Retrying", LayerState::Retrying),
];

impl LayerState {
    fn new(status: &str) -> Self {
        let known = STATES.iter().find(|(start, _)| status.starts_with(start));
        match known {
            Some((_, state)) => state.clone(),
            None => Self::Other(status.to_owned()),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layer(layer) => layer.fmt(f),
            Self::Status(Status { id, text }) => {
                about(id.as_deref(), f)?;
                f.write_str(&printable(text))
            }
            Self::Output(text) => f.write_str(&printable(text)),
            Self::Trace(trace) => trace.fmt(f),
            Self::Aux(Aux { id, value }) => {
                about(id.as_deref(), f)?;
                f.write_str(&printable(&value.to_string()))
            }
            Self::Other(value) => f.write_str(&printable(&value.to_string())),
        }
    }
}

fn about(id: Option<&str>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match id {
        Some(id) => write!(f, "{}: ", printable(id)),
        None => Ok(()),
    }
}

impl fmt::Display for LayerStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", printable(&self.id), self.state)?;
        let units = self.units.as_deref().map(printable);
        let units = units.as_deref().unwrap_or("bytes");
        match (self.current, self.total) {
            (Some(current), Some(total)) => write!(f, " {current}/{total} {units}"),
            (Some(current), None) => write!(f, " {current} {units}"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for LayerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "waiting",
            Self::Downloading => "downloading",
            Self::Verifying => "verifying",
            Self::Downloaded => "downloaded",
            Self::Extracting => "extracting",
            Self::Pulled => "pulled",
            Self::Pushing => "pushing",
            Self::Pushed => "pushed",
            Self::Loading => "loading",
            Self::AlreadyExists => "already exists",
            Self::Retrying => "retrying",
            Self::Other(text) => return f.write_str(&printable(text)),
        })
    }
}

/// The failure that a message tells of. Older engines have no details of it; newer ones say it
/// in both ways.
fn failure(fields: &Map<String, Value>) -> Option<Error> {
    let present = |key| fields.get(key).filter(|value| !value.is_null());
    let (detail, error) = (present("errorDetail"), present("error"));
    if detail.is_none() && error.is_none() {
        return None;
    }
    let message = detail.and_then(|detail| detail.get("message")?.as_str());
    let message = message
        .filter(|message| !message.is_empty())
        .or(error.and_then(Value::as_str));
    let message = message.unwrap_or_default();
    let code = detail.and_then(|detail| detail.get("code")?.as_u64());
    // The code is that of a command, as often as a status.
    let (status, exit) = match code.and_then(|code| u16::try_from(code).ok()) {
        Some(status @ 400..600) => (Some(status), None),
        Some(exit @ 1..) => (None, Some(exit.into())),
        _ => (None, said_exit_code(message)),
    };
    let error = Error::engine(status, message);
    Some(match exit {
        Some(code) => error.exited(code),
        None => error,
    })
}

/// The exit code of a command, which engines other than Docker's classic builder tell in words.
fn said_exit_code(message: &str) -> Option<i64> {
    let (before, code) = message.trim_end().rsplit_once(' ')?;
    let said = before.ends_with("exit code:") || before.ends_with("exit status");
    code.parse().ok().filter(|&code| said && code != 0)
}

fn text(fields: &Map<String, Value>, key: &str) -> Option<String> {
    fields.get(key)?.as_str().map(str::to_owned)
}

/// Whether this is no layer's id, but all of an image's.
fn is_digest(id: &str) -> bool {
    id.contains(':')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::stream::json::FromJson;

    fn layer(message: Value) -> LayerStep {
        match Step::of(message).unwrap() {
            Step::Layer(layer) => layer,
            step => panic!("{step:?}"),
        }
    }

    #[test]
    fn layers_are_told_by_their_id_and_their_progress() {
        let step = layer(json!({
            "status": "Downloading", "progressDetail": {"current": 5, "total": 9}, "id": "abc",
        }));
        assert_eq!(step.state, LayerState::Downloading);
        assert_eq!((step.current, step.total), (Some(5), Some(9)));
        assert_eq!(step.to_string(), "abc: downloading 5/9 bytes");

        let step = layer(json!({
            "status": "Extracting", "progressDetail": {"current": 1, "units": "s"}, "id": "abc",
        }));
        assert_eq!(step.to_string(), "abc: extracting 1 s");

        for (status, state) in [
            ("Pulling fs layer", LayerState::Waiting),
            ("Verifying Checksum", LayerState::Verifying),
            ("Retrying in 5 seconds", LayerState::Retrying),
            ("Mounted from library/base", LayerState::AlreadyExists),
            ("Weighing", LayerState::Other("Weighing".to_owned())),
        ] {
            let step = layer(json!({"status": status, "progressDetail": {}, "id": "abc"}));
            assert_eq!(step.state, state);
        }
    }

    #[test]
    fn the_short_way_to_a_layer_leads_to_the_same() {
        for message in [
            json!({"status": "Waiting", "progressDetail": {}, "id": "abc"}),
            json!({"status": "Downloading", "progressDetail": {"current": 5, "total": 9}, "id": "abc", "progress": "[=>]"}),
            json!({"status": "Extracting", "progressDetail": {"current": 1, "units": "s"}, "id": "\"\n"}),
            json!({"status": "Pushed", "progressDetail": {"units": "", "start": 7}, "id": "abc"}),
            json!({"status": "Pushing", "progressDetail": {"current": -1, "total": null}, "id": "abc"}),
            json!({"status": "Pulled", "progressDetail": null, "id": "abc"}),
            json!({"status": "Pulled", "progressDetail": {}, "id": "sha256:abc"}),
            json!({"status": "Pulled", "progressDetail": {}, "id": "abc", "more": [1]}),
            json!({"status": "Pulled", "progressDetail": {}, "id": "abc", "aux": {"a": 1}}),
            json!({"status": 7, "progressDetail": {}, "id": "abc"}),
        ] {
            let long = Step::of(message.clone()).unwrap();
            let json = message.to_string();
            assert_eq!(Step::parse(json.as_bytes()).unwrap(), long, "{json}");
        }
    }

    #[test]
    fn what_is_about_the_whole_is_no_layer() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (message, line) in [
            (
                json!({"status": "Pulling from a", "id": "1"}),
                "1: Pulling from a",
            ),
            (json!({"status": "Digest: x"}), "Digest: x"),
            (
                json!({"status": digest, "progressDetail": {}, "id": digest}),
                &*format!("{digest}: {digest}"),
            ),
        ] {
            let step = Step::of(message).unwrap();
            assert!(matches!(step, Step::Status(_)), "{step:?}");
            assert_eq!(step.to_string(), line);
        }
    }

    #[test]
    fn results_may_have_any_form() {
        for value in [json!({"Tag": "1"}), json!("base64")] {
            let step = Step::of(json!({"id": "x", "progressDetail": {}, "aux": value}));
            let id = Some("x".to_owned());
            assert_eq!(step.unwrap(), Step::Aux(Aux { id, value }));
        }
    }

    #[test]
    fn exit_codes_are_understood_however_they_are_told() {
        let code = |message: Value| Step::of(message).unwrap_err().exit_code();
        let said = |message: &str| code(json!({"errorDetail": {"message": message}}));
        assert_eq!(
            code(json!({"errorDetail": {"code": 3, "message": "no"}})),
            Some(3)
        );
        assert_eq!(
            said("process \"false\" did not complete: exit code: 1"),
            Some(1)
        );
        assert_eq!(
            said("building at STEP \"RUN x\": exit status 127\n"),
            Some(127)
        );
        for other in [
            "",
            "3",
            "exit status",
            "exit status x",
            "exit code: 0",
            "line 3",
        ] {
            assert_eq!(said(other), None, "{other}");
        }
        assert_eq!(code(json!({"errorDetail": {"code": 404}})), None);
    }

    #[test]
    fn a_trace_that_is_none_is_kept_as_it_came() {
        let id = Some(TRACE.to_owned());
        for value in [json!("no base64"), json!("CsE="), json!({"ID": "x"})] {
            let step = Step::of(json!({"id": TRACE, "aux": value})).unwrap();
            let id = id.clone();
            assert_eq!(step, Step::Aux(Aux { id, value }));
        }
        let step = Step::of(json!({"id": TRACE, "aux": ""})).unwrap();
        assert_eq!(step, Step::Trace(Trace::default()));
    }

    #[test]
    fn steps_of_any_form_are_steps_of_one_line() {
        let output = Step::of(json!({"stream": "one\ntwo\n"})).unwrap();
        assert_eq!(output, Step::Output("one\ntwo\n".to_owned()));
        assert_eq!(output.to_string(), "one two");
        for odd in [
            json!({}),
            json!(7),
            json!(null),
            json!({"status": null, "progressDetail": {}, "error": null}),
            json!({"progressDetail": "none", "id": 7, "status": [1]}),
        ] {
            let step = Step::of(odd.clone()).unwrap();
            assert_eq!(step, Step::Other(odd));
            assert!(!step.to_string().contains('\n'));
        }
        let odd =
            json!({"status": "s", "id": "i", "progressDetail": {"current": -1, "total": "x"}});
        assert_eq!((layer(odd.clone()).current, layer(odd).total), (None, None));
    }

    #[test]
    fn a_failure_among_the_steps_is_an_error() {
        let failure = |message| Step::of(message).unwrap_err();
        let error = failure(json!({"errorDetail": {"message": "denied"}, "error": "denied"}));
        assert_eq!(error.engine_message(), Some("denied"));
        assert_eq!(error.status(), None);
        let error = failure(json!({"errorDetail": {"code": 404, "message": "no such tag"}}));
        assert!(error.is_not_found());
        assert_eq!(
            failure(json!({"error": "old"})).engine_message(),
            Some("old")
        );
        failure(json!({"errorDetail": {}}));
        failure(json!({"errorDetail": "of another form", "status": "Pulling"}));
        // A command's exit code is no status.
        let error = failure(json!({"errorDetail": {"code": 2}}));
        assert_eq!((error.status(), error.exit_code()), (None, Some(2)));
    }
}
