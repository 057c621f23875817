//! What stands after `ssh://`, and the command line that it becomes.

use std::fmt;
use std::time::Duration;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::error::printable;

/// What would not be read as part of a path, or not as it is.
const NOT_IN_PATHS: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#').add(b' ');

/// A machine to log in to, and the socket of its engine.
///
/// Nothing in it can be taken for an option or a command by `ssh` or by a shell, here or there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    user: Option<String>,
    /// Without the brackets of an IPv6 address.
    host: String,
    port: Option<u16>,
    /// The socket of the engine there, if it is not the one that its CLI takes.
    socket: Option<String>,
}

impl Destination {
    /// Reads `[user@]host[:port][/path/to.sock]`.
    pub(crate) fn parse(rest: &str) -> Result<Self, &'static str> {
        if rest.contains(['?', '#']) {
            return Err("it has more than user, host, port and path");
        }
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user_name(user)?), place),
            None => (None, authority),
        };
        let (host, port) = host_and_port(place)?;
        Ok(Self {
            user,
            host,
            port,
            socket: socket(path)?,
        })
    }

    /// The arguments of `ssh` that log in and join the engine with standard input and output.
    pub(crate) fn arguments(&self, connect_timeout: Duration) -> Vec<String> {
        let mut arguments = Vec::new();
        if let Some(user) = &self.user {
            arguments.extend(["-l".to_owned(), user.clone()]);
        }
        if let Some(port) = self.port {
            arguments.extend(["-p".to_owned(), port.to_string()]);
        }
        // In whole seconds, of which 0 would mean the system's own patience.
        let seconds = connect_timeout.as_secs_f64().ceil().max(1.0) as u64;
        arguments.extend(["-o".to_owned(), format!("ConnectTimeout={seconds}")]);
        // What follows `--` is a host, even if it looks like an option.
        arguments.extend(["-T", "--"].map(str::to_owned));
        arguments.push(self.host.clone());
        // The remote shell reads these as one line.
        arguments.push("docker".to_owned());
        if let Some(socket) = &self.socket {
            arguments.push(quoted(&format!("--host=unix://{socket}")));
        }
        arguments.extend(["system", "dial-stdio"].map(str::to_owned));
        arguments
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(user) = &self.user {
            write!(f, "{}@", printable(user))?;
        }
        match self.host.contains(':') {
            true => write!(f, "[{}]", self.host)?,
            false => f.write_str(&self.host)?,
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        let socket = self.socket.as_deref().unwrap_or_default();
        write!(f, "{}", utf8_percent_encode(socket, NOT_IN_PATHS))
    }
}

fn user_name(written: &str) -> Result<String, &'static str> {
    if written.contains(':') {
        return Err("it carries a password, which ssh does not take");
    }
    match decoded(written)? {
        name if name.is_empty() => Err("the user before its `@` is missing"),
        name if name.starts_with('-') => Err("its user would be an option"),
        name if name.contains(is_special) => Err("its user holds what no name holds"),
        name => Ok(name),
    }
}

fn host_and_port(place: &str) -> Result<(String, Option<u16>), &'static str> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or("its bracket is not closed")?;
            match port.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if port.is_empty() => (host, None),
                None => return Err("it is not host and port"),
            }
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let host = match decoded(host)? {
        host if host.is_empty() => return Err("it names no host"),
        host if host.starts_with('-') => return Err("its host would be an option"),
        host if host.contains(is_special) => return Err("its host holds what no name holds"),
        host => host,
    };
    let port = port.map(|port| match port.parse() {
        Ok(port) if port > 0 && !port_is_signed(place) => Ok(port),
        _ => Err("its port is not a number from 1 to 65535"),
    });
    Ok((host, port.transpose()?))
}

/// `parse` would take `+22` for a number.
fn port_is_signed(place: &str) -> bool {
    place.contains(":+")
}

