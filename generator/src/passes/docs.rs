//! Our words for every item, and what is known of it as a fact: method and path, wire name, format,
//! default, since when.

use std::collections::BTreeMap;

use syn::{Attribute, Field, Item, parse_quote};

use super::serde_field::{SerdeField, wire_name};
use super::{Method, Parts};
use crate::history::{History, Span};
use crate::lift::{Answer, Lifted, Operation, Type, TypeKind};
use crate::words::Words;

const REFERENCE: &str = "https://docs.docker.com/reference/api/engine/version";

pub fn run(parts: &mut Parts, lifted: &Lifted, history: &History, words: &Words) {
    let known = Known {
        lifted,
        history,
        words,
    };
    for method in &mut parts.operations {
        document_method(method, &known);
    }
    let uses = Uses::of(lifted);
    for (name, items) in &mut parts.types {
        if let Some(typ) = lifted.types.get(name) {
            document_type(name, items, typ, &uses, &known);
        }
    }
}

/// What is known of a version.
struct Known<'a> {
    lifted: &'a Lifted,
    history: &'a History,
    words: &'a Words,
}

impl Known<'_> {
    /// The words for something, and then the facts.
    fn introduced(&self, name: &str, facts: &str) -> String {
        match self.words.of(name, self.lifted.version) {
            Some(words) => format!("{words}\n\n{facts}"),
            None => facts.to_owned(),
        }
    }
}

fn document_method(method: &mut Method, known: &Known<'_>) {
    let operation = &method.operation;
    let call = format!("`{} {}`", operation.method, operation.path);
    let answer = match operation.answer {
        Answer::Json => "answers with one JSON value".to_owned(),
        Answer::Stream if operation.plain_too => {
            "without an upgrade, answers with the output alone".to_owned()
        }
        Answer::Stream => match &operation.item {
            Some(item) => format!("answers with a stream of [`{item}`](crate::types::{item})"),
            None => "answers with a stream of bytes".to_owned(),
        },
        Answer::Upgrade => "upgrades the connection".to_owned(),
        Answer::Empty => "answers with a status alone".to_owned(),
    };
    let mut text = format!("{call}: {answer}.");
    if !operation.headers.is_empty() {
        let names = operation.headers.iter().map(|name| format!("`{name}`"));
        let names = names.collect::<Vec<_>>().join(", ");
        text.push_str(&format!("\n\nResponse headers: {names}."));
    }
    text.push_str(&said(known.history.span(&operation.id), "\n\n"));
    let (version, tag) = (known.lifted.version, &operation.tag);
    text.push_str(&match &operation.published {
        Some(id) => {
            format!("\n\n[Reference]({REFERENCE}/v{version}/#tag/{tag}/operation/{id})")
        }
        None => {
            "\n\nEngines have it; the published description of this version does not.".to_owned()
        }
    });
    set(
        &mut method.function.attrs,
        &known.introduced(&operation.id, &text),
    );
    if let Some(params) = &mut method.params {
        set(
            &mut params.attrs,
            &format!("Query and header parameters of {call}."),
        );
        for field in &mut params.fields {
            document_parameter(field, operation, known);
        }
    }
}

fn document_parameter(field: &mut Field, operation: &Operation, known: &Known<'_>) {
    let wire = field.attrs.iter().find_map(doc_text).unwrap_or_default();
    let wire = wire.trim().trim_matches('`');
    let mut parameters = operation.parameters.iter();
    let Some(parameter) = parameters.find(|parameter| parameter.name == wire) else {
        return;
    };
    let mut text = fact(
        wire,
        parameter.format.as_deref(),
        parameter.default.as_ref(),
    );
    if parameter.location == "header" {
        text.push_str(" A request header.");
    }
    let name = format!("{}?{wire}", operation.id);
    text.push_str(&said(known.history.span(&name), " "));
    set(&mut field.attrs, &known.introduced(&name, &text));
}

fn document_type(name: &str, items: &mut [Item], typ: &Type, uses: &Uses, known: &Known<'_>) {
    let what = match (&typ.kind, uses.0.get(name)) {
        (TypeKind::Enum(_), _) => format!("A value of `{}`.", typ.path),
        (TypeKind::Object(_), Some(used)) => used.clone(),
        (TypeKind::Object(_), None) => format!("`{}` of the Engine API.", typ.path),
    };
    let what = known.introduced(name, &what);
    match items.first_mut() {
        Some(Item::Enum(item)) => set(&mut item.attrs, &what),
        Some(Item::Struct(item)) => {
            set(&mut item.attrs, &what);
            let TypeKind::Object(fields) = &typ.kind else {
                return;
            };
            for field in &mut item.fields {
                let flattened = SerdeField::of(field).is_ok_and(|serde| serde.flatten);
                let wire = wire_name(field);
                let Some(fact_of) = fields.get(&wire).filter(|_| !flattened) else {
                    continue;
                };
                let mut text = fact(&wire, fact_of.format.as_deref(), fact_of.default.as_ref());
                let name = format!("{name}.{wire}");
                text.push_str(&said(known.history.span(&name), " "));
                set(&mut field.attrs, &known.introduced(&name, &text));
            }
        }
        _ => {}
    }
}

