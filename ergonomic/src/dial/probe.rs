//! Whether a fresh connection leads to an engine.
//!
//! Some ways of connecting fail only after they seemed to be done: `ssh` is started long before it
//! has logged in, and since TLS 1.3 a server refuses a client after its handshake. A ping brings
//! that out while there is one request to tell it to.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::error::printable;

/// How much of an answer to a ping is read.
const HEAD: usize = 64 * 1024;

/// What a ping showed of a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Probe {
    /// It is ready for the next request.
    Open,
    /// It would have been, but takes one request only.
    Closing,
}

/// Pings the engine, whatever it answers.
///
/// # Errors
///
/// Of the kind `UnexpectedEof` if the connection ends, of `InvalidData` if what comes is not HTTP.
pub(super) async fn probe(
    connection: &mut (impl AsyncRead + AsyncWrite + Unpin),
    host: &str,
    base: &str,
) -> io::Result<Probe> {
    let request = format!("HEAD {base}/_ping HTTP/1.1\r\nHost: {host}\r\n\r\n");
    connection.write_all(request.as_bytes()).await?;
    connection.flush().await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let read = connection.read_buf(&mut answer).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !b"HTTP/1.".starts_with(&answer[..answer.len().min(7)]) || answer.len() > HEAD {
            let said = String::from_utf8_lossy(&answer[..answer.len().min(256)]).into_owned();
            let reason = format!("what comes is not HTTP: `{}`", printable(&said));
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
    }
    let answer = String::from_utf8_lossy(&answer).to_ascii_lowercase();
    let closing = answer.starts_with("http/1.0") || answer.contains("\r\nconnection: close\r\n");
    Ok(if closing { Probe::Closing } else { Probe::Open })
}
