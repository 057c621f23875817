//! What no recording and no message shows.

use crate::expect::ANY;
use crate::json::Json;

const HEADERS: [&str; 3] = ["authorization", "x-registry-auth", "x-registry-config"];

/// Fields of request bodies.
const FIELDS: [&str; 5] = [
    "password",
    "identitytoken",
    "registrytoken",
    "jointoken",
    "unlockkey",
];

pub(crate) fn is_header(name: &str) -> bool {
    HEADERS
        .iter()
        .any(|header| header.eq_ignore_ascii_case(name))
}

pub(crate) fn is_field(name: &str) -> bool {
    FIELDS.iter().any(|field| field.eq_ignore_ascii_case(name))
}

/// Replaces credentials by what matches any.
pub(crate) fn redact(json: &mut Json) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(redact),
        Json::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Json::String(text) if is_field(key) && !text.is_empty() => {
                        *text = ANY.to_owned()
                    }
                    value => redact(value),
                }
            }
        }
        _ => {}
    }
}