/// Which operations send a type and which answer with it.
struct Uses(BTreeMap<String, String>);

impl Uses {
    fn of(lifted: &Lifted) -> Self {
        let mut uses = BTreeMap::new();
        for operation in &lifted.operations {
            let call = format!("`{} {}`", operation.method, operation.path);
            for name in &operation.answered {
                uses.entry(name.clone())
                    .or_insert(format!("Answer of {call}."));
            }
            if let Some(name) = &operation.item {
                uses.entry(name.clone())
                    .or_insert(format!("A value of the stream of {call}."));
            }
            for name in &operation.body {
                uses.entry(name.clone())
                    .or_insert(format!("Body of {call}."));
            }
        }
        Self(uses)
    }
}

fn fact(wire: &str, format: Option<&str>, default: Option<&serde_json::Value>) -> String {
    let mut text = format!("`{wire}`");
    if let Some(format) = format {
        text.push_str(&format!(", as {format}"));
    }
    text.push('.');
    if let Some(default) = default {
        text.push_str(&format!(" Default: `{default}`."));
    }
    text
}

fn said(span: Span, before: &str) -> String {
    let mut text = String::new();
    if let Some(since) = span.since {
        text.push_str(&format!("{before}Since API v{since}."));
    }
    if let Some(until) = span.until {
        text.push_str(&format!("{before}Until API v{until}."));
    }
    text
}

fn doc_text(attribute: &Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    let syn::Expr::Lit(literal) = &pair.value else {
        return None;
    };
    match &literal.lit {
        syn::Lit::Str(text) if pair.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}

/// Makes `text` the documentation, before the other attributes.
fn set(attributes: &mut Vec<Attribute>, text: &str) {
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    let lines = text.lines().map(|line| match line {
        "" => String::new(),
        line => format!(" {line}"),
    });
    let docs: Vec<Attribute> = lines.map(|line| parse_quote!(#[doc = #line])).collect();
    attributes.splice(0..0, docs);
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::super::tests::{lifted, operations, plain, thing_get, types};
    use super::*;

    #[test]
    fn an_item_has_our_words_and_then_the_facts() {
        let name =
            json!({"properties": {"Size": {"type": "integer", "format": "int64", "default": 0}}});
        let lifted = lifted(name, thing_get());
        let mut parts = plain(&lifted);
        super::super::params::run(&mut parts).unwrap();
        super::super::answers::run(&mut parts).unwrap();
        let words = "Thing: What there is.\nThing.Size: How large it is.\nThingGet: Gets it.\nThingGet?all: Gets all.";
        let words = Words::parse(words).unwrap();
        super::run(&mut parts, &lifted, &History::default(), &words);
        expect![[r#"
            /// What there is.
            ///
            /// Answer of `GET /things/{id}`.
            #[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
            pub struct Thing {
                /// How large it is.
                ///
                /// `Size`, as int64. Default: `0`.
                #[serde(rename = "Size", skip_serializing_if = "Option::is_none")]
                pub size: Option<i64>,
            }
        "#]]
        .assert_eq(&types(Parts {
            types: parts.types,
            operations: Vec::new(),
        }));
        expect![[r#"
            impl Client {
                /// Gets it.
                ///
                /// `GET /things/{id}`: answers with one JSON value.
                ///
                /// [Reference](https://docs.docker.com/reference/api/engine/version/v1.99/#tag/Thing/operation/ThingGet)
                pub async fn thing_get(
                    &self,
                    id: &str,
                    params: &ThingGetParams,
                ) -> Result<ResponseValue<Thing>, Error<ErrorResponse>> {
                    let url = format!("{}/things/{}", self.baseurl, encode_path(id),);
                    let mut header_map = reqwest::header::HeaderMap::with_capacity(2usize);
                    if let Some(value) = &params.x_auth {
                        header_map.append("X-Auth", value.to_string().try_into()?);
                    }
                    let request = self
                        .client
                        .get(url)
                        .header(reqwest::header::ACCEPT, "application/json")
                        .query(&QueryParam::new("all", &params.all))
                        .headers(header_map)
                        .build()?;
                    let operation = Operation::new("ThingGet", "/things/{id}");
                    crate::answer::json(self, operation, request).await
                }
            }
            /// Query and header parameters of `GET /things/{id}`.
            #[derive(Clone, Debug, Default, PartialEq)]
            pub struct ThingGetParams {
                /// Gets all.
                ///
                /// `all`. Default: `false`.
                pub all: Option<bool>,
                /// `X-Auth`. A request header.
                pub x_auth: Option<String>,
            }
        "#]].assert_eq(&operations(Parts {
            types: Vec::new(),
            operations: parts.operations,
        }));
    }
}
