//! What of an upstream Swagger file is fact and stays; all else is prose and goes.
//!
//! Works by lists of what may stay, one for each kind of node, so that a key that upstream
//! invents tomorrow is an error to decide on and not prose that slips through.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

const DOCUMENT: Keys = Keys {
    keep: &[
        "swagger",
        "schemes",
        "produces",
        "consumes",
        "basePath",
        "info",
        "definitions",
        "paths",
    ],
    drop: &["tags"],
};
const INFO: Keys = Keys {
    keep: &["version"],
    drop: &["title", "description", "x-logo"],
};
const OPERATION: Keys = Keys {
    keep: &[
        "operationId",
        "responses",
        "tags",
        "parameters",
        "produces",
        "consumes",
        "deprecated",
    ],
    drop: &["summary", "description", "externalDocs"],
};
const PARAMETER: Keys = Keys {
    keep: &[
        "name",
        "in",
        "type",
        "format",
        "required",
        "default",
        "schema",
        "pattern",
        "enum",
        "items",
        "collectionFormat",
        "minimum",
        "maximum",
        "allowEmptyValue",
    ],
    drop: &["description", "example", "x-example"],
};
const RESPONSE: Keys = Keys {
    keep: &["schema", "headers"],
    drop: &["description", "examples"],
};
const SCHEMA: Keys = Keys {
    keep: &[
        "$ref",
        "type",
        "format",
        "properties",
        "additionalProperties",
        "items",
        "allOf",
        "required",
        "enum",
        "default",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "pattern",
        "readOnly",
        "x-nullable",
        "x-omitempty",
        "x-deprecated",
    ],
    drop: &[
        "description",
        "title",
        "example",
        "externalDocs",
        "x-go-name",
        "x-go-type",
        "x-go-package",
        "x-nullable-description",
    ],
};

/// Which keys of a kind of node are facts and which are known prose.
struct Keys {
    keep: &'static [&'static str],
    drop: &'static [&'static str],
}

impl Keys {
    /// The facts of a node, each key's value mapped by `convert`.
    fn facts(
        &self,
        node: &Value,
        place: &str,
        convert: impl Fn(&str, &Value) -> Result<Value>,
    ) -> Result<Value> {
        let node = node
            .as_object()
            .with_context(|| format!("{place} is not a mapping"))?;
        let mut facts = Map::new();
        for (key, value) in node {
            if self.keep.contains(&key.as_str()) {
                facts.insert(key.clone(), convert(key, value)?);
            } else if !self.drop.contains(&key.as_str()) {
                bail!("{place}: nobody has decided whether {key:?} is a fact or prose");
            }
        }
        Ok(Value::Object(facts))
    }
}

/// The facts of an upstream Swagger document, without a word of its prose.
pub fn facts(upstream: &Value) -> Result<Value> {
    DOCUMENT.facts(upstream, "the document", |key, value| match key {
        "info" => INFO.facts(value, "info", |_, value| Ok(value.clone())),
        "definitions" => each(value, "definitions", schema),
        "paths" => each(value, "paths", |methods, place| {
            each(methods, place, operation)
        }),
        _ => Ok(value.clone()),
    })
}

fn operation(node: &Value, place: &str) -> Result<Value> {
    OPERATION.facts(node, place, |key, value| match key {
        "parameters" => list(value, place, parameter),
        "responses" => each(value, place, response),
        _ => Ok(value.clone()),
    })
}

fn parameter(node: &Value, place: &str) -> Result<Value> {
    PARAMETER.facts(node, place, |key, value| match key {
        "schema" | "items" => schema(value, place),
        _ => Ok(value.clone()),
    })
}

fn response(node: &Value, place: &str) -> Result<Value> {
    RESPONSE.facts(node, place, |key, value| match key {
        "schema" => schema(value, place),
        "headers" => each(value, place, schema),
        _ => Ok(value.clone()),
    })
}

fn schema(node: &Value, place: &str) -> Result<Value> {
    SCHEMA.facts(node, place, |key, value| match key {
        "properties" => each(value, place, schema),
        "items" => schema(value, place),
        "additionalProperties" if value.is_object() => schema(value, place),
        "allOf" => list(value, place, schema),
        _ => Ok(value.clone()),
    })
}

/// Maps the values of a mapping whose keys are names, not keywords.
fn each(
    node: &Value,
    place: &str,
    convert: impl Fn(&Value, &str) -> Result<Value>,
) -> Result<Value> {
    let node = node
        .as_object()
        .with_context(|| format!("{place} is not a mapping"))?;
    let mapped = node
        .iter()
        .map(|(name, value)| Ok((name.clone(), convert(value, &format!("{place}/{name}"))?)));
    Ok(Value::Object(mapped.collect::<Result<_>>()?))
}

fn list(
    node: &Value,
    place: &str,
    convert: impl Fn(&Value, &str) -> Result<Value>,
) -> Result<Value> {
    let node = node
        .as_array()
        .with_context(|| format!("{place} is not a list"))?;
    let mapped = node
        .iter()
        .enumerate()
        .map(|(index, value)| convert(value, &format!("{place}/{index}")));
    Ok(Value::Array(mapped.collect::<Result<_>>()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn prose_goes_and_a_property_named_like_prose_stays() {
        let upstream = json!({
            "swagger": "2.0", "basePath": "/v1.99", "tags": [{"name": "T", "description": "d"}],
            "info": {"version": "1.99", "title": "t", "description": "d"},
            "definitions": {"Thing": {
                "description": "d", "type": "object", "title": "t", "example": {"a": 1},
                "properties": {"description": {"type": "string", "description": "d", "example": "e"}},
            }},
            "paths": {"/x": {"get": {
                "summary": "s", "description": "d", "operationId": "X",
                "parameters": [{"name": "q", "in": "query", "type": "string", "description": "d"}],
                "responses": {"200": {"description": "d", "examples": {}, "schema": {"$ref": "#/definitions/Thing"}}},
            }}},
        });
        let expected = json!({
            "swagger": "2.0", "basePath": "/v1.99", "info": {"version": "1.99"},
            "definitions": {"Thing": {
                "type": "object", "properties": {"description": {"type": "string"}},
            }},
            "paths": {"/x": {"get": {
                "operationId": "X",
                "parameters": [{"name": "q", "in": "query", "type": "string"}],
                "responses": {"200": {"schema": {"$ref": "#/definitions/Thing"}}},
            }}},
        });
        assert_eq!(facts(&upstream).unwrap(), expected);
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_its_place() {
        let upstream = json!({"definitions": {"Thing": {"x-novel": "A whole novel."}}});
        let error = facts(&upstream).unwrap_err().to_string();
        assert!(
            error.contains("definitions/Thing") && error.contains("x-novel"),
            "{error}"
        );
    }
}
