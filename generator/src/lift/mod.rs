//! Swagger 2.0, corrected, to an OpenAPI 3.0 document of the simplest shape that says the same.
//!
//! In a lifted document every object and every enum is a named component, `allOf` is merged,
//! nothing is required and nothing carries a default or a bound: what the spec says of
//! presence and nullability does not hold on the wire. Each operation has one answer and one error.

mod names;
mod operation;
mod schema;

use anyhow::{Context, Result, ensure};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

pub use names::{LONGEST, type_name};
pub use operation::{Answer, Operation, Parameter};
pub use schema::{Field, Type, TypeKind};

use crate::version::Version;

/// A lifted document, and the facts that an OpenAPI document has no place for.
#[derive(Debug)]
pub struct Lifted {
    /// The API version.
    pub version: Version,
    /// The OpenAPI 3.0 document.
    pub document: Value,
    /// Every named type, by its Rust name.
    pub types: IndexMap<String, Type>,
    /// Every operation, in the order of the spec.
    pub operations: Vec<Operation>,
}

/// Lifts a corrected spec.
pub fn lift(spec: &Value, version: Version) -> Result<Lifted> {
    let mut types = schema::Types::new(spec)?;
    types.lift_definitions()?;
    let mut operations = Vec::new();
    let mut paths = Map::new();
    for (path, methods) in spec["paths"].as_object().context("the spec has no paths")? {
        let mut lifted = Map::new();
        for (method, node) in methods.as_object().context("a path is not a mapping")? {
            let id = node["operationId"].as_str().unwrap_or_default();
            let (operation, document) = operation::lift(spec, &mut types, path, method, node)
                .with_context(|| format!("operation {id}"))?;
            operations.push(operation);
            lifted.insert(method.clone(), document);
        }
        paths.insert(path.clone(), Value::Object(lifted));
    }
    let (schemas, types) = types.finish();
    for operation in &operations {
        let known = operation
            .item
            .as_ref()
            .is_none_or(|item| types.contains_key(item));
        ensure!(
            known,
            "{} streams {:?}, which is no type",
            operation.id,
            operation.item
        );
    }
    let document = json!({
        "openapi": "3.0.3",
        "info": {"title": "Docker Engine API", "version": version.to_string()},
        "paths": paths,
        "components": {"schemas": schemas},
    });
    Ok(Lifted {
        version,
        document,
        types,
        operations,
    })
}
