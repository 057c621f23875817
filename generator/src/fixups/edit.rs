//! The ways to edit a spec, each of which must change something.

use anyhow::{Context, Result, bail, ensure};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::backport::{self, Standing};
use super::target::{self, Place};

/// The id that an operation was published with: null if it never was, absent if it still has it.
pub const PUBLISHED: &str = "x-published";

/// One edit; its key is a path, or several, as `target` reads them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Edit {
    /// Puts another value where there is one.
    Replace {
        /// What to replace.
        replace: Paths,
        /// The value that takes its place.
        with: Value,
    },
    /// Puts a value where there is none. A new operation has `method` and `path` in its value.
    Add {
        /// Where there is nothing yet.
        add: Paths,
        /// What to put there.
        value: Value,
    },
    /// Takes a value away.
    Remove {
        /// What to remove.
        remove: Paths,
    },
    /// Gives a key another name, in its place; of a definition, in every `$ref` too.
    Rename {
        /// What to rename.
        rename: Paths,
        /// Its new name.
        to: String,
    },
    /// Makes an inline schema a definition, and a `$ref` where it stood.
    Extract {
        /// The inline schema; several must be equal.
        extract: Paths,
        /// The name of the definition; one that is there already must be equal.
        to: String,
    },
    /// Takes over what the next newer spec has, with the definitions that it needs: the spec
    /// of this version forgot it.
    Retro {
        /// Where there is nothing yet.
        retro: Paths,
    },
    /// Takes over what the next newer spec has: newer engines send it under this version too,
    /// of which it is no part.
    Early {
        /// Where there is nothing yet.
        early: Paths,
    },
}

/// One path or several to which the same is done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Paths {
    /// One path.
    One(String),
    /// Several paths; the edit must change something at each.
    Several(Vec<String>),
}

impl Paths {
    fn iter(&self) -> impl Iterator<Item = &str> {
        let several = match self {
            Self::One(path) => std::slice::from_ref(path),
            Self::Several(paths) => paths,
        };
        several.iter().map(String::as_str)
    }
}

impl Edit {
    /// Edits the spec, or says why that would change nothing.
    pub fn apply(&self, spec: &mut Value, mut newer: Option<&mut Value>) -> Result<()> {
        let mut backport = |spec: &mut Value, path: &str, standing| {
            let newer = newer.as_deref_mut();
            let newer = newer.with_context(|| format!("no newer version has {path}"))?;
            backport::take(spec, newer, path, standing)
        };
        match self {
            Self::Replace {
                replace: paths,
                with,
            } => paths.iter().try_for_each(|path| replace(spec, path, with)),
            Self::Add { add: paths, value } => {
                paths.iter().try_for_each(|path| add(spec, path, value))
            }
            Self::Remove { remove: paths } => paths.iter().try_for_each(|path| remove(spec, path)),
            Self::Rename { rename: paths, to } => {
                paths.iter().try_for_each(|path| rename(spec, path, to))
            }
            Self::Extract { extract: paths, to } => {
                paths.iter().try_for_each(|path| extract(spec, path, to))
            }
            Self::Retro { retro: paths } => paths
                .iter()
                .try_for_each(|path| backport(spec, path, Standing::Part)),
            Self::Early { early: paths } => paths
                .iter()
                .try_for_each(|path| backport(spec, path, Standing::Early)),
        }
    }
}

fn replace(spec: &mut Value, path: &str, with: &Value) -> Result<()> {
    let node = target::find(spec, path).with_context(|| format!("nothing at {path}"))?;
    let mut with = with.clone();
    // A parameter is named by its path, not by its value.
    if let (Some(name), Some(map)) = (node.get("name"), with.as_object_mut())
        && path.contains("/parameters/")
    {
        map.insert("name".to_owned(), name.clone());
    }
    ensure!(*node != with, "{path} has that value already");
    *node = with;
    Ok(())
}

pub fn add(spec: &mut Value, path: &str, value: &Value) -> Result<()> {
    ensure!(
        target::find(spec, path).is_none(),
        "{path} is there already"
    );
    match target::place(spec, path)? {
        Place::Key(parent, name) => {
            parent.insert(name, value.clone());
        }
        Place::Parameter(parameters, name) => {
            let mut parameter = Map::from_iter([("name".to_owned(), Value::String(name))]);
            parameter.extend(
                value
                    .as_object()
                    .context("a parameter is a mapping")?
                    .clone(),
            );
            parameters.push(Value::Object(parameter));
        }
        Place::Operation(paths, id) => add_operation(paths, id, value)?,
    }
    Ok(())
}

fn add_operation(paths: &mut Map<String, Value>, id: String, value: &Value) -> Result<()> {
    let mut operation = value
        .as_object()
        .context("an operation is a mapping")?
        .clone();
    let mut take = |key: &str| match operation.shift_remove(key) {
        Some(Value::String(text)) => Ok(text),
        _ => bail!("the new operation {id} has no {key}"),
    };
    let (method, path) = (take("method")?, take("path")?);
    operation.insert("operationId".to_owned(), Value::String(id));
    operation.insert(PUBLISHED.to_owned(), Value::Null);
    let methods = paths
        .entry(path)
        .or_insert_with(|| Value::Object(Map::new()));
    let methods = methods.as_object_mut().context("a path is not a mapping")?;
    methods.insert(method, Value::Object(operation));
    Ok(())
}

