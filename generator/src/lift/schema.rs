//! Schemas: what is an object or an enum gets a name, all else is written out where it is used.

use anyhow::{Context, Result, bail, ensure};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::names::{apart, type_name};
use crate::fixups::EARLY;

/// How many definitions may be written out one in the other: far more than in any spec, and few
/// enough to tell those that are made of themselves.
const DEEPEST: usize = 16;

/// A named type of the lifted document.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// Where the spec has it, `definitions/Mount` or `operations/ImagePrune`.
    pub source: String,
    /// The definition or operation with the way from it, `Mount.VolumeOptions`.
    pub path: String,
    /// The name of the definition or operation that it belongs to, which is that of its file.
    pub owner: String,
    /// What it is.
    pub kind: TypeKind,
    /// Names in the document that are not those on the wire, since those make no good identifiers.
    pub aliases: IndexMap<String, String>,
}

/// What a named type is.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// An object, its fields by their names on the wire.
    Object(IndexMap<String, Field>),
    /// An enum of these strings.
    Enum(Vec<String>),
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The format of its value, where the spec names one.
    pub format: Option<String>,
    /// The value that the spec says it has when it is not given.
    pub default: Option<Value>,
    /// The names of types that it holds.
    pub types: Vec<String>,
    /// Whether it is no part of its version, but newer engines send it all the same.
    pub early: bool,
}

/// The named types found so far.
pub struct Types<'a> {
    definitions: &'a Map<String, Value>,
    schemas: Map<String, Value>,
    types: IndexMap<String, Type>,
    /// How many definitions are being written out.
    open: usize,
}

/// Where a schema stands: what it is named after if it needs a name, and whose file that is.
#[derive(Clone)]
pub struct Place {
    /// Where the spec has it.
    pub source: String,
    /// The definition or operation that it belongs to.
    pub owner: String,
    /// The parts of its name.
    pub parts: Vec<String>,
}

impl Place {
    pub fn definition(name: &str) -> Self {
        Self {
            source: format!("definitions/{name}"),
            owner: name.to_owned(),
            parts: vec![name.to_owned()],
        }
    }

    pub fn operation(id: &str, suffix: &str) -> Self {
        Self {
            source: format!("operations/{id}"),
            owner: format!("{id}{suffix}"),
            parts: vec![id.to_owned(), suffix.to_owned()],
        }
    }

    fn child(&self, part: &str) -> Self {
        let mut child = self.clone();
        child.parts.push(part.to_owned());
        child
    }

    fn path(&self) -> String {
        let parts = self.parts.iter().filter(|part| !part.is_empty());
        parts.map(String::as_str).collect::<Vec<_>>().join(".")
    }

