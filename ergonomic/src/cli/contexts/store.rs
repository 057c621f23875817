//! Contexts on disk: a folder for each, named by the SHA-256 of the context's name.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::cli::document::{self, Object};
use crate::cli::file;
use crate::error::{Error, printable};
use crate::tls::Tls;

const META: &str = "meta.json";

/// The folder `contexts` beside `config.json`.
#[derive(Clone, Debug)]
pub(super) struct Store {
    folder: PathBuf,
}

/// What is known of a context.
#[derive(Clone)]
pub(super) struct Meta {
    file: PathBuf,
    pub(super) document: Map<String, Value>,
}

/// Where the engine of a context is.
pub(super) struct Target<'a> {
    /// Empty for the default.
    pub(super) host: &'a str,
    pub(super) tls: Option<Tls>,
}

/// The id of a context, and what its folder holds.
type Found = (String, Result<Meta, Error>);

impl Store {
    pub(super) fn new(config_dir: &Path) -> Self {
        let folder = config_dir.join("contexts");
        Self { folder }
    }

    /// The context of this name, if there is one.
    pub(super) fn get(&self, name: &str) -> Result<Option<Meta>, Error> {
        self.read(&id(name))
    }

    /// All contexts, in no order.
    pub(super) fn all(&self) -> Result<Vec<Found>, Error> {
        let folder = self.folder.join("meta");
        let failed = |source| file::failed("read", &folder, source);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if file::is_absence(&error) => return Ok(Vec::new()),
            Err(source) => return Err(failed(source)),
        };
        let mut all = Vec::new();
        for entry in entries {
            let id = entry.map_err(failed)?.file_name();
            let id = id.to_string_lossy().into_owned();
            if let Some(meta) = self.read(&id).transpose() {
                all.push((id, meta));
            }
        }
        Ok(all)
    }

    /// Where the engine of the context with this id is, by what `meta` says of it.
    pub(super) fn target<'a>(&self, id: &str, meta: &'a Meta) -> Result<Target<'a>, Error> {
        let engine = meta.engine()?;
        let host = engine.text("Host")?.unwrap_or_default();
        let unverified = engine.flag("SkipTLSVerify")?.unwrap_or_default();
        let tls = self.tls(id, unverified);
        Ok(Target { host, tls })
    }

    /// How TLS is spoken, if it is: where there is anything to speak it with, or where the server
    /// need not be verified. The CLI takes a certificate and its key as a pair or not at all.
    fn tls(&self, id: &str, unverified: bool) -> Option<Tls> {
        let folder = self.folder.join("tls").join(id).join("docker");
        let [ca, certificate, key] =
            ["ca.pem", "cert.pem", "key.pem"].map(|name| folder.join(name));
        let [has_ca, has_certificate, has_key] =
            [&ca, &certificate, &key].map(|path| file::exists(path));
        if !(unverified || has_ca || has_certificate || has_key) {
            return None;
        }
        let mut tls = Tls::new();
        if has_ca {
            tls = tls.ca_file(ca);
        }
        if has_certificate && has_key {
            tls = tls.client_certificate_files(certificate, key);
        }
        if unverified {
            tls = tls.dangerously_unverified();
        }
        Some(tls)
    }

    fn read(&self, id: &str) -> Result<Option<Meta>, Error> {
        let file = self.folder.join("meta").join(id).join(META);
        let Some(text) = file::read(&file)? else {
            return Ok(None);
        };
        match document::parse_whole(&text) {
            Ok(document) => Ok(Some(Meta { file, document })),
            Err(reason) => {
                let detail = format!("{} {reason}", file::shown(&file));
                Err(Error::invalid(detail).advising(
                    "correct the file, or remove its folder and create the context again",
                ))
            }
        }
    }
}

impl Meta {
    pub(super) fn name(&self) -> Result<&str, Error> {
        Ok(self.top().text("Name")?.unwrap_or_default())
    }

    /// The name, if it leads to the folder with this id, where it was found.
    pub(super) fn name_of(&self, folder: &str) -> Result<&str, Error> {
        let name = self.name()?;
        if id(name) == folder {
            return Ok(name);
        }
        let (file, name) = (file::shown(&self.file), printable(name));
        Err(Error::invalid(format!(
            "{file} is in the folder of another name than `{name}`"
        )))
    }

    pub(super) fn description(&self) -> Result<Option<&str>, Error> {
        match self.top().object("Metadata")? {
            Some(metadata) => metadata.text("Description"),
            None => Ok(None),
        }
    }

    fn engine(&self) -> Result<Object<'_>, Error> {
        let engine = match self.top().object("Endpoints")? {
            // The kind of an endpoint is no key of Go's, so it is known as written only.
            Some(endpoints) if endpoints.key("docker") == Some("docker") => {
                endpoints.object("docker")?
            }
            _ => None,
        };
        engine.ok_or_else(|| {
            let file = file::shown(&self.file);
            Error::invalid(format!(
                "{file} names no engine: it has no `Endpoints.docker`"
            ))
        })
    }

    fn top(&self) -> Object<'_> {
        Object::new(&self.file, &self.document)
    }
}

/// What the folder of a context is called.
pub(super) fn id(name: &str) -> String {
    let digest = hmac_sha256::Hash::hash(name.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// There is no context of this name.
pub(super) fn unknown(name: &str, others: &[String]) -> Error {
    let shown = printable(name);
    if !is_name(name) {
        let detail = format!("`{shown}` is not the name of a context");
        return Error::invalid(detail).advising(
            "names have two or more letters, digits, `_`, `.`, `+` and `-`, and begin with a \
             letter or a digit",
        );
    }
    Error::invalid(format!("there is no context `{shown}`")).advising(format!(
        "name one of those there are: {}",
        others.join(", ")
    ))
}

/// Whether the CLI creates contexts of this name.
fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    let first = characters.next().is_some_and(|c| c.is_ascii_alphanumeric());
    let rest = characters.as_str();
    let others = |c: char| c.is_ascii_alphanumeric() || "_.+-".contains(c);
    first && !rest.is_empty() && rest.chars().all(others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_the_cli_creates() {
        for name in ["ab", "a-b_c.d+e", "7x"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "a", "-a", "a/b", "a b", "é1", "../x", "a\0"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn a_folder_is_called_by_the_digest_of_the_name() {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(id("abc"), digest);
    }
}