fn socket(path: &str) -> Result<Option<String>, &'static str> {
    match decoded(path)? {
        path if path.is_empty() || path == "/" => Ok(None),
        path if path.contains(char::is_control) => Err("its path holds a control character"),
        path => Ok(Some(path)),
    }
}

fn decoded(written: &str) -> Result<String, &'static str> {
    match percent_decode_str(written).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err("what it has percent-encoded is not UTF-8"),
    }
}

/// What `ssh` refuses in users and hosts, or would if it were careful: it may put them into the
/// command lines that its configuration names.
fn is_special(c: char) -> bool {
    c.is_control() || c.is_whitespace() || "'`\"$\\;&<>|(){}[]*?!#~%@,/".contains(c)
}

/// As one word to a POSIX shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(rest: &str) -> String {
        let destination = Destination::parse(rest).unwrap();
        destination.arguments(Duration::from_secs(30)).join(" ")
    }

    #[test]
    fn the_command_line_is_that_of_the_cli() {
        let ends = "docker system dial-stdio";
        for (rest, line) in [
            ("host", format!("-o ConnectTimeout=30 -T -- host {ends}")),
            (
                "me@host:2222",
                format!("-l me -p 2222 -o ConnectTimeout=30 -T -- host {ends}"),
            ),
            (
                "DOMAIN.x_y+z@[fe80::1]:22/",
                format!("-l DOMAIN.x_y+z -p 22 -o ConnectTimeout=30 -T -- fe80::1 {ends}"),
            ),
            (
                "host/run/user/1000/docker.sock",
                "-o ConnectTimeout=30 -T -- host docker \
                 '--host=unix:///run/user/1000/docker.sock' system dial-stdio"
                    .to_owned(),
            ),
        ] {
            assert_eq!(arguments(rest), line, "{rest}");
        }
    }

    #[test]
    fn a_path_is_one_word_to_the_shell_there() {
        for path in [
            "/a b",
            "/$(touch x)",
            "/`x`",
            "/;x",
            "/\"x\"",
            "/-x",
            "/it's",
            "/'; x; '",
            "/a\\b",
        ] {
            let destination = Destination::parse(&format!("host{path}")).unwrap();
            let arguments = destination.arguments(Duration::from_secs(1));
            let word = &arguments[arguments.len() - 3];
            let echoed = std::process::Command::new("sh")
                .args(["-c", &format!("printf '<%s>' {word}")])
                .output()
                .unwrap();
            let echoed = String::from_utf8(echoed.stdout).unwrap();
            assert_eq!(echoed, format!("<--host=unix://{path}>"));
        }
    }

    #[test]
    fn nothing_becomes_an_option_or_a_command() {
        for rest in [
            "",
            "-oProxyCommand=x",
            "-oProxyCommand=x:22",
            "%2doProxyCommand=x",
            "[-oProxyCommand=x]",
            "me@-host",
            "-lroot@host",
            "%2Dl@host",
            "%2fhost",
            "me%2f@host",
            "a b",
            "a%20b",
            "a%0ab",
            "a\nb",
            "$(x)",
            "`x`",
            "a;x",
            "a|x",
            "a'b",
            "a\"b",
            "me;x@host",
            "$(x)@host",
            "me%0a@host",
            "me x@host",
            "@host",
            "me@",
            "me:secret@host",
            "me:@host",
            "host:-1",
            "host:+22",
            "host:0",
            "host:65536",
            "host:",
            "host:22 -x",
            "host:22x",
            "::1",
            "[::1",
            "[::1]x",
            "host/a%0ab",
            "host/a\0b",
            "host?x=1",
            "host/run?x",
            "host#x",
            "%ff@host",
        ] {
            assert!(Destination::parse(rest).is_err(), "{rest}");
        }
    }

    #[test]
    fn a_patience_below_a_second_is_one() {
        let destination = Destination::parse("host").unwrap();
        let arguments = destination.arguments(Duration::from_millis(1));
        assert!(arguments.contains(&"ConnectTimeout=1".to_owned()));
    }
}
