//! `config.json`: what the user, and the CLI for the user, have settled.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind as Io, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Serializer, Value};

use super::Environment;
use crate::error::{Error, ErrorKind};

const NAME: &str = "config.json";
/// How long the file may be.
const LIMIT: u64 = 16 * 1024 * 1024;

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
        let document = match read(&path, LIMIT)? {
            Some(text) => parse(&text).map_err(|reason| {
                Error::invalid(format!("{} {reason}", path.display()))
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
        let name = self.text("currentContext")?;
        Ok(name.filter(|name| !name.is_empty()))
    }

    /// The keeper of all credentials that no other keeper has.
    pub(crate) fn creds_store(&self) -> Result<Option<&str>, Error> {
        let name = self.text("credsStore")?;
        Ok(name.filter(|name| !name.is_empty()))
    }

    /// The keepers of the credentials of some registries.
    pub(crate) fn cred_helpers(&self) -> Result<Vec<(&str, &str)>, Error> {
        self.texts("credHelpers")
    }

    /// The headers to send with every request.
    pub(crate) fn http_headers(&self) -> Result<Vec<(&str, &str)>, Error> {
        self.texts("HttpHeaders")
    }

    /// What is kept here of each registry.
    pub(crate) fn auths(&self) -> Result<Option<&Map<String, Value>>, Error> {
        self.object("auths")
    }

    /// The same to change it; it comes to be if it was not there.
    pub(crate) fn auths_mut(&mut self) -> Result<&mut Map<String, Value>, Error> {
        let key = match key_of(&self.document, "auths") {
            Some(key) => key.to_owned(),
            None => "auths".to_owned(),
        };
        let path = &self.path;
        let value = self.document.entry(key).or_insert(Value::Null);
        if value.is_null() {
            *value = Value::Object(Map::new());
        }
        let object = value.as_object_mut();
        object.ok_or_else(|| unexpected(path.as_deref(), "auths", "an object"))
    }

    /// The proxies of containers, by the address of the engine.
    pub(crate) fn proxies(&self) -> Result<Option<&Map<String, Value>>, Error> {
        self.object("proxies")
    }

    /// Reads the file, changes it and saves it, one after another in this process. Against other
    /// processes nothing helps, for the CLI locks nothing.
    pub(crate) fn edit(
        environment: &Environment,
        change: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        static EDITING: Mutex<()> = Mutex::new(());
        let _editing = EDITING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = Self::load(environment)?;
        change(&mut file)?;
        file.save()
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
        replace(path, &text).map_err(|source| local("written", path, source))
    }

    /// What stands under `key`; `null` is nothing. The CLI takes keys in any case.
    fn value(&self, key: &str) -> Option<&Value> {
        let value = self.document.get(key_of(&self.document, key)?)?;
        Some(value).filter(|value| !value.is_null())
    }

    fn text(&self, key: &str) -> Result<Option<&str>, Error> {
        let value = self.value(key);
        value.map(|value| self.as_text(key, value)).transpose()
    }

    fn texts(&self, key: &str) -> Result<Vec<(&str, &str)>, Error> {
        let entries = self.object(key)?.into_iter().flatten();
        entries
            .map(|(name, value)| Ok((&**name, self.as_text(&format!("{key}.{name}"), value)?)))
            .collect()
    }

    fn object(&self, key: &str) -> Result<Option<&Map<String, Value>>, Error> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(unexpected(self.path.as_deref(), key, "an object")),
        }
    }

    fn as_text<'a>(&self, key: &str, value: &'a Value) -> Result<&'a str, Error> {
        let text = value.as_str();
        text.ok_or_else(|| unexpected(self.path.as_deref(), key, "a string"))
    }
}

/// The document in `text`, or what is wrong with it, in words that repeat nothing of it.
///
/// As for the CLI, nothing but blanks is an empty document, so is `null`, and what comes after the
/// document does not count.
fn parse(text: &[u8]) -> Result<Map<String, Value>, String> {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
    match values.next() {
        None | Some(Ok(Value::Null)) => Ok(Map::new()),
        Some(Ok(Value::Object(document))) => Ok(document),
        Some(Ok(_)) => Err("is no JSON object".to_owned()),
        // Errors of syntax say what was expected and where, not what was found.
        Some(Err(error)) => Err(format!("is not JSON: {error}")),
    }
}

