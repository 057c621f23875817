//! What an image is built from: a directory, an archive, a place elsewhere, or a Dockerfile alone.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tokio::task::spawn_blocking;

use super::ignore::Ignore;
use crate::answer::Result;
use crate::archive::{Pack, Pick};
use crate::error::Error;
use crate::upload::Upload;

const DOCKERFILE: &str = "Dockerfile";
const IGNORE: &str = ".dockerignore";
/// What a Dockerfile is called that is sent along with a context that it is no part of.
const ADDED: &str = ".dockerfile.dockwright";

/// What an image is built from: the Dockerfile and the files that it copies.
///
/// See [`Images::build`](crate::Images::build) for an example.
pub struct BuildContext {
    source: Source,
}

enum Source {
    Directory(PathBuf),
    Tar(Upload),
    Url(String),
    Dockerfile(String),
}

/// Which Dockerfile to build by.
pub(super) enum Dockerfile {
    /// A file, by its path in the context.
    File(PathBuf),
    Text(String),
}

/// A context ready to be sent.
pub(super) struct Packed {
    pub(super) body: Upload,
    pub(super) remote: Option<String>,
    pub(super) dockerfile: Option<String>,
}

impl BuildContext {
    /// A directory of this machine, with its `Dockerfile`.
    ///
    /// It is packed as it is sent, in constant memory, and belongs to root then. What its
    /// `.dockerignore` names is left out. The rules are those of the `docker` CLI: the last line
    /// that matches a path or a directory above it decides, `!` makes an exception, `*` and `?` stop
    /// at slashes and `**` does not. Podman reads the rules once more, in its own way.
    pub fn dir(path: impl Into<PathBuf>) -> Self {
        Source::Directory(path.into()).into()
    }

    /// A tar archive, plain or compressed in a way that the engine knows: gzip, bzip2 or xz. It is
    /// sent as it is.
    pub fn tar(archive: impl Into<Upload>) -> Self {
        Source::Tar(archive.into()).into()
    }

    /// What the engine fetches for itself: a Git repository such as
    /// `https://example.com/team/app.git#main:directory`, or an archive or a Dockerfile at a URL.
    /// Podman does not fetch.
    pub fn url(url: impl Into<String>) -> Self {
        Source::Url(url.into()).into()
    }

    /// The text of a Dockerfile that copies no files.
    pub fn dockerfile(text: impl Into<String>) -> Self {
        Source::Dockerfile(text.into()).into()
    }

    pub(super) async fn pack(
        self,
        dockerfile: Option<Dockerfile>,
        buildkit: bool,
    ) -> Result<Packed> {
        match (self.source, dockerfile) {
            (Source::Directory(root), dockerfile) => {
                let packing = spawn_blocking(move || directory(root, dockerfile, buildkit));
                match packing.await {
                    Ok(packed) => packed,
                    Err(panicked) => Err(Error::local(io::Error::other(panicked))),
                }
            }
            (Source::Dockerfile(text), None) => {
                let pack = Pack::default().entry(DOCKERFILE, text.into_bytes());
                Ok(Packed::new(pack, DOCKERFILE.to_owned()))
            }
            (_, Some(Dockerfile::Text(_))) | (Source::Dockerfile(_), Some(_)) => Err(
                Error::invalid("the Dockerfile of this context cannot be another one")
                    .advising("build from a directory, or change what the context has"),
            ),
            (Source::Tar(body), file) => Packed::whole(body, None, file),
            (Source::Url(url), file) => Packed::whole(Upload::from(""), Some(url), file),
        }
    }
}

impl From<Source> for BuildContext {
    fn from(source: Source) -> Self {
        Self { source }
    }
}

/// What an archive has in it, and who may see a URL's repository, does not show.
impl fmt::Debug for BuildContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::Directory(path) => f.debug_tuple("Directory").field(path).finish(),
            Source::Tar(_) => f.write_str("Tar"),
            Source::Url(_) => f.write_str("Url"),
            Source::Dockerfile(_) => f.write_str("Dockerfile"),
        }
    }
}

impl Packed {
    fn new(pack: Pack, dockerfile: String) -> Self {
        Self {
            body: pack.owner(0, 0).into_upload(),
            remote: None,
            dockerfile: Some(dockerfile).filter(|name| name != DOCKERFILE),
        }
    }

