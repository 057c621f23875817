//! `config.json`: what the user, and the CLI for the user, have settled.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Serializer, Value};

use super::document::Object;
use super::{Environment, document, file};
use crate::error::Error;

const NAME: &str = "config.json";

/// The document with all that is in it, also what this crate does not know.
///
/// No error about it repeats what is in it, for it holds credentials.
#[derive(Clone)]
pub(crate) struct ConfigFile {
    /// `None` where there is no place for one.
    path: Option<PathBuf>,
    document: Map<String, Value>,
}

impl ConfigFile {
    /// Reads the file of `environment`; one that is not there is an empty one.
    ///
    /// It blocks, as files do.
    ///
    /// # Errors
    ///
    /// The kind is [`LocalFile`](ErrorKind::LocalFile) if it cannot be read,
    /// [`TooLarge`](ErrorKind::TooLarge) if it is longer than 16 MiB, and
    /// [`InvalidInput`](ErrorKind::InvalidInput) if it is not a JSON object.
    pub(crate) fn load(environment: &Environment) -> Result<Self, Error> {
        let Some(path) = environment.config_dir().map(|folder| folder.join(NAME)) else {
            return Ok(Self {
                path: None,
                document: Map::new(),
            });
        };
        let document = match file::read(&path)? {
            Some(text) => document::parse_first(&text).map_err(|reason| {
                Error::invalid(format!("{} {reason}", file::shown(&path)))
                    .advising("correct the file, or move it away and log in again")
            })?,
            None => Map::new(),
        };
        Ok(Self {
            path: Some(path),
            document,
        })
    }

    /// The context in use, if one was chosen.
    pub(crate) fn current_context(&self) -> Result<Option<&str>, Error> {
        let name = self.top().text("currentContext")?;
        Ok(name.filter(|name| !name.is_empty()))
    }

    /// The keeper of all credentials that no other keeper has.
    pub(crate) fn creds_store(&self) -> Result<Option<&str>, Error> {
        let name = self.top().text("credsStore")?;
        Ok(name.filter(|name| !name.is_empty()))
    }

    /// Makes this helper the keeper of all credentials that no other keeper has.
    pub(crate) fn set_creds_store(&mut self, name: &str) {
        let key = self.top().key("credsStore").unwrap_or("credsStore");
        self.document.insert(key.to_owned(), name.into());
    }

    /// The keepers of the credentials of some registries.
    pub(crate) fn cred_helpers(&self) -> Result<Vec<(&str, &str)>, Error> {
        self.top().texts("credHelpers")
    }

    /// The headers to send with every request.
    pub(crate) fn http_headers(&self) -> Result<Vec<(&str, &str)>, Error> {
        self.top().texts("HttpHeaders")
    }

    /// What is kept here of each registry.
    pub(crate) fn auths(&self) -> Result<Option<&Map<String, Value>>, Error> {
        Ok(self.top().object("auths")?.map(Object::map))
    }

    /// The same to change it; it comes to be if it was not there.
    pub(crate) fn auths_mut(&mut self) -> Result<&mut Map<String, Value>, Error> {
        self.auths()?;
        let key = self.top().key("auths").unwrap_or("auths").to_owned();
        let auths = self.document.entry(key).or_insert(Value::Null);
        if auths.is_null() {
            *auths = Value::Object(Map::new());
        }
        Ok(auths.as_object_mut().expect("it was seen to be an object"))
    }

    /// The proxies of containers, by the address of the engine.
    pub(crate) fn proxies(&self) -> Result<Option<&Map<String, Value>>, Error> {
        Ok(self.top().object("proxies")?.map(Object::map))
    }

    /// Puts the file in place of the one that is there, whole or not at all: through a link to
    /// where it leads, with the permissions that the old one has, readable for nobody else if
    /// there is none.
    pub(crate) fn save(&self) -> Result<(), Error> {
        let Some(path) = &self.path else {
            return Err(Error::invalid("there is no folder to write config.json to")
                .advising("set DOCKER_CONFIG or HOME"));
        };
        let mut text = Vec::new();
        let format = PrettyFormatter::with_indent(b"\t");
        self.document
            .serialize(&mut Serializer::with_formatter(&mut text, format))
            .map_err(|source| Error::invalid("config.json cannot be written").because(source))?;
        file::replace(path, &text)
    }

    fn top(&self) -> Object<'_> {
        let path = self.path.as_deref().unwrap_or(Path::new(NAME));
        Object::new(path, &self.document)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::error::ErrorKind;

