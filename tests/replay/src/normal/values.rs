//! Values that differ from one recording to the next.

use std::sync::LazyLock;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use regex::{Captures, Regex};
use serde_json::Number;

use super::archive;
use super::clock::{self, Clock};
use super::ids::Ids;
use super::measures;
use crate::json::Json;

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?")
});
static DECIMAL: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?-u:\b)1[0-9]{9}(?:\.[0-9]{1,9})?(?-u:\b)"));
static VERSION: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(/update\?(?:[^ ]*&)?version=)([0-9]+)"));
static SPAN: LazyLock<Regex> = LazyLock::new(|| {
    regex("Less than a second|About an? (?:minute|hour)|[0-9]+ (?:second|minute|hour)s?")
});
/// The id of an engine, of which there is one in a recording; Docker 20.10 writes it as a key.
static ENGINE: LazyLock<Regex> = LazyLock::new(|| {
    regex("^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[A-Z2-7]{4}(?::[A-Z2-7]{4}){11}$")
});
static PROGRESS: LazyLock<Regex> = LazyLock::new(|| {
    regex(r#""progressDetail":\{"current":[0-9]+,"total":[0-9]+\},"progress":"[^"]*""#)
});
static TOKEN: LazyLock<Regex> =
    LazyLock::new(|| regex(r"SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}|SWMKEY-1-[0-9A-Za-z+/]{43}"));
static CERTIFICATE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----"));

/// How much of a layer has come, of how much: sizes of what is packed anew each time.
const SHOWN_PROGRESS: &str = r#""progressDetail":{"current":1000,"total":1000},"progress":"[==================================================>]      1kB/1kB""#;

/// A header that is a document.
const PATH_STAT: &str = "x-docker-container-path-stat";

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap_or_else(|error| panic!("{error}"))
}

/// Replaces all of them in a recording. Podman ends documents without a line feed, so that they are text, and tells
/// more in the order of a map.
pub(super) fn replace(recording: &mut Json, podman: bool) {
    let mut values = Values {
        clock: Clock::now(),
        ids: Ids::default(),
        podman,
    };
    sort("", recording, podman);
    values.see("", recording);
    values.settle("", recording);
}

/// Lists whose order is that of a map, or of times that are all the same, in the order of what does not
/// change.
fn sort(key: &str, value: &mut Json, podman: bool) {
    match value {
        // The order of what the client sends is the client's.
        Json::Object(fields) => (fields.iter_mut())
            .filter(|(key, _)| key != "request")
            .for_each(|(key, value)| sort(key, value, podman)),
        Json::Array(items) => {
            items.iter_mut().for_each(|item| sort(key, item, podman));
            let all_have = |field| items.iter().all(|item| item.get(field).is_some());
            let by = match key {
                "Env" | "DriverStatus" if podman => return items.sort_by_key(Json::to_line),
                "Mounts" => "Destination",
                "Volumes" => "Labels",
                "Ports" if all_have("PublishedPort") => "TargetPort",
                _ if all_have("Kind") => "Path",
                _ if all_have("RepoTags") => "RepoTags",
                _ => return,
            };
            items.sort_by_key(|item| item.get(by).map(Json::to_line));
        }
        Json::String(text) if podman && is_document(text) => {
            in_document(text, |json| sort(key, json, podman));
        }
        _ => {}
    }
}

/// Whether a text is a document, as it would be written again.
fn is_document(text: &str) -> bool {
    let document = Json::parse(text.as_bytes()).filter(Json::is_document);
    document.is_some_and(|json| written(&json) == text)
}

/// A document as Go writes it.
fn written(json: &Json) -> String {
    let text = json.to_line().replace('&', "\\u0026");
    let text = text.replace('<', "\\u003c").replace('>', "\\u003e");
    text.trim_end().to_owned()
}

fn in_document(text: &mut String, change: impl FnOnce(&mut Json)) {
    if let Some(mut json) = Json::parse(text.as_bytes()) {
        change(&mut json);
        *text = written(&json);
    }
}

struct Values {
    clock: Clock,
    ids: Ids,
    podman: bool,
}

