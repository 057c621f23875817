//! Headers that every request has beside those of its own: what `DOCKER_CUSTOM_HEADERS` says, or
//! else `HttpHeaders` of `config.json`, and on top of them what the program says.
//!
//! They may be credentials, so that no error repeats a value.

use std::fmt;

use reqwest::header::{ACCEPT, HOST, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::cli::{ConfigFile, Environment};
use crate::error::{Error, printable};

const VARIABLE: &str = "DOCKER_CUSTOM_HEADERS";
const CONFIG: &str = "HttpHeaders of config.json";
const USAGE: &str = "write it like name=value, with commas between several";

/// What this client calls itself.
const AGENT: &str = concat!("dockwright/", env!("CARGO_PKG_VERSION"));

/// What only this client can know. The CLI ignores them too, where its user sets them.
const OWN: [&str; 8] = [
    "connection",
    "content-length",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// Headers for every request.
#[derive(Clone, Default)]
pub(crate) struct Headers(HeaderMap);

impl Headers {
    /// Those that the `docker` CLI would send in this environment. It blocks.
    pub(crate) fn of(environment: &Environment) -> Result<Self, Error> {
        if let Some(text) = environment.as_written(VARIABLE) {
            let text = text.into_string().ok();
            let text = text.ok_or_else(|| Error::invalid("it is not valid UTF-8"));
            let headers = text.and_then(|text| Self::written(&text));
            return headers.map_err(|error| error.in_variable(VARIABLE));
        }
        let mut headers = Self::default();
        let file = match ConfigFile::load(environment) {
            Ok(file) => file,
            // That of another user, as after `su`: it says nothing to this one.
            Err(error) if error.is_local_file() => return Ok(headers),
            Err(error) => return Err(error),
        };
        for (name, value) in file.http_headers()? {
            let added = headers.add(name, value);
            added.map_err(|error| error.in_variable(CONFIG))?;
        }
        Ok(headers)
    }

    /// As in the variable: `name=value` in a record of comma-separated values.
    fn written(text: &str) -> Result<Self, Error> {
        let mut headers = Self::default();
        for pair in record(text).ok_or_else(|| refused("it is malformed"))? {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| refused("a header has no `=`"))?;
            if name.trim().is_empty() {
                return Err(refused("a header has no name"));
            }
            headers.add(name, value)?;
        }
        Ok(headers)
    }

    fn add(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let (name, value) = (read_name(name)?, read_value(name, value)?);
        if !OWN.contains(&name.as_str()) {
            self.0.insert(name, value);
        }
        Ok(())
    }

    /// What the program says, which comes before what the environment says.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let value = read_value(name, value)?;
        let name = read_name(name)?;
        if OWN.contains(&name.as_str()) {
            let detail = format!("the header `{name}` is set by this client alone");
            return Err(Error::invalid(detail));
        }
        self.0.insert(name, value);
        Ok(())
    }

    pub(crate) fn set_user_agent(&mut self, text: &str) -> Result<(), Error> {
        let value = read_value("User-Agent", text)?;
        self.0.insert(USER_AGENT, value);
        Ok(())
    }

    /// The same, and what every request says of itself: who asks whom, and for anything.
    pub(crate) fn of_requests_to(mut self, host: HeaderValue) -> Self {
        self.0.insert(HOST, host);
        for (name, value) in [(ACCEPT, "*/*"), (USER_AGENT, AGENT)] {
            let value = HeaderValue::from_static(value);
            self.0.entry(name).or_insert(value);
        }
        self
    }

    /// Adds them to those of a request, which come first.
    pub(super) fn join(&self, request: &mut HeaderMap) {
        if request.is_empty() {
            request.clone_from(&self.0);
            return;
        }
        for (name, value) in &self.0 {
            request.entry(name).or_insert_with(|| value.clone());
        }
    }
}

/// The values do not show.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

fn refused(reason: &str) -> Error {
    Error::invalid(reason).advising(USAGE)
}

fn read_name(name: &str) -> Result<HeaderName, Error> {
    let name = name.trim();
    HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Error::invalid(format!("`{}` is no name of a header", printable(name))))
}

fn read_value(name: &str, value: &str) -> Result<HeaderValue, Error> {
    let read = HeaderValue::from_str(value.trim_matches([' ', '\t']));
    let mut value = read.map_err(|_| {
        let name = printable(name);
        Error::invalid(format!("the value of the header `{name}` cannot be sent"))
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// The fields of the first record of comma-separated values. One may be in quotation marks, which
/// are doubled within.
fn record(text: &str) -> Option<Vec<String>> {
    let mut rest = text.trim_start_matches(['\r', '\n']);
    let mut fields = Vec::new();
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted)?,
            None => {
                let end = rest.find([',', '\n']).unwrap_or(rest.len());
                let field = &rest[..end];
                if field.contains('"') {
                    return None;
                }
                (field.trim_end_matches('\r').to_owned(), &rest[end..])
            }
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(more) => rest = more,
            None if after.is_empty() || after.starts_with(['\r', '\n']) => return Some(fields),
            None => return None,
        }
    }
}