    /// A home with this `config.json`.
    fn home(text: &[u8]) -> (tempfile::TempDir, Environment) {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join(".docker")).unwrap();
        fs::write(home.path().join(".docker/config.json"), text).unwrap();
        let none: [(&str, &str); 0] = [];
        let environment = Environment::made_up(home.path(), none);
        (home, environment)
    }

    fn loaded(text: &[u8]) -> Result<ConfigFile, Error> {
        let (_home, environment) = home(text);
        ConfigFile::load(&environment)
    }

    #[test]
    fn nothing_is_an_empty_document() {
        for text in ["", " \n", "null", "{}", r#"{"currentContext":null}"#] {
            let file = loaded(text.as_bytes()).unwrap();
            assert_eq!(file.current_context().unwrap(), None, "{text}");
            assert_eq!(file.auths().unwrap(), None, "{text}");
        }
        let file = ConfigFile::load(&Environment::nothing()).unwrap();
        assert_eq!(file.creds_store().unwrap(), None);
        assert!(file.save().unwrap_err().is_invalid_input());
    }

    #[test]
    fn keys_are_known_in_any_case_and_the_last_of_two_counts() {
        let file = loaded(br#"{"CURRENTCONTEXT":"a"} trailing"#).unwrap();
        assert_eq!(file.current_context().unwrap(), Some("a"));
        let file = loaded(br#"{"currentContext":"a","currentContext":"b"}"#).unwrap();
        assert_eq!(file.current_context().unwrap(), Some("b"));
        let file =
            loaded(br#"{"credHelpers":{"ghcr.io":"pass"},"httpheaders":{"X":"y"}}"#).unwrap();
        assert_eq!(file.cred_helpers().unwrap(), [("ghcr.io", "pass")]);
        assert_eq!(file.http_headers().unwrap(), [("X", "y")]);
    }

    #[test]
    fn what_is_malformed_is_told_with_its_place_and_not_repeated() {
        for (text, place) in [
            (&b"{\n \"s3cret\": s3cret}"[..], "line 2 column 12"),
            (b"{\"a\":\"s3cret\"", "line 1 column 13"),
            (b"\xef\xbb\xbf{}", "line 1 column 1"),
            (b"{\"a\":\"s3cret\xff\"}", "line 1 column"),
            (b"\"s3cret\"", "no JSON object"),
            (b"[\"s3cret\"]", "no JSON object"),
        ] {
            let error = loaded(text).err().unwrap();
            let shown = format!("{error} {error:?}");
            assert!(error.is_invalid_input(), "{shown}");
            assert!(
                shown.contains("config.json") && shown.contains(place),
                "{shown}"
            );
            assert!(!shown.contains("s3cret"), "{shown}");
        }
        let deep = "[".repeat(100_000);
        assert!(loaded(deep.as_bytes()).err().unwrap().is_invalid_input());
    }

    #[test]
    fn a_value_of_the_wrong_type_is_told_by_its_key() {
        let text = br#"{"currentContext":["s3cret"],"auths":"s3cret","HttpHeaders":{"A":7}}"#;
        let mut file = loaded(text).unwrap();
        for (error, key) in [
            (file.current_context().unwrap_err(), "`currentContext`"),
            (file.auths().unwrap_err(), "`auths`"),
            (file.http_headers().unwrap_err(), "`HttpHeaders.A`"),
            (file.auths_mut().unwrap_err(), "`auths`"),
        ] {
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(key), "{shown}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        let (home, environment) = home(b"");
        let path = home.path().join(".docker/config.json");
        fs::remove_file(&path).unwrap();
        assert!(ConfigFile::load(&environment).is_ok());
        fs::create_dir(&path).unwrap();
        let error = ConfigFile::load(&environment).err().unwrap();
        assert_eq!(*error.kind(), ErrorKind::LocalFile);
        assert!(error.to_string().contains("config.json"), "{error}");
    }

    #[test]
    fn what_is_saved_keeps_what_is_unknown() {
        let (home, environment) = home(br#"{"Auths":{"a":{"auth":"eA=="}},"new":{"x":[1]}}"#);
        ConfigFile::edit(&environment, |file| {
            let entry = serde_json::json!({"auth": "eQ=="});
            file.auths_mut()?.insert("b".to_owned(), entry);
            Ok(true)
        })
        .unwrap();
        let file = ConfigFile::load(&environment).unwrap();
        assert_eq!(file.auths().unwrap().unwrap().len(), 2);
        assert_eq!(file.document["new"]["x"][0], 1);
        assert_eq!(
            fs::read_dir(home.path().join(".docker")).unwrap().count(),
            1
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_is_saved_is_private_or_as_it_was_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("new/.docker");
        let environment = Environment::nothing().with_config_dir(&folder);
        let mut file = ConfigFile::load(&environment).unwrap();
        file.auths_mut().unwrap();
        file.save().unwrap();
        let path = folder.join(NAME);
        assert_eq!((mode(&folder), mode(&path)), (0o700, 0o600));

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        file.save().unwrap();
        assert_eq!(mode(&path), 0o640);

        let real = home.path().join("real.json");
        fs::rename(&path, &real).unwrap();
        symlink("../../real.json", &path).unwrap();
        file.save().unwrap();
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        assert_eq!(mode(&real), 0o640);

        fs::remove_file(&real).unwrap();
        file.save().unwrap();
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        assert_eq!(mode(&real), 0o600);
    }
}
