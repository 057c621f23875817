//! Names of images: what the API wants in parts, the caller writes as one.

use std::fmt;
use std::str::FromStr;

use crate::answer::Result;
use crate::error::{Error, printable};

const DOCKER_HUB: &str = "docker.io";
/// What Docker Hub puts before names of one part.
const OFFICIAL: &str = "library/";
const LONGEST_PATH: usize = 255;
const LONGEST_TAG: usize = 128;

/// An image's name with its registry, and its tag and digest where it has them.
///
/// It is read from `[registry[:port]/]path[:tag][@digest]`. Without a registry it is Docker Hub's,
/// whose images of one word are in `library`. Two that name the same are equal, however they were
/// written, and print in the shortest way.
///
/// ```
/// use dockwright::Reference;
///
/// # fn main() -> dockwright::Result<()> {
/// let reference: Reference = "alpine:3.20".parse()?;
/// assert_eq!(reference.domain(), "docker.io");
/// assert_eq!(reference.path(), "library/alpine");
/// assert_eq!(reference.tag(), Some("3.20"));
/// assert_eq!(reference, "docker.io/library/alpine:3.20".parse()?);
/// assert_eq!(reference.to_string(), "alpine:3.20");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    domain: String,
    path: String,
    tag: Option<String>,
    digest: Option<String>,
}

impl Reference {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let Parts { name, tag, digest } = Parts::of(text)?;
        let (domain, path) = domain_and_path(name);
        let hub = matches!(domain, None | Some("index.docker.io" | DOCKER_HUB));
        Ok(Self {
            domain: domain.filter(|_| !hub).unwrap_or(DOCKER_HUB).to_owned(),
            path: match hub && !path.contains('/') {
                true => format!("{OFFICIAL}{path}"),
                false => path.to_owned(),
            },
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// The registry, with its port if it has one.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// What names the repository without its registry, if that reads the same.
    fn word_or_path(&self) -> Option<&str> {
        let word = self.path.strip_prefix(OFFICIAL);
        let word = word.filter(|word| !word.contains('/'));
        let short = word.unwrap_or(&self.path);
        let is_path = domain_and_path(short).0.is_none() && !is_id(short);
        (self.domain == DOCKER_HUB && is_path).then_some(short)
    }

    /// The repository in the registry.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The tag, if one is written.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest with its algorithm, if one is written.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }
}

impl FromStr for Reference {
    type Err = Error;

    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if the text is not the name of an image.
    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.word_or_path() {
            Some(short) => f.write_str(short)?,
            None => write!(f, "{}/{}", self.domain, self.path)?,
        }
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.to_string()
    }
}

/// The parts of an image's name as they are written, which is how engines are told them: what is
/// missing, an engine may complete in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    /// The registry and the path.
    pub(crate) name: &'a str,
    pub(crate) tag: Option<&'a str>,
    pub(crate) digest: Option<&'a str>,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(text: &'a str) -> Result<Self> {
        let refuse = |reason: &str| {
            Error::invalid(format!(
                "`{}` is not the name of an image: {reason}",
                printable(text)
            ))
            .advising("write it like `alpine`, `alpine:3.20` or `registry:5000/team/app:1.0`")
        };
        let parts = Self::split(text);
        let (domain, path) = domain_and_path(parts.name);
        let fault = match parts {
            _ if text.is_empty() => "it is empty",
            _ if domain.is_some_and(|domain| !is_domain(domain)) => "its registry is not a host",
            _ if path.chars().any(char::is_uppercase) => "it must be in lower case",
            _ if !path.split('/').all(is_component) => {
                "a part between slashes is not made of letters and digits, set apart by `.`, `_` or `-`"
            }
            _ if path.len() > LONGEST_PATH => "it is too long",
            _ if is_hex(text, 64) => "it is an id without its `sha256:`",
            Parts { tag: Some(tag), .. } if !is_tag(tag) => "its tag is not one",
            Parts {
                digest: Some(digest),
                ..
            } if !is_digest(digest) => "its digest is not one",
            _ => return Ok(parts),
        };
        Err(refuse(fault))
    }

    /// A name to give to an image, which cannot have a digest: that is what the image is.
    pub(crate) fn of_new(text: &'a str) -> Result<Self> {
        let parts = Self::of(text)?;
        match parts.digest {
            None => Ok(parts),
            Some(_) => Err(Error::invalid(format!(
                "`{text}` has a digest, which cannot be given to an image"
            ))),
        }
    }

    fn split(text: &'a str) -> Self {
        let (tagged, digest) = match text.split_once('@') {
            Some((tagged, digest)) => (tagged, Some(digest)),
            None => (text, None),
        };
        // A colon before a slash is that of a registry's port.
        let (name, tag) = match tagged.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (tagged, None),
        };
        Self { name, tag, digest }
    }

    /// What tells one image of a repository from others, as the API wants it: a digest wins over
    /// a tag.
    pub(crate) fn version(&self) -> Option<&'a str> {
        self.digest.or(self.tag)
    }
}

