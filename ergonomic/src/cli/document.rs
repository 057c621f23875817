//! The documents of the CLI: JSON objects, in which keys are known in any case.

use std::path::Path;

use serde_json::{Deserializer, Map, Value};

use super::file;
use crate::error::Error;

/// The document at the start of `text`, or what is wrong with it, in words that repeat nothing of
/// it, for it may hold credentials.
///
/// Nothing but blanks is an empty document, so is `null`; what comes after the document does not
/// count.
pub(super) fn parse_first(text: &[u8]) -> Result<Map<String, Value>, String> {
    match Deserializer::from_slice(text).into_iter().next() {
        None => Ok(Map::new()),
        Some(value) => object(value),
    }
}

/// The document in `text`, or what is wrong with it; `null` is an empty one.
pub(super) fn parse_whole(text: &[u8]) -> Result<Map<String, Value>, String> {
    object(serde_json::from_slice(text))
}

fn object(value: serde_json::Result<Value>) -> Result<Map<String, Value>, String> {
    match value {
        Ok(Value::Null) => Ok(Map::new()),
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err("is no JSON object".to_owned()),
        // Errors of syntax say what was expected and where, not what was found.
        Err(error) => Err(format!("is not JSON: {error}")),
    }
}

/// An object in a file. Its keys count in any case, and `null` as nothing, as Go has it.
#[derive(Clone)]
pub(super) struct Object<'a> {
    file: &'a Path,
    /// Where in the file it is; empty or with a dot at its end.
    at: String,
    map: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    pub(super) fn new(file: &'a Path, map: &'a Map<String, Value>) -> Self {
        let at = String::new();
        Self { file, at, map }
    }

    pub(super) fn map(self) -> &'a Map<String, Value> {
        self.map
    }

    /// How `key` is written here.
    pub(super) fn key(&self, key: &str) -> Option<&'a str> {
        let exact = self.map.get_key_value(key).map(|(key, _)| key);
        let folded = || {
            self.map
                .keys()
                .find(|other| other.eq_ignore_ascii_case(key))
        };
        exact.or_else(folded).map(|key| &**key)
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&'a str>, Error> {
        self.get(key, "a string", Value::as_str)
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, Error> {
        self.get(key, "true or false", Value::as_bool)
    }

    pub(super) fn object(&self, key: &str) -> Result<Option<Self>, Error> {
        let map = self.get(key, "an object", Value::as_object)?;
        Ok(map.map(|map| Self {
            file: self.file,
            at: format!("{}{key}.", self.at),
            map,
        }))
    }

    /// The entries of the object under `key`, all of them text.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<(&'a str, &'a str)>, Error> {
        let Some(object) = self.object(key)? else {
            return Ok(Vec::new());
        };
        let entry = |(name, value): (&'a String, &'a Value)| match value.as_str() {
            Some(text) => Ok((&**name, text)),
            None => Err(object.unexpected(name, "a string")),
        };
        object.map.iter().map(entry).collect()
    }

    fn get<T>(
        &self,
        key: &str,
        expected: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        match self.key(key).and_then(|key| self.map.get(key)) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match read(value) {
                Some(value) => Ok(Some(value)),
                None => Err(self.unexpected(key, expected)),
            },
        }
    }

    fn unexpected(&self, key: &str, expected: &str) -> Error {
        let (file, at) = (file::shown(self.file), &self.at);
        Error::invalid(format!("{file}: `{at}{key}` is not {expected}"))
            .advising("correct the file")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &[u8] = br#"{"Auths":{"a\u00e9":{"auth":"czNjcmV0"}},"n":[1.5e3,null,true]}"#;

    /// Whatever is done to a document, it is read or refused, and a refusal repeats nothing of it.
    #[test]
    fn no_text_is_too_odd_to_be_refused() {
        let check = |text: &[u8]| {
            for outcome in [parse_first(text), parse_whole(text)] {
                let said = outcome.err().unwrap_or_default();
                assert!(!said.contains("czNj") && !said.contains('\n'), "{said}");
            }
        };
        for end in 0..DOCUMENT.len() {
            check(&DOCUMENT[..end]);
            for byte in [b'"', b'{', b'[', b'\\', b'\n', 0, 0xff] {
                let mut text = DOCUMENT.to_vec();
                text[end] = byte;
                check(&text);
                text.truncate(end + 1);
                check(&text);
            }
        }
        for opening in ["[", "{\"a\":"] {
            check(opening.repeat(100_000).as_bytes());
        }
        assert!(parse_whole(DOCUMENT).is_ok());
    }
}
