//! Whether a request is the one that a recording has, and if not, where they differ.

use std::collections::BTreeMap;

use bytes::Bytes;
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method};
use serde_json::Value;

use crate::fixture::Request;
use crate::json::Json;
use crate::payload::Payload;
use crate::secret;

/// In a recorded request, stands for anything.
pub(crate) const ANY: &str = "{any}";

/// How many differences a message lists.
const SHOWN: usize = 8;

/// Method, path and query of a request.
#[derive(Debug)]
pub(crate) struct Target {
    method: Method,
    path: String,
    /// Decoded, and sorted by name: clients may send parameters in any order.
    query: Vec<(String, String)>,
}

impl Target {
    pub(crate) fn parse(line: &str) -> Result<Target, String> {
        let (method, target) = line
            .split_once(' ')
            .filter(|(_, target)| target.starts_with('/') && !target.contains(' '))
            .ok_or_else(|| format!("`{line}` is not `METHOD /path?query`"))?;
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| format!("`{method}` is not a method"))?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut query: Vec<_> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        query.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(Target {
            method,
            path: path.to_owned(),
            query,
        })
    }

    fn same_resource(&self, got: &Target) -> bool {
        let (want, got_path) = (self.path.split('/'), got.path.split('/'));
        self.method == got.method
            && want.clone().count() == got_path.clone().count()
            && want.zip(got_path).all(|(want, got)| fits(want, got))
    }

    fn query_differences(&self, got: &Target, out: &mut Vec<String>) {
        let names = |target: &Target| -> Vec<String> {
            let mut names: Vec<_> = target.query.iter().map(|(name, _)| name.clone()).collect();
            names.dedup();
            names
        };
        let values = |target: &Target, name: &str| -> Vec<String> {
            let pairs = target.query.iter().filter(|(key, _)| key == name);
            pairs.map(|(_, value)| value.clone()).collect()
        };
        for name in names(self) {
            let (want, got) = (values(self, &name), values(got, &name));
            let same = want.len() == got.len()
                && want
                    .iter()
                    .zip(&got)
                    .all(|(want, got)| text_fits(want, got));
            if !same {
                out.push(format!(
                    "query `{name}`: expected {}, got {}",
                    list(&want),
                    list(&got)
                ));
            }
        }
        for name in names(got).iter().filter(|name| !names(self).contains(name)) {
            out.push(format!(
                "query `{name}`: not expected, got {}",
                list(&values(got, name))
            ));
        }
    }

    pub(crate) fn matches(&self, got: &Target) -> bool {
        let mut differences = Vec::new();
        self.query_differences(got, &mut differences);
        self.same_resource(got) && differences.is_empty()
    }
}

