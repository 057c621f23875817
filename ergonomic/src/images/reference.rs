//! Names of images: what the API wants in two parts, the caller writes as one.

use crate::answer::Result;
use crate::error::{Error, printable};

/// An image's name, and its tag or digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) name: String,
    /// A tag, or a digest with its algorithm, which wins over a tag.
    pub(crate) tag: Option<String>,
}

impl Reference {
    /// Splits `[registry[:port]/]name[:tag][@digest]`.
    ///
    /// Whether name and tag are good ones is for the engine to say.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let refuse = |reason: &str| {
            Err(Error::invalid(format!(
                "`{}` is not the name of an image: {reason}",
                printable(text)
            ))
            .advising("write it like `alpine`, `alpine:3.20` or `registry:5000/team/app:1.0`"))
        };
        if text.is_empty() {
            return refuse("it is empty");
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return refuse("it contains a space");
        }
        if text.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return refuse("a part between its slashes is missing");
        }
        let (tagged, digest) = match text.split_once('@') {
            Some((tagged, digest)) => (tagged, Some(digest)),
            None => (text, None),
        };
        // A colon before a slash is that of a registry's port.
        let (name, tag) = match tagged.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (tagged, None),
        };
        if name.is_empty() {
            return refuse("it has no name");
        }
        let tag = digest.or(tag);
        if tag == Some("") {
            return refuse("its tag or digest is empty");
        }
        Ok(Self {
            name: name.to_owned(),
            tag: tag.map(str::to_owned),
        })
    }
}

/// Whether `text` is an image's id, which no registry knows.
pub(crate) fn is_id(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|digits| {
        (12..=64).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, Option<String>) {
        let reference = Reference::parse(text).unwrap();
        (reference.name, reference.tag)
    }

    #[test]
    fn name_and_tag_are_told_apart() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (text, name, tag) in [
            ("alpine", "alpine", None),
            ("alpine:3.20", "alpine", Some("3.20")),
            ("host:5000/team/app", "host:5000/team/app", None),
            ("host:5000/team/app:1", "host:5000/team/app", Some("1")),
            (&format!("alpine@{digest}"), "alpine", Some(&*digest)),
            (&format!("host:5/a:1@{digest}"), "host:5/a", Some(&*digest)),
        ] {
            assert_eq!(parts(text), (name.to_owned(), tag.map(str::to_owned)));
        }
    }

    #[test]
    fn what_names_nothing_is_refused_before_it_is_sent() {
        for bad in [
            "",
            ":tag",
            "@sha256:0",
            "a b",
            "alpine:",
            "alpine@",
            "/alpine",
            "a//b",
            "..",
            "a/../b",
            "a\n",
        ] {
            assert!(
                Reference::parse(bad).unwrap_err().is_invalid_input(),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn an_id_is_not_a_name() {
        assert!(is_id("sha256:0123456789ab"));
        for name in [
            "0123456789ab",
            "sha256:1.0",
            "sha256:",
            "alpine@sha256:0123456789ab",
        ] {
            assert!(!is_id(name), "{name}");
        }
    }
}
