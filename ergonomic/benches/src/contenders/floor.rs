//! What cannot be done for less: hyper with a pool of connections over hyperlocal, `serde_json` on
//! bytes that are there already, `tar` at a socket.

use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::{Method, Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyperlocal::{UnixConnector, Uri};
use serde::de::DeserializeOwned;
use tokio::io::AsyncReadExt;

use crate::Seen;

/// How much is read at once of a connection that was taken over.
const READ: usize = 64 * 1024;

#[derive(Clone, Debug)]
pub struct Hyper {
    client: Client<UnixConnector, Empty<Bytes>>,
    socket: PathBuf,
}

impl Hyper {
    pub fn new(socket: &Path) -> Self {
        Self {
            client: Client::builder(TokioExecutor::new()).build(UnixConnector),
            socket: socket.to_owned(),
        }
    }

    async fn send(&self, method: Method, path: &str) -> Result<Response<Incoming>> {
        let uri: hyper::Uri = Uri::new(&self.socket, path).into();
        let request = Request::builder().method(method).uri(uri);
        let response = self.client.request(request.body(Empty::new())?).await?;
        ensure!(response.status().as_u16() < 300, "{}", response.status());
        Ok(response)
    }

    pub async fn pings(&self, count: u64) -> Result<Seen> {
        let mut seen = Seen::default();
        for _ in 0..count {
            let response = self.send(Method::HEAD, "/_ping").await?;
            response.into_body().collect().await?;
            seen.add(0);
        }
        Ok(seen)
    }

    /// The bytes of an answer, `count` times.
    pub async fn gets(&self, path: &str, count: u64) -> Result<Seen> {
        let mut seen = Seen::default();
        for _ in 0..count {
            let response = self.send(Method::GET, path).await?;
            seen.add(response.into_body().collect().await?.to_bytes().len());
        }
        Ok(seen)
    }

    pub async fn gets_at_once(&self, path: &'static str, tasks: u64, count: u64) -> Result<Seen> {
        let gets = |_| {
            let hyper = self.clone();
            async move { hyper.gets(path, count).await }
        };
        Seen::at_once((0..tasks).map(gets)).await
    }

    /// Reads a body to its end, and lets go of each piece.
    pub async fn drain(&self, path: &str) -> Result<Seen> {
        let mut body = self.send(Method::GET, path).await?.into_body();
        let mut seen = Seen::default();
        while let Some(frame) = body.frame().await {
            seen.bytes += frame?.data_ref().map_or(0, |data| data.len() as u64);
        }
        Ok(seen)
    }

    /// Reads a connection that was taken over to its end.
    pub async fn drain_upgraded(&self, path: &str) -> Result<Seen> {
        let response = self.send(Method::POST, path).await?;
        let mut connection = TokioIo::new(hyper::upgrade::on(response).await?);
        let mut buffer = vec![0; READ];
        let mut seen = Seen::default();
        loop {
            match connection.read(&mut buffer).await? {
                0 => return Ok(seen),
                read => seen.bytes += read as u64,
            }
        }
    }

    /// Follows that many logs, and has read the first piece of each.
    pub async fn follow(&self, count: u64) -> Result<Vec<(Incoming, Bytes)>> {
        let mut all = Vec::new();
        for _ in 0..count {
            let path = "/containers/followed/logs?follow=true";
            let mut body = self.send(Method::GET, path).await?.into_body();
            let frame = body.frame().await.context("no first piece")??;
            let first = frame.into_data().ok().context("no data")?;
            all.push((body, first));
        }
        Ok(all)
    }
}

/// Parses each line by itself; `look` says what was in it.
pub fn parse_lines<T: DeserializeOwned>(json: &[u8], look: impl Fn(&T) -> usize) -> Result<Seen> {
    let mut seen = Seen::default();
    for line in json.split(|&byte| byte == b'\n') {
        if !line.is_empty() {
            seen.add(look(&serde_json::from_slice(line)?));
        }
    }
    Ok(seen)
}

/// Parses a list.
pub fn parse_list<T: DeserializeOwned>(json: &[u8], look: impl Fn(&T) -> usize) -> Result<Seen> {
    let mut seen = Seen::default();
    for item in serde_json::from_slice::<Vec<T>>(json)? {
        seen.add(look(&item));
    }
    Ok(seen)
}

fn ask(socket: &Path, request: &str) -> Result<UnixStream> {
    let mut connection = UnixStream::connect(socket)?;
    connection.write_all(request.as_bytes())?;
    Ok(connection)
}

/// Packs a folder with `tar`, whose output is the socket.
pub fn pack(socket: &Path, folder: &Path) -> Result<Seen> {
    let connection = ask(socket, "POST /drain HTTP/1.1\r\nX-To-The-End: 1\r\n\r\n")?;
    let mut tar = Command::new("tar")
        .args(["--create", "--file=-", "--directory"])
        .args([folder, Path::new(".")])
        .stdout(Stdio::from(OwnedFd::from(connection.try_clone()?)))
        .spawn()?;
    ensure!(tar.wait()?.success(), "tar failed");
    connection.shutdown(std::net::Shutdown::Write)?;
    // The engine has all when it answers.
    std::io::copy(&mut &connection, &mut std::io::sink())?;
    Ok(Seen::default())
}

/// Unpacks what the socket gives with `tar`.
pub fn unpack(socket: &Path, folder: &Path) -> Result<()> {
    let connection = ask(socket, "GET /raw HTTP/1.1\r\n\r\n")?;
    let tar = Command::new("tar")
        .args(["--extract", "--file=-", "--directory"])
        .arg(folder)
        .stdin(Stdio::from(OwnedFd::from(connection)))
        .status()?;
    ensure!(tar.success(), "tar failed");
    Ok(())
}
