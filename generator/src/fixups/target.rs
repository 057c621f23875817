//! What an edit points at: `definitions/HostConfig/properties/Binds`, `operations/ContainerLogs/parameters/since`.
//!
//! Segments are keys of the Swagger document, with three conveniences: an operation is found
//! by its id, a parameter by its name, and a property of an `allOf` in its inline part.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

pub const METHODS: [&str; 6] = ["get", "post", "put", "delete", "head", "options"];

/// The node at `path`, if there is one.
pub fn find<'a>(spec: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    let mut segments = path.split('/');
    let mut node = match segments.next()? {
        "operations" => operation(spec, segments.next()?)?,
        first => spec.get_mut(first)?,
    };
    for segment in segments {
        node = child(node, segment)?;
    }
    Some(node)
}

/// Where the last segment of `path` is, or is to be, a key or a parameter's name.
pub enum Place<'a> {
    Key(&'a mut Map<String, Value>, String),
    Parameter(&'a mut Vec<Value>, String),
    Operation(&'a mut Map<String, Value>, String),
}

/// The place that `path` names, whose parent must exist.
pub fn place<'a>(spec: &'a mut Value, path: &str) -> Result<Place<'a>> {
    let (parent, name) = path
        .rsplit_once('/')
        .with_context(|| format!("{path} has no parent"))?;
    let name = name.to_owned();
    if parent == "operations" {
        let paths = spec.get_mut("paths").and_then(Value::as_object_mut);
        return Ok(Place::Operation(
            paths.context("the spec has no paths")?,
            name,
        ));
    }
    if parent.starts_with("operations/") && parent.ends_with("/parameters") {
        let owner = parent.trim_end_matches("/parameters");
        let owner = find(spec, owner).and_then(Value::as_object_mut);
        let owner = owner.with_context(|| format!("no operation at {parent}"))?;
        let parameters = owner
            .entry("parameters")
            .or_insert_with(|| Value::Array(Vec::new()));
        let parameters = parameters
            .as_array_mut()
            .context("parameters are not a list")?;
        return Ok(Place::Parameter(parameters, name));
    }
    match find(spec, parent) {
        Some(Value::Object(map)) => Ok(Place::Key(map, name)),
        Some(_) => bail!("{parent} is not a mapping"),
        None => bail!("{parent} does not exist"),
    }
}

fn operation<'a>(spec: &'a mut Value, id: &str) -> Option<&'a mut Value> {
    let paths = spec.get_mut("paths")?.as_object_mut()?;
    paths
        .values_mut()
        .filter_map(Value::as_object_mut)
        .flat_map(|methods| methods.iter_mut())
        .filter(|(method, _)| METHODS.contains(&method.as_str()))
        .map(|(_, operation)| operation)
        .find(|operation| operation["operationId"] == id)
}

fn child<'a>(node: &'a mut Value, segment: &str) -> Option<&'a mut Value> {
    match node {
        Value::Array(items) => match segment.parse::<usize>() {
            Ok(index) => items.get_mut(index),
            Err(_) => items.iter_mut().find(|item| item["name"] == segment),
        },
        Value::Object(map) => {
            if segment == "properties" && !map.contains_key(segment) {
                let parts = map.get_mut("allOf")?.as_array_mut()?;
                return parts.iter_mut().find_map(|part| part.get_mut("properties"));
            }
            map.get_mut(segment)
        }
        _ => None,
    }
}
