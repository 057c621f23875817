//! Files that users keep.

use std::fs;

use serde_json::Value;

use super::unpack::Folder;
use crate::build::ignore::Ignore;
use crate::cli::{ConfigFile, Environment};
use crate::error::Error;

/// A `config.json` is read, and changed without a loss, or refused without a word of what is in it.
pub fn config_file(input: &[u8]) {
    let folder = Folder::new();
    let path = folder.path().join("config.json");
    fs::write(&path, input).unwrap();
    let environment = Environment::nothing().with_config_dir(folder.path());
    let secrets = secrets_in(input);
    let tell = |error: Error| {
        let told = format!("{error}{error:?}");
        let repeated = secrets.iter().find(|&secret| told.contains(secret));
        assert!(repeated.is_none(), "{told}");
    };
    let file = match ConfigFile::load(&environment) {
        Ok(file) => file,
        Err(error) => return tell(error),
    };
    let _ = file.current_context().map_err(tell);
    let _ = file.creds_store().map_err(tell);
    let _ = file.cred_helpers().map_err(tell);
    let _ = file.http_headers().map_err(tell);
    let _ = file.auths().map_err(tell);
    let _ = file.proxies().map_err(tell);
    let before: Value = serde_json::Deserializer::from_slice(input)
        .into_iter()
        .next()
        .map_or(Value::Null, |value| value.expect("it was read"));
    ConfigFile::edit(&environment, |_| Ok(true)).expect("it is saved");
    let after: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let nothing = Value::Object(Default::default());
    let before = if before.is_null() { nothing } else { before };
    assert_eq!(without_fractions(after), without_fractions(before));
}

/// Fractions are kept as precisely as serde_json reads them.
fn without_fractions(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => Value::Null,
        Value::Array(values) => values.into_iter().map(without_fractions).collect(),
        Value::Object(map) => {
            let entries = map.into_iter();
            entries
                .map(|(key, value)| (key, without_fractions(value)))
                .collect()
        }
        value => value,
    }
}

/// The values in a document that are too long to stand in a message by chance.
fn secrets_in(text: &[u8]) -> Vec<String> {
    fn collect(value: Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) if text.len() >= 32 => found.push(text),
            Value::Array(values) => values.into_iter().for_each(|value| collect(value, found)),
            Value::Object(map) => map.into_values().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    let values = serde_json::Deserializer::from_slice(text).into_iter();
    values
        .map_while(Result::ok)
        .for_each(|value| collect(value, &mut found));
    found
}

/// A `.dockerignore` and paths, set apart by NUL: of what is kept nothing is ignored, and beneath a
/// folder that is left unread everything is.
pub fn ignore(input: &[u8]) {
    let mut parts = input.split(|&byte| byte == 0);
    let rules = parts.next().unwrap_or_default();
    let paths: Vec<&str> = parts.filter_map(|path| str::from_utf8(path).ok()).collect();
    let ignore = match Ignore::new(rules, &[]) {
        Ok(ignore) => ignore,
        Err(error) => {
            assert!(error.is_invalid_input());
            assert!(!error.to_string().contains(char::is_control), "{error}");
            return;
        }
    };
    for path in &paths {
        let ignored = ignore.ignores(path);
        for (end, _) in path.match_indices('/') {
            let above = &path[..end];
            let unread = ignore.ignores(above) && ignore.ignores_all_beneath(above);
            assert!(
                ignored || !unread,
                "{path:?} is beneath what is left unread"
            );
        }
    }
    let kept: Vec<&str> = paths.into_iter().filter(|path| !path.is_empty()).collect();
    if let Ok(ignore) = Ignore::new(rules, &kept) {
        let lost = kept.iter().find(|path| ignore.ignores(path));
        assert!(lost.is_none(), "{lost:?} is ignored");
    }
}