/// What stands before the first slash is a registry if it looks like a host.
fn domain_and_path(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((first, path))
            if first == "localhost"
                || first.contains(['.', ':', '['])
                || first.chars().any(char::is_uppercase) =>
        {
            (Some(first), path)
        }
        _ => (None, name),
    }
}

fn is_domain(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let literal = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let host = match literal {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host.split('.').all(|label| {
            let dash = |label: &str| label.starts_with('-') || label.ends_with('-');
            let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            !label.is_empty() && label.bytes().all(fits) && !dash(label)
        }),
    };
    let digits = |port: &str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    host && port.is_none_or(digits)
}

/// Letters and digits, and between them `.`, `_`, `__` or any number of `-`.
fn is_component(text: &str) -> bool {
    let separator = |c: char| matches!(c, '.' | '_' | '-');
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let ends = text.starts_with(word) && text.ends_with(word);
    let mut separators = text.split(word).filter(|between| !between.is_empty());
    ends && text.chars().all(|c| word(c) || separator(c))
        && separators.all(|s| matches!(s, "." | "_" | "__") || s.bytes().all(|b| b == b'-'))
}

fn is_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let mut bytes = text.bytes();
    bytes.next().is_some_and(word)
        && bytes.all(|b| word(b) || matches!(b, b'.' | b'-'))
        && text.len() <= LONGEST_TAG
}

fn is_digest(text: &str) -> bool {
    match text.split_once(':') {
        Some(("sha256", hex)) => is_hex(hex, 64),
        Some(("sha384", hex)) => is_hex(hex, 96),
        Some(("sha512", hex)) => is_hex(hex, 128),
        // Others may come; what is not a digest at all must not.
        Some((algorithm, hex)) => {
            let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'_' | b'-');
            !algorithm.is_empty()
                && algorithm.bytes().all(fits)
                && hex.len() >= 32
                && hex.bytes().all(|b| b.is_ascii_hexdigit())
        }
        None => false,
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    text.len() == length && text.bytes().all(digit)
}