fn remove(spec: &mut Value, path: &str) -> Result<()> {
    ensure!(target::find(spec, path).is_some(), "nothing at {path}");
    match target::place(spec, path)? {
        Place::Key(parent, name) => {
            parent.shift_remove(&name);
        }
        Place::Parameter(parameters, name) => parameters.retain(|item| item["name"] != name),
        Place::Operation(_, id) => bail!("operation {id} cannot be removed"),
    }
    Ok(())
}

fn rename(spec: &mut Value, path: &str, to: &str) -> Result<()> {
    let Place::Key(parent, name) = target::place(spec, path)? else {
        let node = target::find(spec, path).with_context(|| format!("nothing at {path}"))?;
        let name = Value::String(to.to_owned());
        if path.contains("/parameters/") {
            node["name"] = name;
        } else {
            node[PUBLISHED] = std::mem::replace(&mut node["operationId"], name);
        }
        return Ok(());
    };
    ensure!(parent.contains_key(&name), "nothing at {path}");
    ensure!(
        !parent.contains_key(to),
        "there is a {to} beside {path} already"
    );
    let renamed = std::mem::take(parent)
        .into_iter()
        .map(|(key, value)| (if key == name { to.to_owned() } else { key }, value));
    *parent = renamed.collect();
    if path.starts_with("definitions/") && path.matches('/').count() == 1 {
        rename_refs(
            spec,
            &format!("#/definitions/{name}"),
            &format!("#/definitions/{to}"),
        );
    }
    Ok(())
}

fn extract(spec: &mut Value, path: &str, to: &str) -> Result<()> {
    let node = target::find(spec, path).with_context(|| format!("nothing at {path}"))?;
    ensure!(node.get("$ref").is_none(), "{path} is a reference already");
    let schema = std::mem::replace(node, json!({"$ref": format!("#/definitions/{to}")}));
    let definitions = spec["definitions"]
        .as_object_mut()
        .context("no definitions")?;
    match definitions.get(to) {
        Some(present) => ensure!(*present == schema, "{to} is not what stands at {path}"),
        None => {
            definitions.insert(to.to_owned(), schema);
        }
    }
    Ok(())
}

fn rename_refs(node: &mut Value, from: &str, to: &str) {
    match node {
        Value::Object(map) => {
            if map.get("$ref").is_some_and(|target| target == from) {
                map.insert("$ref".to_owned(), Value::String(to.to_owned()));
            }
            map.values_mut()
                .for_each(|value| rename_refs(value, from, to));
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| rename_refs(item, from, to)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> Value {
        json!({
            "definitions": {
                "Old": {"type": "object"},
                "Host": {"allOf": [{"$ref": "#/definitions/Old"}, {"properties": {"Binds": {"type": "string"}}}]},
            },
            "paths": {"/x": {"get": {"operationId": "X", "parameters": [{"name": "q", "in": "query"}]}}},
        })
    }

    fn apply(edit: Value) -> Result<Value> {
        let edit: Edit = serde_json::from_value(edit)?;
        let mut spec = spec();
        edit.apply(&mut spec, None)?;
        Ok(spec)
    }

    #[test]
    fn a_property_of_an_all_of_is_found_in_its_inline_part() {
        let spec = apply(
            json!({"replace": "definitions/Host/properties/Binds", "with": {"type": "array"}}),
        )
        .unwrap();
        assert_eq!(
            spec["definitions"]["Host"]["allOf"][1]["properties"]["Binds"]["type"],
            "array"
        );
    }

    #[test]
    fn a_renamed_definition_is_renamed_in_its_references() {
        let spec = apply(json!({"rename": "definitions/Old", "to": "New"})).unwrap();
        assert_eq!(
            spec["definitions"]["Host"]["allOf"][0]["$ref"],
            "#/definitions/New"
        );
        assert!(spec["definitions"]["New"].is_object());
    }

    #[test]
    fn parameters_and_operations_are_added_by_name() {
        let spec =
            apply(json!({"add": "operations/X/parameters/r", "value": {"in": "query"}})).unwrap();
        assert_eq!(
            spec["paths"]["/x"]["get"]["parameters"][1],
            json!({"name": "r", "in": "query"})
        );
        let spec = apply(json!({"add": "operations/Y", "value": {"method": "post", "path": "/y"}}))
            .unwrap();
        let added = json!({"operationId": "Y", PUBLISHED: null});
        assert_eq!(spec["paths"]["/y"]["post"], added);
    }

    #[test]
    fn an_inline_schema_becomes_a_definition() {
        let path = "definitions/Host/properties/Binds";
        let spec = apply(json!({"extract": path, "to": "Binds"})).unwrap();
        assert_eq!(spec["definitions"]["Binds"], json!({"type": "string"}));
        let reference = &spec["definitions"]["Host"]["allOf"][1]["properties"]["Binds"];
        assert_eq!(*reference, json!({"$ref": "#/definitions/Binds"}));
    }

    #[test]
    fn an_edit_that_changes_nothing_is_an_error() {
        for edit in [
            json!({"replace": "definitions/Host/properties/Binds", "with": {"type": "string"}}),
            json!({"replace": "definitions/Gone", "with": {}}),
            json!({"add": "definitions/Old", "value": {}}),
            json!({"add": "operations/X/parameters/q", "value": {"in": "query"}}),
            json!({"remove": "definitions/Gone"}),
            json!({"rename": "definitions/Old", "to": "Host"}),
        ] {
            assert!(apply(edit.clone()).is_err(), "{edit}");
        }
    }
}