    fn name(&self) -> Result<String> {
        type_name(&self.parts.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

impl<'a> Types<'a> {
    pub fn new(spec: &'a Value) -> Result<Self> {
        let definitions = spec["definitions"]
            .as_object()
            .context("the spec has no definitions")?;
        Ok(Self {
            definitions,
            schemas: Map::new(),
            types: IndexMap::new(),
            open: 0,
        })
    }

    pub fn finish(self) -> (Map<String, Value>, IndexMap<String, Type>) {
        (self.schemas, self.types)
    }

    pub fn lift_definitions(&mut self) -> Result<()> {
        for (name, schema) in self.definitions {
            self.lift(schema, &Place::definition(name))
                .with_context(|| format!("definition {name}"))?;
        }
        Ok(())
    }

    /// The lifted form of a schema that stands at `place`.
    pub fn lift(&mut self, schema: &Value, place: &Place) -> Result<Value> {
        if let Some(name) = reference(schema)? {
            return self.lift_reference(name);
        }
        if schema.get("allOf").is_some() {
            let merged = self.merge(schema, 0)?;
            return self.lift(&merged, place);
        }
        if has_entries(schema, "properties") {
            return self.object(schema, place);
        }
        // `[array, string]` is how an engine reads; it always writes the first.
        let typ = schema["type"]
            .as_str()
            .or_else(|| schema["type"][0].as_str());
        match typ {
            Some("string") | None if has_entries(schema, "enum") => self.enumeration(schema, place),
            Some("array") => self.array(schema, place),
            None if schema.get("items").is_some() => self.array(schema, place),
            Some("object") => self.map(schema, place),
            None if schema.get("additionalProperties").is_some() => self.map(schema, place),
            Some("string") => Ok(json!({"type": "string"})),
            Some("boolean") => Ok(json!({"type": "boolean"})),
            Some("integer") => {
                let format = schema["format"].as_str().unwrap_or("int64");
                Ok(json!({"type": "integer", "format": format}))
            }
            Some("number") => Ok(json!({"type": "number", "format": "double"})),
            None if schema.get("type").is_none() => Ok(json!({})),
            _ => bail!("{} cannot be a type, at {}", schema["type"], place.source),
        }
    }

    /// A reference to what has no name of its own is written out.
    fn lift_reference(&mut self, name: &str) -> Result<Value> {
        let definitions = self.definitions;
        let schema = definitions
            .get(name)
            .with_context(|| format!("no definition {name}"))?;
        let named = ["properties", "allOf", "enum"]
            .iter()
            .any(|key| has_entries(schema, key));
        if named && schema["type"] != "array" {
            let name = type_name(&[name])?;
            return Ok(json!({"$ref": format!("#/components/schemas/{name}")}));
        }
        self.open += 1;
        bound(name, self.open)?;
        let lifted = self.lift(schema, &Place::definition(name));
        self.open -= 1;
        lifted
    }

    fn object(&mut self, schema: &Value, place: &Place) -> Result<Value> {
        let name = place.name()?;
        let properties = schema["properties"]
            .as_object()
            .context("properties are a mapping")?;
        let mut lifted = Map::new();
        let mut fields = IndexMap::new();
        let apart = apart(properties.keys());
        for ((key, property), name) in properties.iter().zip(&apart) {
            let value = self
                .lift(property, &place.child(key))
                .with_context(|| key.clone())?;
            let field = Field {
                format: property["format"].as_str().map(str::to_owned),
                default: property.get("default").cloned(),
                types: named_types(&value),
                early: property[EARLY] == true,
            };
            fields.insert(key.clone(), field);
            lifted.insert(name.clone(), value);
        }
        self.add(
            name,
            json!({"type": "object", "properties": lifted}),
            place,
            TypeKind::Object(fields),
            aliases(&apart, properties.keys()),
        )
    }

    /// The empty string is not a value of an enum, it is the lack of one.
    fn enumeration(&mut self, schema: &Value, place: &Place) -> Result<Value> {
        let values = schema["enum"].as_array().context("an enum is a list")?;
        let values: Vec<String> = values
            .iter()
            .filter_map(Value::as_str)
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
            .collect();
        if values.is_empty() {
            return Ok(json!({"type": "string"}));
        }
        let apart = apart(values.iter());
        let lifted = json!({"type": "string", "enum": apart});
        let aliases = aliases(&apart, values.iter());
        self.add(
            place.name()?,
            lifted,
            place,
            TypeKind::Enum(values),
            aliases,
        )
    }

    fn array(&mut self, schema: &Value, place: &Place) -> Result<Value> {
        let items = schema.get("items").context("an array has items")?;
        // An inline item of `Mounts` is a `MountsItem`; one of a definition that is an array too.
        Ok(json!({"type": "array", "items": self.lift(items, &place.child("Item"))?}))
    }

    fn map(&mut self, schema: &Value, place: &Place) -> Result<Value> {
        let value = match schema.get("additionalProperties") {
            Some(value) if value.is_object() && !is_marker(value) => {
                self.lift(value, &place.child("Value"))?
            }
            Some(value) if value.is_object() => json!({"type": "object"}),
            _ => json!({}),
        };
        Ok(json!({"type": "object", "additionalProperties": value}))
    }

    /// One schema with the properties of all parts of an `allOf` and of what stands beside it,
    /// or the only part, where the others add nothing. It lies `depth` definitions deep.
    fn merge(&self, schema: &Value, depth: usize) -> Result<Value> {
        let beside = json!({"properties": schema.get("properties").unwrap_or(&json!({}))});
        let mut parts = schema["allOf"]
            .as_array()
            .context("allOf is a list")?
            .clone();
        parts.push(beside);
        parts.retain(|part| {
            ["$ref", "allOf", "properties"]
                .iter()
                .any(|key| has_entries(part, key))
        });
        if let [only] = parts.as_slice() {
            return Ok(only.clone());
        }
        let mut properties = Map::new();
        for mut part in parts {
            let mut depth = depth;
            while let Some(name) = reference(&part)? {
                depth += 1;
                bound(name, depth)?;
                part = self
                    .definitions
                    .get(name)
                    .with_context(|| format!("no {name}"))?
                    .clone();
            }
            if part.get("allOf").is_some() {
                part = self.merge(&part, depth)?;
            }
            if let Some(more) = part["properties"].as_object() {
                properties.extend(more.clone());
            }
        }
        ensure!(!properties.is_empty(), "allOf without properties");
        Ok(json!({"type": "object", "properties": properties}))
    }

    fn add(
        &mut self,
        name: String,
        schema: Value,
        place: &Place,
        kind: TypeKind,
        aliases: IndexMap<String, String>,
    ) -> Result<Value> {
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        let added = Type {
            source: place.source.clone(),
            path: place.path(),
            owner: place.owner.clone(),
            kind,
            aliases,
        };
        if let Some(present) = self.types.get(&name) {
            ensure!(
                self.schemas[&name] == schema,
                "two types are named {name}: at {} and {}",
                present.source,
                place.source
            );
            return Ok(reference);
        }
        self.schemas.insert(name.clone(), schema);
        self.types.insert(name, added);
        Ok(reference)
    }
}

fn bound(name: &str, depth: usize) -> Result<()> {
    ensure!(
        depth <= DEEPEST,
        "definition {name} is made of itself, or of too many others"
    );
    Ok(())
}

/// The definition that a `$ref` names; what stands beside a `$ref` says nothing of the type.
fn reference(schema: &Value) -> Result<Option<&str>> {
    match schema.get("$ref").and_then(Value::as_str) {
        None => Ok(None),
        Some(target) => {
            let name = target.strip_prefix("#/definitions/");
            Ok(Some(
                name.with_context(|| format!("{target} is no definition"))?,
            ))
        }
    }
}

/// Which of the names in the document stand for others on the wire.
fn aliases<'a>(
    apart: &[String],
    wire: impl Iterator<Item = &'a String>,
) -> IndexMap<String, String> {
    let renamed = apart.iter().zip(wire).filter(|(name, wire)| name != wire);
    renamed
        .map(|(name, wire)| (name.clone(), wire.clone()))
        .collect()
}

fn has_entries(schema: &Value, key: &str) -> bool {
    match &schema[key] {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => false,
    }
}

/// `{"type": "object", "enum": [{}]}`: the spec's way to say that only the key counts.
fn is_marker(schema: &Value) -> bool {
    schema["type"] == "object"
        && !has_entries(schema, "properties")
        && schema.get("additionalProperties").is_none()
}

/// The names of the types that a lifted schema refers to.
pub fn named_types(lifted: &Value) -> Vec<String> {
    match lifted {
        Value::Object(map) => match map.get("$ref").and_then(Value::as_str) {
            Some(target) => target
                .rsplit('/')
                .next()
                .map(str::to_owned)
                .into_iter()
                .collect(),
            None => map.values().flat_map(named_types).collect(),
        },
        _ => Vec::new(),
    }
}