/// A field up to its closing quotation mark, and what stands behind that.
fn quoted_field(text: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('"')?;
        field.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                field.push('"');
                rest = after;
            }
            None => return Some((field, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is sent in an environment with this variable and this `HttpHeaders`.
    fn sent(variable: Option<&str>, config: &str) -> Result<Vec<(String, String)>, Error> {
        let folder = tempfile::tempdir().unwrap();
        let file = format!(r#"{{"HttpHeaders":{config}}}"#);
        std::fs::write(folder.path().join("config.json"), file).unwrap();
        let variables = variable.map(|value| (VARIABLE, value));
        let environment = Environment::made_up(folder.path(), variables);
        let environment = environment.with_config_dir(folder.path());
        let headers = Headers::of(&environment)?;
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = headers.0.iter();
        let mut sent: Vec<_> = headers.map(|(k, v)| (k.to_string(), text(v))).collect();
        sent.sort();
        Ok(sent)
    }

    /// Each was seen of the CLI 28.2.
    #[test]
    fn they_are_those_that_the_cli_sends() {
        for (variable, config, headers) in [
            (None, r#"{"X-Meta":"one"}"#, &[("x-meta", "one")][..]),
            (None, r#"{"X-Meta":""}"#, &[("x-meta", "")]),
            (None, r#"{"Host":"h","Content-Length":"7"}"#, &[]),
            (None, r#"{"user-agent":"mine","trailer":"x"}"#, &[]),
            (None, "{}", &[]),
            (Some(""), r#"{"X-Meta":"one"}"#, &[("x-meta", "one")]),
            (Some("a=1"), r#"{"X-Meta":"one"}"#, &[("a", "1")]),
            (
                Some(r#"a=1,"b=2,3",c="#),
                "{}",
                &[("a", "1"), ("b", "2,3"), ("c", "")],
            ),
            (Some("a=1, b = 2 ,A=3"), "{}", &[("a", "3"), ("b", "2")]),
            (Some("user-agent=mine,host=h"), "{}", &[]),
            (Some("a=1\nb=2"), "{}", &[("a", "1")]),
            (Some("a=1\r\nb=2"), "{}", &[("a", "1")]),
            (
                Some(r#""a=x ""q"" y",b= z"#),
                "{}",
                &[("a", r#"x "q" y"#), ("b", "z")],
            ),
            (Some("a=b=c"), "{}", &[("a", "b=c")]),
        ] {
            let wanted = headers.iter().map(|&(k, v)| (k.to_owned(), v.to_owned()));
            let wanted: Vec<_> = wanted.collect();
            assert_eq!(
                sent(variable, config).unwrap(),
                wanted,
                "{variable:?} {config}"
            );
        }
    }

    #[test]
    fn what_cannot_be_sent_is_refused_without_being_repeated() {
        for (variable, config, source) in [
            (Some("s3cret"), "{}", VARIABLE),
            (Some("=s3cret"), "{}", VARIABLE),
            (Some("a=s3cret,,b=2"), "{}", VARIABLE),
            (Some(r#""a=s3cret"#), "{}", VARIABLE),
            (Some(r#"a="s3cret""#), "{}", VARIABLE),
            (Some(r#""a=s3cret"b"#), "{}", VARIABLE),
            (Some(" "), "{}", VARIABLE),
            (Some("a b=s3cret"), "{}", VARIABLE),
            (Some("a=s3cret\u{7f}"), "{}", VARIABLE),
            (None, r#"{"X Meta":"s3cret"}"#, CONFIG),
            (None, r#"{"X-Meta":"s3cret\nb"}"#, CONFIG),
        ] {
            let error = sent(variable, config).unwrap_err();
            assert!(error.is_invalid_input(), "{error}");
            let shown = format!("{error} {error:?}");
            assert!(shown.starts_with(source), "{shown}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }

    #[test]
    fn what_the_request_has_stays() {
        let mut headers = Headers::default();
        headers.set("accept", "text/plain").unwrap();
        headers.set("X-Meta", "one").unwrap();
        headers.set("x-meta", "two").unwrap();
        let mut request = HeaderMap::new();
        request.insert("accept", HeaderValue::from_static("application/json"));
        headers.join(&mut request);
        assert_eq!(request["accept"], "application/json");
        assert_eq!(request["x-meta"], "two");
        let error = headers.set("Host", "s3cret").unwrap_err();
        assert!(error.to_string().contains("`host`"), "{error}");
        assert!(!format!("{headers:?} {error:?}").contains("s3cret"));
    }
}
