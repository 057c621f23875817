//! What the corrected spec of a version says that requests and answers look like.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use dockwright_generator::fixups::Fixups;
use dockwright_generator::lift::{Lifted, Operation, TypeKind, lift};
use dockwright_generator::version::versions_in;
use dockwright_generator::yaml;
use serde_json::Value;

use crate::fidelity::says_nothing;

/// The shapes of all versions, by their names such as `1.44`.
pub struct Shapes(BTreeMap<String, Shape>);

impl Shapes {
    /// Reads all specs of a folder, and corrects them.
    pub fn load(spec: &Path, fixups: &Fixups) -> Result<Self> {
        let mut specs = Vec::new();
        for (version, path) in versions_in(spec)? {
            specs.push((version, yaml::read(&path)?));
        }
        fixups.apply(&mut specs)?;
        let shapes = specs.iter().map(|(version, spec)| {
            let lifted = lift(spec, *version).with_context(|| format!("v{version}"))?;
            Ok((version.to_string(), Shape { lifted }))
        });
        Ok(Self(shapes.collect::<Result<_>>()?))
    }

    /// The shapes of one version.
    pub fn of(&self, version: &str) -> Option<&Shape> {
        self.0.get(version)
    }
}

/// The shapes of one version.
pub struct Shape {
    lifted: Lifted,
}

/// Who sends a value: engines send early what belongs to newer versions; clients must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The client.
    Client,
    /// The engine.
    Engine,
}

/// A value that is not as the spec says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Misfit {
    /// A field that the spec does not have.
    Unknown(String),
    /// A value of another type, and what it was to be.
    Wrong(String, String),
}

impl Shape {
    /// All operations.
    pub fn operations(&self) -> &[Operation] {
        &self.lifted.operations
    }

    /// The operation that a request is for.
    pub fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        let mut fitting: Vec<_> = (self.lifted.operations.iter())
            .filter(|operation| operation.method == method && fits(&operation.path, path))
            .collect();
        // `/images/json` is no `/images/{name}`.
        fitting.sort_by_key(|operation| operation.path.matches('{').count());
        fitting.first().copied()
    }

    /// The lifted document of an operation.
    pub fn document(&self, operation: &Operation) -> &Value {
        let method = operation.method.to_lowercase();
        &self.lifted.document["paths"][&operation.path][method]
    }

    /// The schema of an operation's JSON body; none if it has none.
    pub fn body(&self, operation: &Operation) -> Option<&Value> {
        let content = &self.document(operation)["requestBody"]["content"];
        content.get("application/json").map(|json| &json["schema"])
    }

    /// The schema of each JSON value that an operation answers; none if that is no JSON.
    pub fn answer(&self, operation: &Operation) -> Option<Value> {
        if let Some(item) = &operation.item {
            return Some(reference(item));
        }
        let content = &self.document(operation)["responses"]["2XX"]["content"];
        let json = content.get("application/json");
        json.map(|json| json["schema"].clone())
    }

    /// The schema of what every operation answers when it fails.
    pub fn error(&self) -> Value {
        reference("ErrorResponse")
    }

    /// The schema that a reference names, with the name; any other is itself.
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> (Option<&'a str>, &'a Value) {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(target) => {
                let name = target.rsplit('/').next().unwrap_or_default();
                (
                    Some(name),
                    &self.lifted.document["components"]["schemas"][name],
                )
            }
            None => (None, schema),
        }
    }

    /// The fields of a named type by their names on the wire, with the schema of each.
    pub fn fields<'a>(&'a self, name: &str, schema: &'a Value) -> Vec<(&'a str, &'a Value)> {
        let aliases = self.lifted.types.get(name).map(|typ| &typ.aliases);
        let properties = schema["properties"].as_object().into_iter().flatten();
        let wire = |key: &'a String| aliases.and_then(|all| all.get(key)).unwrap_or(key).as_str();
        properties
            .map(|(key, schema)| (wire(key), schema))
            .collect()
    }

    fn is_early(&self, name: &str, field: &str) -> bool {
        let kind = self.lifted.types.get(name).map(|typ| &typ.kind);
        matches!(kind, Some(TypeKind::Object(fields)) if fields.get(field).is_some_and(|f| f.early))
    }

    /// All that is wrong with a value.
    pub fn misfits(&self, schema: &Value, value: &Value, from: From) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        self.walk(schema, value, from, String::new(), &mut misfits);
        misfits
    }

    fn walk(&self, schema: &Value, value: &Value, from: From, path: String, out: &mut Vec<Misfit>) {
        let (name, schema) = self.resolve(schema);
        // Engines leave out or send null for whatever they like.
        if value.is_null() {
            return;
        }
        let typ = schema["type"].as_str().unwrap_or_default();
        match (typ, value) {
            ("object", Value::Object(sent)) if schema.get("properties").is_some() => {
                let name = name.unwrap_or_default();
                let fields: BTreeMap<_, _> = self.fields(name, schema).into_iter().collect();
                for (key, value) in sent {
                    let path = format!("{path}.{key}");
                    let early = from == From::Client && self.is_early(name, key);
                    match fields.get(key.as_str()).filter(|_| !early) {
                        Some(schema) => self.walk(schema, value, from, path, out),
                        None if from == From::Engine && says_nothing(value) => {}
                        None => out.push(Misfit::Unknown(path)),
                    }
                }
            }
            ("object", Value::Object(sent)) => {
                if let Some(schema) = schema.get("additionalProperties") {
                    let path = format!("{path}.{{}}");
                    for value in sent.values() {
                        self.walk(schema, value, from, path.clone(), out);
                    }
                }
            }
            ("array", Value::Array(sent)) => {
                for value in sent {
                    self.walk(&schema["items"], value, from, format!("{path}[]"), out);
                }
            }
            ("string", Value::String(_))
            | ("boolean", Value::Bool(_))
            | ("number", Value::Number(_))
            | ("", _) => {}
            ("integer", Value::Number(number)) if !number.is_f64() => {}
            (typ, value) => {
                let value: String = value.to_string().chars().take(40).collect();
                out.push(Misfit::Wrong(
                    path,
                    format!("{typ} expected, it is {value}"),
                ));
            }
        }
    }
}

fn reference(name: &str) -> Value {
    serde_json::json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Whether a path is one of a template. The names of images and plugins may hold slashes.
fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    let more = path.len().checked_sub(template.len());
    let Some(more) = more else { return false };
    let Some(hole) = template.iter().position(|part| part.starts_with('{')) else {
        return template == path;
    };
    let slashes = matches!(template[hole], "{name}");
    let tail = &template[hole + 1..];
    template[..hole] == path[..hole]
        && (more == 0 || slashes)
        && tail
            .iter()
            .zip(&path[hole + 1 + more..])
            .all(|(want, got)| want.starts_with('{') || want == got)
}
