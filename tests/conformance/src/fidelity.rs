//! What a type loses of a JSON value: fields that it does not know, and values that it changes.

use serde_json::Value;

/// Paths of `sent` whose fields `kept` lacks, and those whose values differ in it.
#[derive(Debug, Default, PartialEq)]
pub struct Losses {
    /// Fields that the type does not know.
    pub unknown: Vec<String>,
    /// Values that came out as others than went in.
    pub changed: Vec<String>,
}

impl Losses {
    /// Compares what an engine sent with what a type made of it.
    pub fn between(sent: &Value, kept: &Value) -> Self {
        let mut losses = Self::default();
        losses.walk(sent, kept, "");
        losses
    }

    fn walk(&mut self, sent: &Value, kept: &Value, path: &str) {
        match (sent, kept) {
            (Value::Object(sent), Value::Object(kept)) => {
                for (key, value) in sent {
                    let path = format!("{path}.{}", generic(key));
                    match kept.get(key) {
                        Some(kept) => self.walk(value, kept, &path),
                        None if says_nothing(value) => {}
                        None => self.unknown.push(path),
                    }
                }
            }
            (Value::Array(sent), Value::Array(kept)) if sent.len() == kept.len() => {
                let path = format!("{path}[]");
                sent.iter()
                    .zip(kept)
                    .for_each(|(sent, kept)| self.walk(sent, kept, &path));
            }
            _ if sent == kept || same_number(sent, kept) => {}
            _ if says_nothing(sent) && says_nothing(kept) => {}
            _ => self.changed.push(path.to_owned()),
        }
    }
}

/// Null, an empty string, list or map: a type leaves all of these out alike.
pub fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

fn same_number(sent: &Value, kept: &Value) -> bool {
    matches!((sent.as_f64(), kept.as_f64()), (Some(sent), Some(kept)) if sent == kept)
}

/// Ids, names and the like in keys, so that a path stands for all values of a map.
fn generic(key: &str) -> &str {
    let named = key
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b' ');
    if named && key.len() < 32 { key } else { "{}" }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_fields_and_changed_values_are_told_by_path() {
        let sent = json!({"Id": 1, "New": true, "Null": null, "List": [{"A": 1, "B": "x"}]});
        let kept = json!({"Id": 1.0, "List": [{"A": 2, "B": "x"}]});
        let losses = Losses::between(&sent, &kept);
        assert_eq!(losses.unknown, [".New"]);
        assert_eq!(losses.changed, [".List[].A"]);
    }
}
