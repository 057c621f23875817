//! Whether a request is one that the version in its path has.

use dockwright_generator::lift::Operation;
use dockwright_replay::Exchange;
use serde_json::Value;

use crate::shapes::{From, Misfit, Shape};

/// Stands for whatever was not recorded.
const ANY: &str = "{any}";

/// All that the spec does not have of a request: parameters, headers, and fields of the body.
pub fn misfits(shape: &Shape, operation: &Operation, exchange: &Exchange) -> Vec<Misfit> {
    let mut misfits = query(shape, operation, &exchange.request);
    misfits.extend(headers(operation, exchange));
    misfits.extend(body(shape, operation, exchange));
    misfits
}

fn query(shape: &Shape, operation: &Operation, line: &str) -> Vec<Misfit> {
    let query = line.split_once('?').map_or("", |(_, query)| query);
    let mut misfits = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let path = format!("?{name}");
        let parameters = shape.document(operation)["parameters"].as_array();
        let mut parameters = parameters.into_iter().flatten();
        let known =
            parameters.find(|parameter| parameter["in"] == "query" && parameter["name"] == *name);
        let Some(parameter) = known else {
            misfits.push(Misfit::Unknown(path));
            continue;
        };
        let (_, schema) = shape.resolve(&parameter["schema"]);
        let typ = schema["type"].as_str().unwrap_or_default();
        let fits = match typ {
            "integer" => value.parse::<i64>().is_ok(),
            "number" => value.parse::<f64>().is_ok(),
            "boolean" => matches!(&*value, "true" | "false" | "1" | "0"),
            "object" => serde_json::from_str::<Value>(&value).is_ok_and(|value| value.is_object()),
            _ => true,
        };
        if !fits && value != ANY {
            misfits.push(Misfit::Wrong(
                path,
                format!("{typ} expected, it is {value}"),
            ));
        }
    }
    misfits
}

fn headers(operation: &Operation, exchange: &Exchange) -> Vec<Misfit> {
    // Those of HTTP itself are in no spec.
    let own = exchange
        .headers
        .keys()
        .filter(|name| name.starts_with("x-"));
    let declared = |name: &String| {
        let mut parameters = operation
            .parameters
            .iter()
            .filter(|p| p.location == "header");
        parameters.any(|parameter| parameter.name.eq_ignore_ascii_case(name))
    };
    own.filter(|name| !declared(name))
        .map(|name| Misfit::Unknown(format!("header {name}")))
        .collect()
}

fn body(shape: &Shape, operation: &Operation, exchange: &Exchange) -> Vec<Misfit> {
    if exchange.body.is_empty() || exchange.body == ANY {
        return Vec::new();
    }
    let json = exchange
        .headers
        .get("content-type")
        .is_some_and(|of| of.starts_with("application/json"));
    match (
        shape.body(operation),
        serde_json::from_slice(&exchange.body),
    ) {
        (Some(schema), Ok(value)) => shape.misfits(schema, &value, From::Client),
        (Some(_), Err(error)) => vec![Misfit::Wrong(".".to_owned(), error.to_string())],
        (None, _) if json => vec![Misfit::Unknown("a JSON body".to_owned())],
        (None, _) => Vec::new(),
    }
}
