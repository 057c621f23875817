//! Operations: parameters, one body, one answer, one error.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use super::names::type_name;
use super::schema::{Place, Types, named_types};
use crate::fixups::PUBLISHED;

/// An operation of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Its id in the spec, like `ContainerList`.
    pub id: String,
    /// The id that it was published with, unless it never was.
    pub published: Option<String>,
    /// Its method, in upper case.
    pub method: String,
    /// Its path template.
    pub path: String,
    /// The area it belongs to, like `Container`.
    pub tag: String,
    /// Its parameters but the body.
    pub parameters: Vec<Parameter>,
    /// What the engine answers.
    pub answer: Answer,
    /// The response headers that the spec declares.
    pub headers: Vec<String>,
    /// The named types of its JSON body.
    pub body: Vec<String>,
    /// The named types of its JSON answer.
    pub answered: Vec<String>,
    /// The type of the JSON values of its streamed answer.
    pub item: Option<String>,
    /// The protocol that its connection is upgraded to.
    pub upgrade: String,
    /// Whether it answers without an upgrade too, then with a stream of its output alone.
    pub plain_too: bool,
}

/// A path, query or header parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// `path`, `query` or `header`.
    pub location: String,
    /// The format of its value, where the spec names one.
    pub format: Option<String>,
    /// The value that the spec says it has when it is not given.
    pub default: Option<Value>,
}

/// What an engine answers to an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One JSON value.
    Json,
    /// Bytes of any length: a tar, log frames, JSON values one after another, text.
    Stream,
    /// The connection itself, after `101 Switching Protocols`.
    Upgrade,
    /// Nothing but the status and headers.
    Empty,
}

/// Lifts an operation to its facts and its OpenAPI form.
pub fn lift(
    spec: &Value,
    types: &mut Types<'_>,
    path: &str,
    method: &str,
    node: &Value,
) -> Result<(Operation, Value)> {
    let id = node["operationId"].as_str().context("no operationId")?;
    let tag = node["tags"][0].as_str().context("no tag")?;
    let mut operation = Operation {
        id: id.to_owned(),
        published: match node.get(PUBLISHED) {
            Some(published) => published.as_str().map(str::to_owned),
            None => Some(id.to_owned()),
        },
        method: method.to_uppercase(),
        path: path.to_owned(),
        tag: tag.split(' ').next().unwrap_or(tag).to_owned(),
        parameters: Vec::new(),
        answer: Answer::Empty,
        headers: Vec::new(),
        body: Vec::new(),
        answered: Vec::new(),
        item: node["x-item"]
            .as_str()
            .map(|item| type_name(&[item]))
            .transpose()?,
        upgrade: node["x-upgrade"].as_str().unwrap_or("tcp").to_owned(),
        plain_too: false,
    };
    let mut document = Map::from_iter([("operationId".to_owned(), json!(id))]);
    let mut parameters = Vec::new();
    for parameter in node["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"]
            .as_str()
            .context("a parameter has no name")?;
        match parameter["in"].as_str() {
            Some("body") => {
                let body = body(types, id, parameter)?;
                operation.body = named_types(&body);
                document.insert("requestBody".to_owned(), body);
            }
            // The type of a body follows from the body.
            Some("header") if name.eq_ignore_ascii_case("content-type") => {}
            Some(location @ ("path" | "query" | "header")) => {
                operation.parameters.push(Parameter {
                    name: name.to_owned(),
                    location: location.to_owned(),
                    format: parameter["format"].as_str().map(str::to_owned),
                    default: parameter.get("default").cloned(),
                });
                parameters.push(lift_parameter(types, id, name, location, parameter)?);
            }
            _ => bail!("parameter {name} is in {}", parameter["in"]),
        }
    }
    document.insert("parameters".to_owned(), Value::Array(parameters));
    let responses = responses(spec, types, &mut operation, node)?;
    document.insert("responses".to_owned(), responses);
    Ok((operation, Value::Object(document)))
}

fn lift_parameter(
    types: &mut Types<'_>,
    id: &str,
    name: &str,
    location: &str,
    parameter: &Value,
) -> Result<Value> {
    let mut place = Place::operation(id, "");
    place.parts.push(name.to_owned());
    Ok(json!({
        "name": name,
        "in": location,
        "required": location == "path" || parameter["required"] == true,
        "schema": types.lift(parameter, &place)?,
    }))
}

/// A body that the spec types as a string is a stream of bytes: a tar, in all operations.
fn body(types: &mut Types<'_>, id: &str, parameter: &Value) -> Result<Value> {
    let schema = &parameter["schema"];
    let content = if schema["type"] == "string" {
        json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}})
    } else {
        json!({"application/json": {"schema": types.lift(schema, &Place::operation(id, "Body"))?}})
    };
    Ok(json!({"required": true, "content": content}))
}

fn responses(
    spec: &Value,
    types: &mut Types<'_>,
    operation: &mut Operation,
    node: &Value,
) -> Result<Value> {
    let declared = node["responses"].as_object().context("no responses")?;
    let successes = || {
        declared
            .iter()
            .filter(|(status, _)| status.starts_with('2'))
    };
    let success = successes().find(|(_, response)| response.get("schema").is_some());
    let success = success
        .or_else(|| successes().next())
        .map(|(_, response)| response);
    let schema = success.and_then(|response| response.get("schema"));
    let headers = success.and_then(|response| response["headers"].as_object());
    operation.headers = headers
        .into_iter()
        .flat_map(|headers| headers.keys().cloned())
        .collect();
    operation.answer = answer(spec, declared, schema, node)?;
    let websocket = operation.upgrade == "websocket";
    operation.plain_too = operation.answer == Answer::Upgrade && success.is_some() && !websocket;
    let (status, content) = match (operation.answer, schema) {
        (Answer::Upgrade, _) => ("101", json!({})),
        (Answer::Stream, _) => ("2XX", json!({"application/octet-stream": {}})),
        (Answer::Empty, _) => ("2XX", json!({})),
        (Answer::Json, Some(schema)) => {
            let schema = types.lift(schema, &Place::operation(&operation.id, "Response"))?;
            operation.answered = named_types(&schema);
            ("2XX", json!({"application/json": {"schema": schema}}))
        }
        (Answer::Json, None) => bail!("a JSON answer without a schema"),
    };
    let error = json!({"description": "", "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}},
    }});
    Ok(json!({
        status: {"description": "", "content": content},
        "4XX": error,
        "5XX": error,
    }))
}

/// The kind of an answer: as a fixup says by `x-answer`, else as status, schema and media type say.
fn answer(
    spec: &Value,
    declared: &Map<String, Value>,
    schema: Option<&Value>,
    node: &Value,
) -> Result<Answer> {
    if let Some(said) = node.get("x-answer") {
        return match said.as_str() {
            Some("stream") => Ok(Answer::Stream),
            Some("upgrade") => Ok(Answer::Upgrade),
            Some("empty") => Ok(Answer::Empty),
            _ => bail!("x-answer is {said}, not stream, upgrade or empty"),
        };
    }
    if declared.contains_key("101") {
        return Ok(Answer::Upgrade);
    }
    let produces = node.get("produces").unwrap_or(&spec["produces"]);
    let json = produces[0]
        .as_str()
        .is_some_and(|first| first == "application/json");
    Ok(match schema {
        None => Answer::Empty,
        Some(schema) if schema["type"] == "string" && !json => Answer::Stream,
        Some(_) => Answer::Json,
    })
}
