//! What a spec takes over from the next newer one.

use anyhow::{Context, Result};
use serde_json::Value;

use super::edit::add;
use super::target;

/// Marks a field that is no part of its version.
pub const EARLY: &str = "x-early";

/// What something taken over is in the older version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A part of it, which its spec forgot.
    Part,
    /// Something that newer engines send all the same.
    Early,
}

/// Copies what `newer` has at `path`, and the definitions it needs that `spec` lacks.
pub fn take(spec: &mut Value, newer: &mut Value, path: &str, standing: Standing) -> Result<()> {
    let mut value = target::find(newer, path)
        .with_context(|| format!("the next newer version has no {path} either"))?
        .clone();
    if standing == Standing::Early {
        mark(&mut value);
    }
    if path.starts_with("operations/") && path.matches('/').count() == 1 {
        add_route(newer, path, &mut value)?;
    }
    add(spec, path, &value)?;
    take_definitions(spec, newer, &value, standing)
}

/// An operation is added with its method and path.
fn add_route(newer: &Value, path: &str, operation: &mut Value) -> Result<()> {
    let paths = newer["paths"].as_object().context("no paths")?;
    let route = paths.iter().find_map(|(route, methods)| {
        let methods = methods.as_object()?;
        let found = methods.iter().find(|(_, node)| *node == operation)?;
        Some((route.clone(), found.0.clone()))
    });
    let (route, method) = route.with_context(|| format!("no route of {path}"))?;
    operation["path"] = Value::String(route);
    operation["method"] = Value::String(method);
    Ok(())
}

fn take_definitions(
    spec: &mut Value,
    newer: &Value,
    value: &Value,
    standing: Standing,
) -> Result<()> {
    let mut names = Vec::new();
    references(value, &mut names);
    for name in names {
        if spec["definitions"].get(&name).is_some() {
            continue;
        }
        let mut definition = newer["definitions"]
            .get(&name)
            .with_context(|| format!("no definition {name}"))?
            .clone();
        if standing == Standing::Early {
            mark_fields(&mut definition);
        }
        spec["definitions"][&name] = definition.clone();
        take_definitions(spec, newer, &definition, standing)?;
    }
    Ok(())
}

fn mark(field: &mut Value) {
    mark_fields(field);
    if let Some(field) = field.as_object_mut() {
        field.insert(EARLY.to_owned(), Value::Bool(true));
    }
}

fn mark_fields(schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    for (key, value) in schema.iter_mut() {
        match (key.as_str(), value) {
            ("properties", Value::Object(fields)) => fields.values_mut().for_each(mark),
            ("allOf", Value::Array(parts)) => parts.iter_mut().for_each(mark_fields),
            ("items" | "additionalProperties", inner) => mark_fields(inner),
            _ => {}
        }
    }
}

fn references(node: &Value, names: &mut Vec<String>) {
    match node {
        Value::Object(map) => {
            let target = map.get("$ref").and_then(Value::as_str);
            let name = target.and_then(|target| target.strip_prefix("#/definitions/"));
            names.extend(name.map(str::to_owned));
            map.values().for_each(|value| references(value, names));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn specs() -> (Value, Value) {
        let older = json!({"definitions": {"Info": {"properties": {"Id": {"type": "string"}}}}});
        let newer = json!({"definitions": {
            "Info": {"properties": {
                "Id": {"type": "string"},
                "Swarm": {"$ref": "#/definitions/Swarm"},
            }},
            "Swarm": {"properties": {"Node": {"$ref": "#/definitions/Node"}}},
            "Node": {"properties": {"Name": {"type": "string"}}},
        }});
        (older, newer)
    }

    #[test]
    fn what_is_taken_over_brings_the_definitions_that_it_needs() {
        let (mut older, mut newer) = specs();
        let path = "definitions/Info/properties/Swarm";
        take(&mut older, &mut newer, path, Standing::Part).unwrap();
        assert_eq!(older, newer);
    }

    #[test]
    fn what_comes_early_is_marked_with_all_fields_that_came_with_it() {
        let (mut older, mut newer) = specs();
        let path = "definitions/Info/properties/Swarm";
        take(&mut older, &mut newer, path, Standing::Early).unwrap();
        let definitions = &older["definitions"];
        for early in [
            &definitions["Info"]["properties"]["Swarm"],
            &definitions["Swarm"]["properties"]["Node"],
            &definitions["Node"]["properties"]["Name"],
        ] {
            assert_eq!(early[EARLY], true, "{early}");
        }
        assert_eq!(definitions["Info"]["properties"]["Id"].get(EARLY), None);
    }

    #[test]
    fn what_is_there_or_nowhere_is_refused() {
        let (mut older, mut newer) = specs();
        for path in ["definitions/Info/properties/Id", "definitions/Gone"] {
            assert!(
                take(&mut older, &mut newer, path, Standing::Part).is_err(),
                "{path}"
            );
        }
    }
}
