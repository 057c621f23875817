//! The proxies of `config.json`, which containers get as variables, as from the `docker` CLI.
//!
//! An address of a proxy may have a password in it, and shows neither in `Debug` nor in an error.

use serde_json::{Map, Value};

use crate::answer::Result;
use crate::cli::ConfigFile;
use crate::docker::Docker;
use crate::error::{Call, Error};

/// The keys of `config.json`, and the variables that they become.
const VARIABLES: [(&str, [&str; 2]); 5] = [
    ("httpProxy", ["HTTP_PROXY", "http_proxy"]),
    ("httpsProxy", ["HTTPS_PROXY", "https_proxy"]),
    ("noProxy", ["NO_PROXY", "no_proxy"]),
    ("ftpProxy", ["FTP_PROXY", "ftp_proxy"]),
    ("allProxy", ["ALL_PROXY", "all_proxy"]),
];

/// Variables and their values.
type Variables = Vec<(&'static str, String)>;

/// The variables for containers of this engine; none, if the client is not to give any.
pub(crate) async fn variables(docker: &Docker, call: &Call) -> Result<Variables> {
    let environment = docker.environment().clone();
    if !environment.gives_proxies() {
        return Ok(Variables::new());
    }
    let host = docker.endpoint().to_string();
    let read = tokio::task::spawn_blocking(move || {
        let config = ConfigFile::load(&environment)?;
        of_host(config.proxies()?, &host)
    });
    let read = read.await.unwrap_or_else(|error| {
        Err(Error::invalid("the proxies of config.json cannot be read").because(error))
    });
    read.map_err(|error| error.during(call))
}

/// Adds variables to an environment like `NAME=value` that does not say anything of them itself.
pub(crate) fn add(variables: Variables, environment: &mut Vec<String>) {
    for (name, value) in variables {
        let says =
            |entry: &String| entry.split_once('=').map_or(&**entry, |(name, _)| name) == name;
        if !environment.iter().any(says) {
            environment.push(format!("{name}={value}"));
        }
    }
}

/// What is set for an engine, or else for all that nothing is set for.
fn of_host(proxies: Option<&Map<String, Value>>, host: &str) -> Result<Variables> {
    let own = proxies.and_then(|proxies| proxies.get(host).or_else(|| proxies.get("default")));
    let Some(own) = own.filter(|own| !own.is_null()) else {
        return Ok(Variables::new());
    };
    let malformed = |what: &str| Error::invalid(format!("config.json: {what}"));
    let own = own
        .as_object()
        .ok_or_else(|| malformed("what is in `proxies` is not an object"))?;
    let mut variables = Variables::new();
    for (key, names) in VARIABLES {
        let mut entries = own.iter();
        let value = match entries.find(|(other, _)| other.eq_ignore_ascii_case(key)) {
            None | Some((_, Value::Null)) => continue,
            Some((_, Value::String(value))) => value,
            Some(_) => return Err(malformed(&format!("`{key}` of `proxies` is not a string"))),
        };
        if !value.is_empty() {
            variables.extend(names.map(|name| (name, value.clone())));
        }
    }
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const HOST: &str = "unix:///run/d.sock";

    fn of(proxies: Value) -> Result<Variables> {
        of_host(proxies.as_object(), HOST)
    }

    #[test]
    fn each_proxy_has_two_names() {
        let proxies = json!({"default": {
            "httpProxy": "http://u:p@px:1",
            "httpsProxy": "http://px:2",
            "noProxy": "localhost,.x",
            "ftpProxy": "http://px:3",
            "allProxy": "socks://px:4",
        }});
        let mut environment = Vec::new();
        add(of(proxies).unwrap(), &mut environment);
        assert_eq!(
            environment,
            [
                "HTTP_PROXY=http://u:p@px:1",
                "http_proxy=http://u:p@px:1",
                "HTTPS_PROXY=http://px:2",
                "https_proxy=http://px:2",
                "NO_PROXY=localhost,.x",
                "no_proxy=localhost,.x",
                "FTP_PROXY=http://px:3",
                "ftp_proxy=http://px:3",
                "ALL_PROXY=socks://px:4",
                "all_proxy=socks://px:4",
            ]
        );
    }

    #[test]
    fn what_is_set_for_an_engine_is_all_that_it_gets() {
        let default = || json!({"httpProxy": "d", "noProxy": ""});
        let own = json!({"httpsProxy": "h"});
        for (proxies, expected) in [
            (json!({}), vec![]),
            (json!({"default": null}), vec![]),
            (json!({"default": {"httpProxy": null}}), vec![]),
            (
                json!({"default": default()}),
                vec!["HTTP_PROXY", "http_proxy"],
            ),
            (
                json!({"default": default(), HOST: own}),
                vec!["HTTPS_PROXY", "https_proxy"],
            ),
            (
                json!({"default": default(), "/run/d.sock": own}),
                vec!["HTTP_PROXY", "http_proxy"],
            ),
            (json!({"tcp://other:2375": default()}), vec![]),
        ] {
            let variables = of(proxies.clone()).unwrap();
            let names: Vec<_> = variables.into_iter().map(|(name, _)| name).collect();
            assert_eq!(names, expected, "{proxies}");
        }
    }

    #[test]
    fn what_is_said_already_stays() {
        let proxies = || json!({"default": {"httpProxy": "px", "noProxy": "x"}});
        let text = |entries: &[&str]| -> Vec<String> {
            entries.iter().map(|&entry| entry.to_owned()).collect()
        };
        let mut environment = text(&["http_proxy=mine", "NO_PROXY", "no_proxy=", "A=HTTP_PROXY"]);
        let before = environment.clone();
        add(of(proxies()).unwrap(), &mut environment);
        assert_eq!(environment[..4], before[..]);
        assert_eq!(environment[4..], ["HTTP_PROXY=px"]);
    }

    #[test]
    fn what_is_malformed_is_told_and_not_repeated() {
        for proxies in [
            json!({"default": "http://u:s3cret@px"}),
            json!({"default": {"httpProxy": ["http://u:s3cret@px"]}}),
        ] {
            let error = of(proxies).unwrap_err();
            let told = format!("{error} {error:?}");
            assert!(
                error.is_invalid_input() && told.contains("proxies"),
                "{told}"
            );
            assert!(!told.contains("s3cret"), "{told}");
        }
    }
}