/// The key of `document` that is `key` but for its case.
fn key_of<'a>(document: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    let exact = document.get_key_value(key).map(|(key, _)| &**key);
    let folded = || {
        document
            .keys()
            .find(|other| other.eq_ignore_ascii_case(key))
    };
    exact.or_else(|| folded().map(|key| &**key))
}

fn unexpected(path: Option<&Path>, key: &str, expected: &str) -> Error {
    let path = path.unwrap_or(Path::new(NAME)).display();
    Error::invalid(format!("{path}: `{key}` is not {expected}")).advising("correct the file")
}

/// What is in a file, or `None` if it is not there.
pub(super) fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Error> {
    let mut text = Vec::new();
    let outcome = File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut text));
    match outcome {
        Ok(read) if read as u64 > limit => Err(Error::new(
            ErrorKind::TooLarge,
            format!("{} is longer than {limit} bytes", path.display()),
        )),
        Ok(_) => Ok(Some(text)),
        // In place of a folder on the way there may be a file.
        Err(error) if matches!(error.kind(), Io::NotFound | Io::NotADirectory) => Ok(None),
        Err(source) => Err(local("read", path, source)),
    }
}

fn local(done: &str, path: &Path, source: io::Error) -> Error {
    let detail = format!("{} cannot be {done}: {source}", path.display());
    Error::new(ErrorKind::LocalFile, detail)
}

fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let path = &behind_links(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    create_private(folder)?;
    let temporary = Temporary::beside(path)?;
    let mut file = &temporary.file;
    file.write_all(text)?;
    if let Ok(old) = fs::metadata(path) {
        take_after(file, &old)?;
    }
    file.sync_all()?;
    temporary.rename(path)
}

/// Where the file is, or would come to be, that a link stands for.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == Io::NotFound => Ok(match fs::read_link(path) {
            Ok(target) => path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => path.to_owned(),
        }),
        outcome => outcome,
    }
}

#[cfg(unix)]
fn create_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
fn create_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Gives a new file the permissions, and where it may the owner, of the old one.
#[cfg(unix)]
fn take_after(file: &File, old: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    // Only root may give files away; whoever wrote the old file can read the new one anyway.
    let _ = fchown(file, Some(old.uid()), Some(old.gid()));
    file.set_permissions(old.permissions())
}

#[cfg(not(unix))]
fn take_after(_: &File, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// A new file that nobody else can read, gone unless it is renamed.
struct Temporary {
    path: PathBuf,
    file: File,
}

impl Temporary {
    fn beside(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut attempt = 0;
        loop {
            let path = path.with_file_name(format!("{name}.{}-{attempt}", std::process::id()));
            match options.open(&path) {
                Err(error) if error.kind() == Io::AlreadyExists && attempt < 1000 => attempt += 1,
                outcome => return outcome.map(|file| Self { path, file }),
            }
        }
    }

    fn rename(mut self, to: &Path) -> io::Result<()> {
        fs::rename(&self.path, to)?;
        self.path = PathBuf::new();
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            // What is left behind is in nobody's way.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_file_that_is_too_long_is_not_read_to_its_end() {
        let (home, _environment) = home(b"123456789");
        let path = home.path().join(".docker/config.json");
        assert_eq!(read(&path, 9).unwrap().unwrap().len(), 9);
        let error = read(&path, 8).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::TooLarge);
        assert!(error.to_string().contains("8 bytes"), "{error}");
    }

    #[test]
    fn what_is_saved_keeps_what_is_unknown() {
        let (home, environment) = home(br#"{"Auths":{"a":{"auth":"eA=="}},"new":{"x":[1]}}"#);
        ConfigFile::edit(&environment, |file| {
            let entry = serde_json::json!({"auth": "eQ=="});
            file.auths_mut()?.insert("b".to_owned(), entry);
            Ok(())
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
