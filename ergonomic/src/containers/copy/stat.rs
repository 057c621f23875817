//! What an engine knows of a path in a container.

use std::fmt;
use std::time::SystemTime;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use crate::answer::{Result, awaited};
use crate::containers::Container;
use crate::error::Error;
use crate::moment;
use crate::operation;
use crate::raw::ContainerArchiveInfoParams;

const HEADER: &str = "X-Docker-Container-Path-Stat";

/// A question for what is at a path in a container; await it for the answer.
///
/// See [`Container::stat`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct StatPath {
    container: Container,
    path: String,
}

impl Container {
    /// What is at a path in this container, whether it runs or not. A symbolic link is not
    /// followed.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](Error::is_not_found) if there is no such container, or nothing at the
    /// path; for Podman, a link that leads nowhere is nothing.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let config = docker.container("web").stat("/etc/nginx/nginx.conf").await?;
    /// println!("{} {} bytes", config.mode, config.size);
    /// # Ok(()) }
    /// ```
    pub fn stat(&self, path: impl Into<String>) -> StatPath {
        StatPath {
            container: self.clone(),
            path: path.into(),
        }
    }
}

impl StatPath {
    async fn send(self) -> Result<PathStat> {
        let docker = self.container.docker();
        let (call, name) = self.container.call("stat path in container")?;
        let path = checked(self.path).map_err(|error| error.during(&call))?;
        let params = ContainerArchiveInfoParams { path };
        let request = docker.raw().container_archive_info(name, &params);
        let response = operation::answered(&call, request).await?;
        PathStat::from_headers(response.headers()).map_err(|error| error.during(&call))
    }
}

awaited!(StatPath => PathStat);

/// A path in a container that can be sent.
pub(super) fn checked(path: String) -> Result<String> {
    match path.as_str() {
        "" => Err(Error::invalid("the path in the container is empty")),
        text if text.contains('\0') => {
            Err(Error::invalid("the path in the container contains a NUL"))
        }
        _ => Ok(path),
    }
}

/// What is at a path in a container.
///
/// See [`Container::stat`] for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathStat {
    /// The last part of the path.
    pub name: String,
    /// In bytes; of a folder or a link it says nothing.
    pub size: u64,
    /// What kind of file it is, and who may do what with it.
    pub mode: FileMode,
    /// When it was changed, if that is known.
    pub mtime: Option<SystemTime>,
    /// Where a symbolic link leads, as a path in the container; `None` if it is none.
    pub link_target: Option<String>,
}

impl PathStat {
    /// From the header in which engines tell it.
    pub(super) fn from_headers(headers: &HeaderMap) -> Result<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            name: String,
            size: i64,
            mode: u32,
            #[serde(default)]
            mtime: String,
            #[serde(default)]
            link_target: String,
        }
        let header = headers.get(HEADER);
        let header = header.ok_or_else(|| Error::decode(format!("there is no {HEADER}")))?;
        let malformed = || Error::decode(format!("{HEADER} is malformed"));
        let json = BASE64_STANDARD.decode(header.as_bytes());
        let json = json.map_err(|error| malformed().because(error))?;
        let wire: Wire =
            serde_json::from_slice(&json).map_err(|error| malformed().because(error))?;
        let mode = FileMode(wire.mode);
        // Podman tells a target for what is no link, too.
        let is_link = mode.is_symlink() && !wire.link_target.is_empty();
        Ok(Self {
            name: wire.name,
            size: wire.size.try_into().unwrap_or_default(),
            mode,
            mtime: moment::parse_stamp(wire.mtime.as_bytes()),
            link_target: is_link.then_some(wire.link_target),
        })
    }
}

/// Kind and permissions of a file, as engines tell them: in the bits of Go's `FileMode`, which are
/// not those of Unix.
///
/// `Display` shows it like `ls -l`.
///
/// See [`Container::stat`] for an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileMode(u32);

const DIR: u32 = 1 << 31;
const SYMLINK: u32 = 1 << 27;
const DEVICE: u32 = 1 << 26;
const NAMED_PIPE: u32 = 1 << 25;
const SOCKET: u32 = 1 << 24;
const SETUID: u32 = 1 << 23;
const SETGID: u32 = 1 << 22;
const CHAR_DEVICE: u32 = 1 << 21;
const STICKY: u32 = 1 << 20;
const IRREGULAR: u32 = 1 << 19;
const KINDS: u32 = DIR | SYMLINK | DEVICE | NAMED_PIPE | SOCKET | CHAR_DEVICE | IRREGULAR;

