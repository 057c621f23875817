//! Values made from the schemas, for versions that no engine here speaks.

use dockwright_decoders::{Decoders, ERROR, VERSIONS, decoders};
use serde_json::{Map, Value, json};

use crate::fidelity::Losses;
use crate::shapes::Shape;

/// How deep objects go that hold themselves.
const DEEPEST: usize = 8;

/// Which value each field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// One of its type.
    Present,
    /// Null, in every object that there is.
    Null,
    /// Null, and so no object below the first.
    NullAtOnce,
    /// None.
    Absent,
    /// One of its type, but enums say what no spec has.
    UnknownEnum,
}

const WAYS: [Way; 5] = [
    Way::Present,
    Way::Null,
    Way::NullAtOnce,
    Way::Absent,
    Way::UnknownEnum,
];

/// What came of it.
#[derive(Debug, Default)]
pub struct Generated {
    /// How many values were decoded.
    pub values: usize,
    /// The versions of which.
    pub versions: usize,
    /// What was not read, or not written again as it was.
    pub findings: Vec<String>,
}

/// Makes values of all that a version answers, and sees what its raw crate makes of them.
pub fn check(version: &str, shape: &Shape, generated: &mut Generated) {
    let Some(decoders) = decoders(version) else {
        return;
    };
    debug_assert!(VERSIONS.contains(&version));
    generated.versions += 1;
    let answers = shape.operations().iter();
    let answers =
        answers.filter_map(|operation| Some((operation.id.as_str(), shape.answer(operation)?)));
    for (operation, schema) in answers.chain([(ERROR, shape.error())]) {
        for way in WAYS {
            let value = value(shape, &schema, way, 0);
            if let Some(finding) = finding(decoders, operation, &value, way) {
                generated
                    .findings
                    .push(format!("v{version} {operation} {finding}"));
            }
            generated.values += 1;
        }
    }
}

fn finding(decoders: Decoders, operation: &str, value: &Value, way: Way) -> Option<String> {
    let decoded = (decoders.decode)(operation, value.to_string().as_bytes())?;
    match decoded {
        Err(error) => Some(format!("({way:?}): {error}")),
        Ok(kept) => {
            let losses = Losses::between(value, &kept);
            let lost = losses.unknown.first().or(losses.changed.first());
            lost.map(|path| format!("({way:?}): {path} is lost"))
        }
    }
}

fn value(shape: &Shape, schema: &Value, way: Way, depth: usize) -> Value {
    let (name, schema) = shape.resolve(schema);
    let deeper = |schema: &Value| match way {
        Way::NullAtOnce => Value::Null,
        // An object that is reached goes on; all else in it is null.
        Way::Null if !is_object(shape, schema) => Value::Null,
        _ => value(shape, schema, way, depth + 1),
    };
    match schema["type"].as_str() {
        Some("object") if schema.get("properties").is_some() => {
            if way == Way::Absent || depth > DEEPEST {
                return json!({});
            }
            let fields = shape.fields(name.unwrap_or_default(), schema).into_iter();
            let fields = fields.map(|(key, schema)| (key.to_owned(), deeper(schema)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Some("object") => match schema.get("additionalProperties") {
            Some(schema) => json!({ "key": value(shape, schema, way, depth + 1) }),
            None => json!({ "key": {} }),
        },
        Some("array") => json!([value(shape, &schema["items"], way, depth + 1)]),
        Some("string") => match (way, schema["enum"].get(0)) {
            (Way::UnknownEnum, Some(_)) => json!("no-such-value"),
            (_, Some(known)) => known.clone(),
            _ => json!("text"),
        },
        Some("boolean") => json!(true),
        Some("integer") => json!(7),
        Some("number") => json!(1.5),
        _ => json!({ "any": [1, "x"] }),
    }
}

fn is_object(shape: &Shape, schema: &Value) -> bool {
    let (_, schema) = shape.resolve(schema);
    schema["type"] == "object" && schema.get("properties").is_some()
}