impl Values {
    fn see(&mut self, key: &str, value: &Json) {
        match value {
            Json::String(text) if key == "base64" => self.ids.see(&unpacked(text)),
            Json::String(text) if key == PATH_STAT => {
                if let Some(stat) = Json::parse(&unpacked(text)) {
                    self.see("", &stat);
                }
            }
            Json::String(text) if self.podman && is_document(text) => {
                if let Some(document) = Json::parse(text.as_bytes()) {
                    self.see("", &document);
                }
            }
            Json::String(text) => {
                self.see_text(text);
                if matches!(key, "Name" | "Names" | "name") {
                    self.ids.see_name(text);
                }
            }
            Json::Number(number) => {
                if let Some(nanos) = number.as_i64() {
                    self.clock.see(nanos.into());
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.see(key, item)),
            Json::Object(fields) => fields.iter().for_each(|(key, value)| {
                // It comes first, and is the earlier one.
                if key == "read"
                    && let Some(before) = fields.iter().find(|(key, _)| key == "preread")
                {
                    self.see("preread", &before.1);
                }
                // Events say it without the slash.
                if let ("name", Json::String(name)) = (key.as_str(), value)
                    && fields.iter().any(|(key, _)| key == "image")
                {
                    self.ids.see_name(&format!("/{name}"));
                }
                if key == "request" {
                    self.ids.see_request(value.to_line().as_bytes());
                }
                self.see_text(key);
                self.see(key, value);
            }),
            Json::Null | Json::Bool(_) => {}
        }
    }

    fn see_text(&mut self, text: &str) {
        self.ids.see(text.as_bytes());
        let dates = DATE
            .find_iter(text)
            .filter_map(|date| clock::date(date.as_str()));
        dates.for_each(|date| self.clock.see(date));
        let decimals = DECIMAL.find_iter(text);
        let decimals = decimals.filter_map(|decimal| clock::decimal(decimal.as_str()));
        decimals.for_each(|decimal| self.clock.see(decimal));
    }

    fn settle(&mut self, key: &str, value: &mut Json) {
        match value {
            Json::String(text) if key == "base64" => {
                let mut bytes = self.ids.settle(&unpacked(text));
                archive::settle(&mut bytes, |time| self.clock.number(time));
                *text = BASE64_STANDARD.encode(bytes);
            }
            Json::String(text) if key == PATH_STAT => {
                if let Some(mut stat) = Json::parse(&unpacked(text)) {
                    self.settle("", &mut stat);
                    *text = BASE64_STANDARD.encode(stat.to_line().trim_end());
                }
            }
            Json::String(text) if self.podman && is_document(text) => {
                in_document(text, |json| self.settle("", json));
            }
            Json::String(text) => *text = self.text(key, text),
            Json::Number(number) => *number = self.number(key, number),
            Json::Array(items) => items.iter_mut().for_each(|item| self.settle(key, item)),
            Json::Object(fields) => self.object(fields),
            Json::Null | Json::Bool(_) => {}
        }
    }

    fn object(&mut self, fields: &mut [(String, Json)]) {
        let has = |name| fields.iter().any(|(key, _)| key == name);
        let stats = has("cpu_stats");
        if stats {
            measures::settle_stats(fields);
        } else if has("Titles") && has("Processes") {
            measures::settle_processes(fields, |pid| {
                (1000 + self.ids.number('p', pid.as_bytes())).to_string()
            });
        }
        let mut ids = true;
        for (key, value) in fields.iter_mut() {
            let settled = self.text("", key);
            ids &= settled != *key;
            self.settle(key, value);
            *key = settled;
        }
        if stats {
            measures::settle_span(fields);
        }
        // Engines sort by the ids that these were.
        if ids {
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
    }

    fn text(&mut self, key: &str, text: &str) -> String {
        if key == "CertIssuerPublicKey" && !text.is_empty() {
            return BASE64_STANDARD.encode("public key");
        }
        if ENGINE.is_match(text) {
            return "00000000-0000-4000-8000-000000000001".to_owned();
        }
        let text = match key {
            // An address in Podman's memory.
            "x-reference-id" => "0x0".into(),
            // Seconds.
            "execDuration" => "0".into(),
            "Status" => SPAN.replace_all(text, "1 second"),
            "line" => VERSION.replace_all(text, |found: &Captures<'_>| {
                format!("{}{}", &found[1], self.revision(&found[2]))
            }),
            _ => text.into(),
        };
        let text = CERTIFICATE.replace_all(
            &text,
            |_: &Captures<'_>| "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
        );
        let text = PROGRESS.replace_all(&text, SHOWN_PROGRESS);
        let text = TOKEN.replace_all(&text, |found: &Captures<'_>| self.token(&found[0]));
        let text = DATE.replace_all(&text, |found: &Captures<'_>| {
            let settled = self.clock.date(&found[0]);
            settled.unwrap_or_else(|| found[0].to_owned())
        });
        let text = DECIMAL.replace_all(&text, |found: &Captures<'_>| {
            let settled = self.clock.decimal(&found[0]);
            settled.unwrap_or_else(|| found[0].to_owned())
        });
        self.ids.settle_text(&text)
    }

    /// A secret that nobody has, of the same shape.
    fn token(&mut self, token: &str) -> String {
        let (kind, rest) = token.split_at("SWMTKN-1-".len());
        let number = self.ids.number('t', token.as_bytes()).to_string();
        let hidden = rest.len() - number.len();
        let hidden = rest
            .chars()
            .take(hidden)
            .map(|c| if c == '-' { '-' } else { '0' });
        kind.chars().chain(hidden).chain(number.chars()).collect()
    }

    /// The version of an object of a swarm, which counts what the swarm does besides.
    fn revision(&mut self, version: &str) -> usize {
        10 + self.ids.number('v', version.as_bytes())
    }

    fn number(&mut self, key: &str, number: &Number) -> Number {
        let value = number.as_i64().unwrap_or_default();
        match key {
            "Pid" | "PID" | "ContainerPID" if value > 1 => {
                let count = self.ids.number('p', value.to_string().as_bytes());
                (1000 + count).into()
            }
            "Index" => self.revision(&value.to_string()).into(),
            "NGoroutines" | "NFd" | "MemFree" | "SwapFree" => 64.into(),
            _ => self
                .clock
                .number(value)
                .map_or_else(|| number.clone(), Number::from),
        }
    }
}

fn unpacked(base64: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(base64).unwrap_or_default()
}