    /// What is sent, or fetched, as it is.
    fn whole(body: Upload, remote: Option<String>, file: Option<Dockerfile>) -> Result<Self> {
        let dockerfile = match file {
            Some(Dockerfile::File(path)) => Some(slashed(&path)),
            _ => None,
        };
        Ok(Self {
            body,
            remote,
            dockerfile,
        })
    }
}

/// A Dockerfile that was found, or given.
struct Found {
    /// Its name in the archive.
    name: String,
    /// Where it is, if it is a file.
    path: Option<PathBuf>,
    /// What is in it, if it is no part of the context.
    added: Option<Vec<u8>>,
}

impl Found {
    fn new(root: &Path, dockerfile: Option<Dockerfile>) -> io::Result<Self> {
        let path = match dockerfile {
            Some(Dockerfile::Text(text)) => return Ok(Self::added(text.into_bytes(), None)),
            Some(Dockerfile::File(path)) => root.join(path),
            None => root.join(DOCKERFILE),
        };
        // Links may lead out of the context.
        let real = fs::canonicalize(&path).map_err(|error| at(&path, error))?;
        Ok(match real.strip_prefix(fs::canonicalize(root)?) {
            Ok(inside) => Self {
                name: slashed(inside),
                path: Some(path),
                added: None,
            },
            Err(_) => Self::added(
                fs::read(&real).map_err(|error| at(&path, error))?,
                Some(path),
            ),
        })
    }

    fn added(text: Vec<u8>, path: Option<PathBuf>) -> Self {
        Self {
            name: ADDED.to_owned(),
            path,
            added: Some(text),
        }
    }
}

fn directory(root: PathBuf, dockerfile: Option<Dockerfile>, buildkit: bool) -> Result<Packed> {
    if !root.is_dir() {
        let root = root.display();
        return Err(Error::invalid(format!("there is no directory at {root}")));
    }
    let found = Found::new(&root, dockerfile).map_err(Error::local)?;
    let rules = match &found.path {
        Some(path) if buildkit => rules(&[beside(path), root.join(IGNORE)]),
        _ => rules(&[root.join(IGNORE)]),
    };
    let rules = rules.map_err(Error::local)?;
    let mut pack = Pack::dir(root);
    let mut replaced = Vec::new();
    // The classic builder reads the rules as well, and drops Dockerfile and rules if these are
    // ignored. BuildKit does not: it copies all that it is sent.
    let mut kept = vec![&*found.name];
    if !buildkit {
        kept.push(IGNORE);
    }
    let ignore = Ignore::new(rules.as_deref().unwrap_or_default(), &kept)?;
    if let Some(text) = found.added {
        if !buildkit {
            let rules = rules.unwrap_or_else(|| IGNORE.into());
            pack = pack.entry(IGNORE, [&rules, ADDED.as_bytes()].join(&b'\n'));
            replaced.push(IGNORE);
        }
        pack = pack.entry(ADDED, text);
        replaced.push(ADDED);
    }
    let pack = pack.filter(move |path, is_directory| {
        let path = slashed(path);
        if !replaced.contains(&&*path) && !ignore.ignores(&path) {
            Pick::Take
        } else if is_directory && !ignore.ignores_all_beneath(&path) {
            Pick::Skip
        } else {
            Pick::Prune
        }
    });
    Ok(Packed::new(pack, found.name))
}

/// The rules for one Dockerfile alone.
fn beside(dockerfile: &Path) -> PathBuf {
    let mut path = OsString::from(dockerfile);
    path.push(IGNORE);
    path.into()
}

/// What is in the first of these files that there is.
fn rules(candidates: &[PathBuf]) -> io::Result<Option<Vec<u8>>> {
    for path in candidates {
        match fs::read(path) {
            Ok(rules) => return Ok(Some(rules)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(at(path, error)),
        }
    }
    Ok(None)
}

fn slashed(path: &Path) -> String {
    let path = path.to_string_lossy();
    match cfg!(windows) {
        true => path.replace('\\', "/"),
        false => path.into_owned(),
    }
}

/// The error with the path that it is about.
fn at(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
