//! One event, as every engine tells it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer};

use super::{EventKind, EventScope};
use crate::error::printable;
use crate::raw::types::EventActor;

/// Something that happened on an engine.
///
/// Kinds, scopes and actions that this crate does not know are kept as the engine writes them.
/// `Display` shows an event in one line, as the CLI does.
///
/// See [`Docker::events`](crate::Docker::events) for an example.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Event {
    /// What sort of object it happened to.
    pub kind: EventKind,
    /// What happened, such as `start`, `die` or `exec_create`.
    pub action: String,
    /// What the engine adds to some actions: the command of an `exec_create`, or how healthy a
    /// container is at its `health_status`.
    pub detail: Option<String>,
    /// The id of the object; of some, such as volumes, the name.
    pub id: String,
    /// What else is known of the object, such as `name`, `image`, `exitCode` and its labels.
    pub attributes: BTreeMap<String, String>,
    /// Whether it happened on this engine or in its swarm, where the engine says so.
    pub scope: Option<EventScope>,
    /// When it happened, by the engine's clock, with nanoseconds.
    pub time: SystemTime,
}

impl Event {
    /// The object's name, where the event has it.
    pub fn name(&self) -> Option<&str> {
        self.attribute("name")
    }

    /// One of the attributes.
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.get(key).map(String::as_str)
    }

    /// The exit status of the process, if it has ended: of a container at its `die`, of a process
    /// in one at its `exec_die`.
    pub fn exit_code(&self) -> Option<i64> {
        let code = self.attribute("exitCode");
        code.or(self.attribute("containerExitCode"))?.parse().ok()
    }

    /// How healthy the container is, at a `health_status`: `healthy` or `unhealthy`.
    pub fn health(&self) -> Option<&str> {
        if self.action != "health_status" {
            return None;
        }
        let attribute = self.attribute("health_status");
        self.detail.as_deref().or(attribute)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let (seconds, nanos) = (since.as_secs(), since.subsec_nanos());
        write!(f, "{seconds}.{nanos:09} {} {}", self.kind, self.action)?;
        if let Some(detail) = &self.detail {
            write!(f, ": {}", printable(detail))?;
        }
        write!(f, " {}", printable(&self.id))?;
        for (at, (key, value)) in self.attributes.iter().enumerate() {
            let before = if at == 0 { " (" } else { ", " };
            write!(f, "{before}{}={}", printable(key), printable(value))?;
        }
        f.write_str(if self.attributes.is_empty() { "" } else { ")" })
    }
}

/// An event as it is sent. Engines before API 1.52 repeat some of it as `status`, `id` and `from`;
/// that counts where the rest is missing.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(rename = "Type", borrow, default)]
    kind: Option<Text<'a>>,
    #[serde(rename = "Action", borrow, default)]
    action: Option<Text<'a>>,
    #[serde(rename = "Actor", default)]
    actor: Option<EventActor>,
    #[serde(borrow, default)]
    scope: Option<Text<'a>>,
    #[serde(default)]
    time: Option<i64>,
    #[serde(rename = "timeNano", default)]
    time_nano: Option<i64>,
    #[serde(borrow, default)]
    status: Option<Text<'a>>,
    #[serde(borrow, default)]
    id: Option<Text<'a>>,
    #[serde(borrow, default)]
    from: Option<Text<'a>>,
}

/// Text where it lies, since most of it is not kept.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl From<Message<'_>> for Event {
    fn from(message: Message<'_>) -> Self {
        let actor = message.actor.unwrap_or_default();
        let mut attributes = actor.attributes;
        if let Some(Text(from)) = message.from.filter(|from| !from.0.is_empty())
            && !attributes.contains_key("image")
        {
            attributes.insert("image".to_owned(), from.into_owned());
        }
        let action = message.action.or(message.status);
        let action = action.map(|action| action.0).unwrap_or_default();
        let (action, detail) = match action.split_once(':') {
            Some((action, detail)) => (action.to_owned(), Some(detail.trim().to_owned())),
            None => (action.into_owned(), None),
        };
        let nanos = message.time_nano.unwrap_or_default();
        let since = match u64::try_from(nanos) {
            Ok(nanos) if nanos > 0 => Duration::from_nanos(nanos),
            _ => Duration::from_secs(message.time.unwrap_or_default().try_into().unwrap_or(0)),
        };
        Self {
            kind: (message.kind).map_or(EventKind::Container, |kind| EventKind::from(&*kind.0)),
            action,
            detail: detail.filter(|detail| !detail.is_empty()),
            id: (actor.id)
                .unwrap_or_else(|| message.id.map(|id| id.0.into_owned()).unwrap_or_default()),
            attributes,
            scope: (message.scope)
                .filter(|scope| !scope.0.is_empty())
                .map(|scope| EventScope::from(&*scope.0)),
            time: UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH),
        }
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Message::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(json: &str) -> Event {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn old_and_new_engines_tell_the_same() {
        let new = r#""Type":"container","Action":"die","Actor":{"ID":"c1","Attributes":
            {"exitCode":"3","image":"busybox","name":"web"}},"scope":"local","time":7,"timeNano":7000000042"#;
        let old = r#""status":"die","id":"c1","from":"busybox""#;
        let die = event(&format!("{{{new}}}"));
        assert_eq!(die, event(&format!("{{{old},{new}}}")));
        assert_eq!(die.kind, EventKind::Container);
        assert_eq!(die.exit_code(), Some(3));
        assert_eq!(die.name(), Some("web"));
        assert_eq!(die.time, UNIX_EPOCH + Duration::new(7, 42));
        assert_eq!(
            die.to_string(),
            "7.000000042 container die c1 (exitCode=3, image=busybox, name=web)"
        );
        let oldest = event(&format!("{{{old},\"time\":7}}"));
        assert_eq!((&*oldest.action, &*oldest.id), ("die", "c1"));
        assert_eq!(oldest.attribute("image"), Some("busybox"));
        assert_eq!(oldest.time, UNIX_EPOCH + Duration::from_secs(7));
    }

    #[test]
    fn what_follows_an_action_is_apart() {
        let exec = event(r#"{"Action":"exec_create: sh -c a: b"}"#);
        assert_eq!(exec.action, "exec_create");
        assert_eq!(exec.detail.as_deref(), Some("sh -c a: b"));
        assert_eq!(exec.health(), None);
        for json in [
            r#"{"Action":"health_status: healthy"}"#,
            r#"{"Action":"health_status","Actor":{"Attributes":{"health_status":"healthy"}}}"#,
        ] {
            let event = event(json);
            assert_eq!(event.action, "health_status");
            assert_eq!(event.health(), Some("healthy"), "{json}");
        }
    }

    #[test]
    fn what_is_not_known_is_kept() {
        let odd = event(
            r#"{"Type":"pod","Action":"init","Actor":{"ID":"p","Attributes":{"a":null}},"scope":"galaxy","more":[1]}"#,
        );
        assert_eq!(odd.kind.as_str(), "pod");
        assert_eq!(odd.scope.unwrap().as_str(), "galaxy");
        assert_eq!(odd.attributes["a"], "");
        for json in [
            "{}",
            r#"{"Actor":null,"scope":"","time":null}"#,
            r#"{"Actor":{"Attributes":null},"timeNano":-5,"time":-1}"#,
            r#"{"timeNano":9223372036854775807}"#,
            r#"{"time":9223372036854775807}"#,
        ] {
            event(json);
        }
    }
}