impl FileMode {
    /// The bits as the engine sent them.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// The permissions as `chmod` takes them, setuid, setgid and sticky among them.
    pub fn permissions(self) -> u32 {
        let special = [(SETUID, 0o4000), (SETGID, 0o2000), (STICKY, 0o1000)];
        let special = special.iter().filter(|(bit, _)| self.has(*bit));
        special.fold(self.0 & 0o777, |mode, (_, unix)| mode | unix)
    }

    /// Whether it is a file with bytes in it.
    pub fn is_file(self) -> bool {
        !self.has(KINDS)
    }

    /// Whether it is a folder.
    pub fn is_dir(self) -> bool {
        self.has(DIR)
    }

    /// Whether it is a symbolic link.
    pub fn is_symlink(self) -> bool {
        self.has(SYMLINK)
    }

    /// Whether it is a device of characters or of blocks.
    pub fn is_device(self) -> bool {
        self.has(DEVICE | CHAR_DEVICE)
    }

    /// Whether it is a named pipe.
    pub fn is_named_pipe(self) -> bool {
        self.has(NAMED_PIPE)
    }

    /// Whether it is a socket.
    pub fn is_socket(self) -> bool {
        self.has(SOCKET)
    }

    fn has(self, any_of: u32) -> bool {
        self.0 & any_of != 0
    }

    fn letter(self) -> char {
        match self {
            mode if mode.is_dir() => 'd',
            mode if mode.is_symlink() => 'l',
            mode if mode.has(CHAR_DEVICE) => 'c',
            mode if mode.is_device() => 'b',
            mode if mode.is_named_pipe() => 'p',
            mode if mode.is_socket() => 's',
            mode if mode.is_file() => '-',
            _ => '?',
        }
    }
}

impl fmt::Display for FileMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = vec![self.letter()];
        for (shift, special, letter) in [(6, SETUID, 's'), (3, SETGID, 's'), (0, STICKY, 't')] {
            let bits = self.0 >> shift;
            text.push(if bits & 4 != 0 { 'r' } else { '-' });
            text.push(if bits & 2 != 0 { 'w' } else { '-' });
            text.push(match (self.has(special), bits & 1 != 0) {
                (true, true) => letter,
                (true, false) => letter.to_ascii_uppercase(),
                (false, true) => 'x',
                (false, false) => '-',
            });
        }
        f.write_str(&text.into_iter().collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn stat(header: &str) -> Result<PathStat> {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, header.parse().unwrap());
        PathStat::from_headers(&headers)
    }

    #[test]
    fn the_header_is_base64_of_json() {
        let json = r#"{"name":"tmp","size":40,"mode":2148532735,"mtime":"1970-01-01T00:00:02.5Z","linkTarget":""}"#;
        let found = stat(&BASE64_STANDARD.encode(json)).unwrap();
        assert_eq!(found.name, "tmp");
        assert_eq!(found.size, 40);
        assert_eq!(found.mtime, Some(UNIX_EPOCH + Duration::from_millis(2500)));
        assert_eq!(found.link_target, None);
        assert!(found.mode.is_dir());
        assert_eq!(found.mode.permissions(), 0o1777);
        assert_eq!(found.mode.to_string(), "drwxrwxrwt");
        for bad in ["", "no base64", &BASE64_STANDARD.encode("{}")] {
            assert!(stat(bad).unwrap_err().is_decode(), "{bad}");
        }
        assert!(
            PathStat::from_headers(&HeaderMap::new())
                .unwrap_err()
                .is_decode()
        );
    }

    #[test]
    fn bits_are_those_of_go() {
        for (bits, shown, permissions) in [
            (0o644, "-rw-r--r--", 0o644),
            (SETUID | 0o4755 & 0o777, "-rwsr-xr-x", 0o4755),
            (SETGID | 0o640, "-rw-r-S---", 0o2640),
            (SYMLINK | 0o777, "lrwxrwxrwx", 0o777),
            (DEVICE | CHAR_DEVICE | 0o620, "crw--w----", 0o620),
            (DEVICE | 0o660, "brw-rw----", 0o660),
            (NAMED_PIPE | 0o600, "prw-------", 0o600),
            (SOCKET | 0o600, "srw-------", 0o600),
            (IRREGULAR, "?---------", 0),
            (DIR | STICKY | 0o776, "drwxrwxrwT", 0o1776),
        ] {
            let mode = FileMode(bits);
            assert_eq!(mode.to_string(), shown);
            assert_eq!(mode.permissions(), permissions, "{shown}");
            assert_eq!(mode.is_file(), shown.starts_with('-'), "{shown}");
        }
    }
}
