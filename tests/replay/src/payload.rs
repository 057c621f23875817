//! Bytes as a fixture shows them: a JSON document, else text, else base64. A tar archive is base64: what of it is
//! text is lost among its zeros.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::json::Json;
use crate::normal::is_archive;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Payload {
    Text(String),
    /// Stands for the document without spaces and with a line feed at its end.
    Json(Json),
    Binary(Bytes),
}

impl Payload {
    /// The most readable form that gives back exactly these bytes.
    pub(crate) fn exact(bytes: Bytes) -> Payload {
        match Json::parse(&bytes) {
            Some(json) if json.is_document() && json.to_line().as_bytes() == &bytes[..] => {
                Payload::Json(json)
            }
            _ => Payload::text_or_binary(bytes),
        }
    }

    /// The most readable form; of a JSON document, spaces are not kept.
    pub(crate) fn readable(bytes: Bytes) -> Payload {
        match Json::parse(&bytes) {
            Some(json) if json.is_document() => Payload::Json(json),
            _ => Payload::text_or_binary(bytes),
        }
    }

    fn text_or_binary(bytes: Bytes) -> Payload {
        if is_archive(&bytes) {
            return Payload::Binary(bytes);
        }
        match String::from_utf8(bytes.into()) {
            Ok(text) => Payload::Text(text),
            Err(not_text) => Payload::Binary(not_text.into_bytes().into()),
        }
    }

    pub(crate) fn to_bytes(&self) -> Bytes {
        match self {
            Payload::Text(text) => Bytes::copy_from_slice(text.as_bytes()),
            Payload::Json(json) => json.to_line().into(),
            Payload::Binary(bytes) => bytes.clone(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a string, {\"json\": value} or {\"base64\": string}"
)]
enum Shown {
    Text(String),
    Json { json: Json },
    Binary { base64: String },
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.clone() {
            Payload::Text(text) => Shown::Text(text),
            Payload::Json(json) => Shown::Json { json },
            Payload::Binary(bytes) => Shown::Binary {
                base64: BASE64_STANDARD.encode(bytes),
            },
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Shown::deserialize(deserializer)? {
            Shown::Text(text) => Payload::Text(text),
            Shown::Json { json } => Payload::Json(json),
            Shown::Binary { base64 } => {
                let bytes = BASE64_STANDARD.decode(base64).map_err(D::Error::custom)?;
                Payload::Binary(bytes.into())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &'static [u8]) -> String {
        let payload = Payload::exact(Bytes::from_static(bytes));
        assert_eq!(payload.to_bytes(), bytes);
        let shown = serde_json::to_string(&payload).unwrap();
        assert_eq!(serde_json::from_str::<Payload>(&shown).unwrap(), payload);
        shown
    }

    #[test]
    fn every_form_gives_back_its_bytes() {
        assert_eq!(shown(b"OK"), r#""OK""#);
        assert_eq!(shown(b"{\"b\":1,\"a\":[]}\n"), r#"{"json":{"b":1,"a":[]}}"#);
        assert_eq!(shown(b"\x01\xff"), r#"{"base64":"Af8="}"#);
        // What a document's own writer would change stays text.
        assert_eq!(shown(b"{\"a\": 1}\n"), r#""{\"a\": 1}\n""#);
        assert_eq!(shown(b"{\"a\":1}"), r#""{\"a\":1}""#);
        assert_eq!(shown(b"{\"a\":1e3}\n"), r#""{\"a\":1e3}\n""#);
        assert_eq!(shown(b"7\n"), r#""7\n""#);
    }
}