/// Whether `text` is an image's id, which no registry knows.
pub(crate) fn is_id(text: &str) -> bool {
    match text.strip_prefix("sha256:") {
        Some(digits) => {
            (12..=64).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit())
        }
        None => is_hex(text, 64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> Reference {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_written_is_split() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (text, name, version) in [
            ("alpine", "alpine", None),
            ("alpine:3.20", "alpine", Some("3.20")),
            ("host:5000/team/app", "host:5000/team/app", None),
            ("host:5000/team/app:1", "host:5000/team/app", Some("1")),
            (&format!("alpine@{digest}"), "alpine", Some(&*digest)),
            (&format!("host:5/a:1@{digest}"), "host:5/a", Some(&*digest)),
        ] {
            let parts = Parts::of(text).unwrap();
            assert_eq!((parts.name, parts.version()), (name, version), "{text}");
        }
    }

    #[test]
    fn a_registry_looks_like_a_host_and_else_is_docker_hub() {
        for (text, domain, path, printed) in [
            ("alpine", "docker.io", "library/alpine", "alpine"),
            ("team/app", "docker.io", "team/app", "team/app"),
            ("docker.io/alpine", "docker.io", "library/alpine", "alpine"),
            ("index.docker.io/a/b", "docker.io", "a/b", "a/b"),
            ("library/a/b", "docker.io", "library/a/b", "library/a/b"),
            // In short it would be another registry's.
            (
                "docker.io/localhost/a",
                "docker.io",
                "localhost/a",
                "docker.io/localhost/a",
            ),
            ("docker.io/a.b/c", "docker.io", "a.b/c", "docker.io/a.b/c"),
            ("localhost/a", "localhost", "a", "localhost/a"),
            ("HOST/a", "HOST", "a", "HOST/a"),
            ("host:5000/a/b", "host:5000", "a/b", "host:5000/a/b"),
            ("host.example/a", "host.example", "a", "host.example/a"),
            ("[::1]:5000/a", "[::1]:5000", "a", "[::1]:5000/a"),
            ("[::1]/a", "[::1]", "a", "[::1]/a"),
            (
                "a--b/c__d.e_f",
                "docker.io",
                "a--b/c__d.e_f",
                "a--b/c__d.e_f",
            ),
        ] {
            let reference = reference(text);
            assert_eq!(
                (reference.domain(), reference.path()),
                (domain, path),
                "{text}"
            );
            assert_eq!(reference.to_string(), printed, "{text}");
            assert_eq!(self::reference(&reference.to_string()), reference, "{text}");
        }
    }

    /// What the grammar of references lets in at its edges.
    #[test]
    fn what_is_odd_but_a_name_is_taken() {
        let hex = "a".repeat(64);
        for (text, domain) in [
            (&*format!("host.x/{hex}"), "host.x"),
            (&*format!("{hex}:1"), "docker.io"),
            ("a/b/c/d:1", "docker.io"),
            ("localhost:5000", "docker.io"),
            ("host:5000/a:5000", "host:5000"),
            ("xn--n3h.com/a", "xn--n3h.com"),
            ("1.2.3.4:80/a", "1.2.3.4:80"),
            ("a:_tag", "docker.io"),
            ("Host/a", "Host"),
            ("a------b", "docker.io"),
        ] {
            assert_eq!(reference(text).domain(), domain, "{text}");
        }
    }

    #[test]
    fn tag_and_digest_are_kept_both() {
        let digest = format!("sha512:{}", "0".repeat(128));
        let text = format!("a:Tag_1.x-y@{digest}");
        let reference = reference(&text);
        assert_eq!(reference.tag(), Some("Tag_1.x-y"));
        assert_eq!(reference.digest(), Some(&*digest));
        assert_eq!(reference.to_string(), text);
    }

    #[test]
    fn what_names_nothing_is_refused_before_it_is_sent() {
        let long = "a".repeat(256);
        let tag = format!("a:{}", "b".repeat(129));
        let short = format!("a@sha256:{}", "a".repeat(63));
        let upper = format!("a@sha256:{}", "A".repeat(64));
        let id = "a".repeat(64);
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
            "UPPER",
            "a/B",
            "host.x/A",
            "-a",
            "a-",
            "a..b",
            "a___b",
            "a_.b",
            "a:-b",
            "a:b c",
            "a:b/",
            "host.:5/a",
            "-host.x/a",
            "host:/a",
            "host:x/a",
            "[::1/a",
            "[x]:5/a",
            "a@md5:0",
            "a@@b",
            "é",
            &long,
            &tag,
            &short,
            &upper,
            &id,
        ] {
            let error = bad.parse::<Reference>().unwrap_err();
            assert!(error.is_invalid_input(), "{bad:?}");
        }
    }

    #[test]
    fn an_id_is_not_a_name() {
        assert!(is_id("sha256:0123456789ab"));
        assert!(is_id(&"a".repeat(64)));
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