fn list(values: &[String]) -> String {
    match values {
        [] => "nothing".to_owned(),
        values => values
            .iter()
            .map(|value| format!("`{value}`"))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// A request that came in.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) line: String,
    target: Target,
    headers: HeaderMap,
    body: Bytes,
}

impl Got {
    pub(crate) fn new(parts: &Parts, body: Bytes) -> Result<Got, String> {
        let line = format!("{} {}", parts.method, parts.uri);
        let target = Target::parse(&line)?;
        Ok(Got {
            line,
            target,
            headers: parts.headers.clone(),
            body,
        })
    }
}

/// A request that a recording has.
#[derive(Debug)]
pub(crate) struct Expected {
    pub(crate) line: String,
    target: Target,
    headers: BTreeMap<String, String>,
    body: Option<Payload>,
}

impl Expected {
    pub(crate) fn new(request: &Request) -> Result<Expected, String> {
        Ok(Expected {
            line: request.line.clone(),
            target: Target::parse(&request.line)?,
            headers: request.headers.clone(),
            body: request.body.clone(),
        })
    }

    pub(crate) fn same_resource(&self, got: &Got) -> bool {
        self.target.same_resource(&got.target)
    }

    /// Empty when the request is the expected one; otherwise a line for each difference.
    pub(crate) fn differences(&self, got: &Got) -> Vec<String> {
        let mut out = Vec::new();
        if !self.same_resource(got) {
            out.push(format!("expected `{}`, got `{}`", self.line, got.line));
            return out;
        }
        self.target.query_differences(&got.target, &mut out);
        for (name, want) in &self.headers {
            let value = got
                .headers
                .get(name)
                .map(|value| String::from_utf8_lossy(value.as_bytes()));
            match value {
                Some(value) if fits(want, &value) => {}
                Some(_) if secret::is_header(name) => {
                    out.push(format!("header `{name}`: another value"))
                }
                Some(value) => {
                    out.push(format!("header `{name}`: expected `{want}`, got `{value}`"))
                }
                None => out.push(format!("header `{name}`: missing")),
            }
        }
        self.body_differences(&got.body, &mut out);
        if out.len() > SHOWN {
            let more = out.len() - SHOWN;
            out.truncate(SHOWN);
            out.push(format!("and {more} more"));
        }
        out
    }

    fn body_differences(&self, got: &Bytes, out: &mut Vec<String>) {
        let shown = || match Json::parse(got) {
            Some(mut json) => {
                secret::redact(&mut json);
                excerpt(json.to_line().trim_end().as_bytes())
            }
            None => excerpt(got),
        };
        match &self.body {
            None if got.is_empty() => {}
            None => out.push(format!("body: none expected, got {}", shown())),
            Some(Payload::Text(want)) if want == ANY => {}
            Some(Payload::Json(want)) => match serde_json::from_slice(got) {
                Ok(value) => json_differences("body", &want.clone().into_value(), &value, out),
                Err(_) => out.push(format!("body: JSON expected, got {}", shown())),
            },
            Some(want) if want.to_bytes() == got => {}
            Some(want) => {
                out.push(format!(
                    "body: expected {}, got {}",
                    excerpt(&want.to_bytes()),
                    shown()
                ));
            }
        }
    }
}

/// `got` is `pattern`, where each `{any}` of the pattern stands for any text.
fn fits(pattern: &str, got: &str) -> bool {
    let mut parts = pattern.split(ANY);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = got.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// As text, or as JSON: filters are JSON in a query, and its keys have no order.
fn text_fits(pattern: &str, got: &str) -> bool {
    if fits(pattern, got) {
        return true;
    }
    match (serde_json::from_str(pattern), serde_json::from_str(got)) {
        (Ok(want), Ok(got)) => {
            let mut differences = Vec::new();
            json_differences("", &want, &got, &mut differences);
            differences.is_empty()
        }
        _ => false,
    }
}

fn json_differences(path: &str, want: &Value, got: &Value, out: &mut Vec<String>) {
    match (want, got) {
        (Value::Object(want), Value::Object(got)) => {
            for (key, want) in want {
                match got.get(key) {
                    Some(got) if secret::is_field(key) && want != ANY && want != got => {
                        out.push(format!("{path}.{key}: another value"));
                    }
                    Some(got) => json_differences(&format!("{path}.{key}"), want, got, out),
                    None => out.push(format!(
                        "{path}.{key}: expected {}, got nothing",
                        short(want)
                    )),
                }
            }
            for (key, got) in got.iter().filter(|(key, _)| !want.contains_key(*key)) {
                out.push(format!("{path}.{key}: not expected, got {}", short(got)));
            }
        }
        (Value::Array(want), Value::Array(got)) if want.len() == got.len() => {
            for (index, (want, got)) in want.iter().zip(got).enumerate() {
                json_differences(&format!("{path}[{index}]"), want, got, out);
            }
        }
        (Value::String(want), got) if want == ANY && !got.is_null() => {}
        (Value::String(want), Value::String(got)) if fits(want, got) => {}
        (want, got) if want == got => {}
        (want, got) => out.push(format!(
            "{path}: expected {}, got {}",
            short(want),
            short(got)
        )),
    }
}

fn short(value: &Value) -> String {
    excerpt(value.to_string().as_bytes())
}

/// The first bytes, for a message.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    const LONGEST: usize = 120;
    let mut text = String::new();
    for char in String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]).chars() {
        match char.is_control() {
            true => text.extend(char.escape_default()),
            false => text.push(char),
        }
    }
    match bytes.len() {
        0 => "nothing".to_owned(),
        len if len > LONGEST => format!("`{text}…` ({len} bytes)"),
        _ => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differences(want: &str, got: &str) -> Vec<String> {
        let split = |text: &str| {
            let (line, body) = text.split_once('\n').unwrap_or((text, ""));
            (line.to_owned(), Bytes::copy_from_slice(body.as_bytes()))
        };
        let ((want, want_body), (got, got_body)) = (split(want), split(got));
        let body = (!want_body.is_empty()).then(|| Payload::readable(want_body));
        let expected = Expected::new(&Request {
            line: want,
            headers: BTreeMap::new(),
            body,
        })
        .unwrap();
        let (method, uri) = got.split_once(' ').unwrap();
        let request = hyper::Request::builder()
            .method(method)
            .uri(uri)
            .body(())
            .unwrap();
        expected.differences(&Got::new(&request.into_parts().0, got_body).unwrap())
    }

    #[test]
    fn parameters_have_no_order_and_filters_are_values() {
        let recorded = "GET /a?all=1&filters=%7B%22a%22%3A%5B%22x%22%5D%2C%22b%22%3A%5B%5D%7D";
        let sent = "GET /a?filters=%7B%22b%22:[],%22a%22:[%22x%22]%7D&all=1";
        assert_eq!(differences(recorded, sent), [""; 0]);
        assert_eq!(
            differences("GET /a?all=1&size=1", "GET /a?all=0&limit=2"),
            [
                "query `all`: expected `1`, got `0`",
                "query `size`: expected `1`, got nothing",
                "query `limit`: not expected, got `2`",
            ]
        );
        assert_eq!(
            differences("GET /get?names=a&names=b", "GET /get?names=b&names=a"),
            ["query `names`: expected `a`, `b`, got `b`, `a`"]
        );
    }

    #[test]
    fn any_stays_within_a_segment() {
        assert_eq!(
            differences("GET /v{any}/x/{any}/json", "GET /v1.51/x/y/json"),
            [""; 0]
        );
        assert_eq!(
            differences("GET /{any}/json", "GET /x/y/json"),
            ["expected `GET /{any}/json`, got `GET /x/y/json`"]
        );
        assert!(!fits("ab{any}ba", "aba") && fits("a{any}a", "aa") && !fits("a{any}a", "a"));
    }

    #[test]
    fn bodies_are_compared_as_values() {
        assert_eq!(
            differences(
                "POST /c\n{\"a\":1,\"n\":\"x-{any}\"}",
                "POST /c\n{ \"n\": \"x-7\", \"a\": 1 }"
            ),
            [""; 0]
        );
        assert_eq!(
            differences(
                "POST /c\n{\"a\":[1,{\"b\":true}],\"c\":2}",
                "POST /c\n{\"a\":[1,{\"b\":null}],\"d\":3}"
            ),
            [
                "body.a[1].b: expected `true`, got `null`",
                "body.c: expected `2`, got nothing",
                "body.d: not expected, got `3`",
            ]
        );
        assert_eq!(
            differences("POST /c", "POST /c\nx"),
            ["body: none expected, got `x`"]
        );
        assert_eq!(differences("POST /c\n{any}", "POST /c\nx"), [""; 0]);
    }

    #[test]
    fn a_secret_is_not_shown() {
        let headers = BTreeMap::from([("x-registry-auth".to_owned(), "good".to_owned())]);
        let request = Request {
            line: "GET /a".to_owned(),
            headers,
            body: None,
        };
        let sent = hyper::Request::get("/a")
            .header("X-Registry-Auth", "s3cret")
            .body(())
            .unwrap();
        let got = Got::new(&sent.into_parts().0, Bytes::new()).unwrap();
        assert_eq!(
            Expected::new(&request).unwrap().differences(&got),
            ["header `x-registry-auth`: another value"]
        );
        assert_eq!(
            differences(
                "POST /c\n{\"password\":\"a\"}",
                "POST /c\n{\"password\":\"s3cret\"}"
            ),
            ["body.password: another value"]
        );
        assert_eq!(
            differences("POST /c", "POST /c\n{\"Password\":\"s3cret\"}"),
            ["body: none expected, got `{\"Password\":\"{any}\"}`"]
        );
    }
}
