//! As much of HTTP as it takes to ask an engine whether it is there and to give it an image.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The longest that an engine may be silent: when asked who it is, and when at work.
const SILENCE_AT_GREETING: Duration = Duration::from_secs(5);
const SILENCE_AT_WORK: Duration = Duration::from_secs(60);

/// More than any answer that is asked for here.
const ANSWER_MAX: u64 = 1 << 20;

/// What `GET /version` tells.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Version {
    pub version: String,
    pub api_version: String,
    #[serde(rename = "MinAPIVersion")]
    pub min_api_version: String,
}

/// An engine behind a Unix socket.
pub struct Api<'a> {
    pub socket: &'a Path,
}

impl Api<'_> {
    pub fn version(&self) -> Result<Version> {
        let body = self.call("GET", "/version", b"", SILENCE_AT_GREETING)?;
        serde_json::from_slice(&body).context("the answer to /version is not as expected")
    }

    pub fn has_image(&self, reference: &str) -> Result<bool> {
        let target = format!("/images/{reference}/json");
        let reply = self.exchange("GET", &target, b"", SILENCE_AT_WORK)?;
        Ok(reply.status == 200)
    }

    /// Makes an image whose only layer is `tar`.
    pub fn import_image(&self, query: &str, tar: &[u8]) -> Result<()> {
        let target = format!("/images/create?fromSrc=-&{query}");
        let body = self.call("POST", &target, tar, SILENCE_AT_WORK)?;
        match import_error(&body) {
            Some(message) => bail!("the image was not imported: {message}"),
            None => Ok(()),
        }
    }

    fn call(&self, method: &str, target: &str, body: &[u8], silence: Duration) -> Result<Vec<u8>> {
        let reply = self.exchange(method, target, body, silence)?;
        if reply.status != 200 {
            let text = String::from_utf8_lossy(&reply.body);
            bail!("{method} {target}: {} {}", reply.status, text.trim());
        }
        Ok(reply.body)
    }

    fn exchange(
        &self,
        method: &str,
        target: &str,
        body: &[u8],
        silence: Duration,
    ) -> Result<Reply> {
        let mut stream = UnixStream::connect(self.socket)
            .with_context(|| format!("cannot connect to {}", self.socket.display()))?;
        stream.set_read_timeout(Some(silence))?;
        stream.set_write_timeout(Some(silence))?;
        stream.write_all(request_head(method, target, body.len()).as_bytes())?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.take(ANSWER_MAX).read_to_end(&mut answer)?;
        Reply::parse(&answer).with_context(|| format!("{method} {target}: not an answer in HTTP"))
    }
}

/// In HTTP/1.0 the answer is neither in chunks nor followed by another, so it ends with the connection.
fn request_head(method: &str, target: &str, length: usize) -> String {
    format!(
        "{method} {target} HTTP/1.0\r\nHost: engine\r\nContent-Type: application/x-tar\r\nContent-Length: {length}\r\n\r\n"
    )
}

#[derive(Debug, PartialEq, Eq)]
struct Reply {
    status: u16,
    body: Vec<u8>,
}

impl Reply {
    fn parse(answer: &[u8]) -> Option<Reply> {
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&answer[..end]).ok()?;
        let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?;
        Some(Reply {
            status: status.parse().ok()?,
            body: answer[end + 4..].to_vec(),
        })
    }
}

/// An import tells of its failure in the middle of an answer that began with 200.
fn import_error(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Progress {
        error: Option<String>,
    }
    serde_json::Deserializer::from_slice(body)
        .into_iter::<Progress>()
        .find_map(|progress| match progress {
            Ok(progress) => progress.error,
            Err(error) => Some(format!("the answer is not JSON: {error}")),
        })
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::*;

    /// What `ask` gets from an engine that says `answer`, and what that engine heard.
    fn scripted<T>(answer: &'static str, ask: impl FnOnce(Api) -> T) -> (T, String) {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("docker.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let engine = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut heard = Vec::new();
            let mut byte = [0];
            while !heard.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                heard.push(byte[0]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(heard).unwrap()
        });
        let got = ask(Api { socket: &socket });
        (got, engine.join().unwrap())
    }

    #[test]
    fn the_version_is_read() {
        let answer = "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n\
            {\"Version\":\"28.5.2\",\"ApiVersion\":\"1.51\",\"MinAPIVersion\":\"1.24\",\"Os\":\"linux\"}\n";
        let (version, heard) = scripted(answer, |api| api.version().unwrap());
        assert!(heard.starts_with("GET /version HTTP/1.0\r\n"), "{heard}");
        assert_eq!(version.version, "28.5.2");
        assert_eq!(version.api_version, "1.51");
        assert_eq!(version.min_api_version, "1.24");
    }

    #[test]
    fn an_error_says_what_the_engine_said() {
        let answer = "HTTP/1.1 500 Internal Server Error\r\n\r\n{\"message\":\"no space\"}\n";
        let (error, _) = scripted(answer, |api| api.import_image("repo=a", b"").unwrap_err());
        assert_eq!(
            error.to_string(),
            "POST /images/create?fromSrc=-&repo=a: 500 {\"message\":\"no space\"}"
        );
    }

    #[test]
    fn an_error_after_the_head_is_one_too() {
        let answer = "HTTP/1.1 200 OK\r\n\r\n{\"status\":\"x\"}\n{\"errorDetail\":{\"message\":\"bad tar\"},\"error\":\"bad tar\"}\n";
        let (error, _) = scripted(answer, |api| api.import_image("repo=a", b"").unwrap_err());
        assert_eq!(error.to_string(), "the image was not imported: bad tar");
    }

    #[test]
    fn what_is_not_http_is_an_error() {
        for answer in [
            "",
            "220 mail ready\r\n\r\n",
            "HTTP/1.1 many\r\n\r\n",
            "HTTP/1.1 200 OK\r\n",
        ] {
            let (result, _) = scripted(answer, |api| api.has_image("a"));
            assert!(result.is_err(), "{answer:?}");
        }
    }
}
