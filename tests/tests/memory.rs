//! A gigabyte into a container and out of it takes no more memory than a few pieces of it.
//!
//! Alone in its process, whose memory it measures.

#![cfg(target_os = "linux")]

use std::fs;
use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use dockwright::Docker;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

const GIB: u64 = 1 << 30;
/// In kilobytes.
const MOST_GROWTH: u64 = 64 << 10;

/// The most memory that this process has had, in kilobytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.unwrap().parse().unwrap()
}

#[tokio::test]
async fn copies_take_constant_memory() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("docker.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    let engine = tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            tokio::spawn(answer(connection));
        }
    });
    let host = format!("unix://{}", socket.display());
    let docker = Docker::connect_to(host).await.unwrap();
    let container = docker.container("c1");
    // Small ones first: what every copy takes.
    fs::write(folder.path().join("small"), "small").unwrap();
    let copy = container.copy_to("/in");
    copy.clone()
        .file(folder.path().join("small"))
        .await
        .unwrap();

    let before = peak();
    let large = folder.path().join("large");
    fs::File::create(&large).unwrap().set_len(GIB).unwrap();
    copy.file(&large).await.unwrap();
    let (_, mut tar) = container.copy_from("/out").tar().await.unwrap();
    let read = tokio::io::copy(&mut tar, &mut tokio::io::sink()).await;
    assert_eq!(read.unwrap(), GIB + 1536);
    container
        .copy_from("/out")
        .to(folder.path().join("out"))
        .await
        .unwrap();
    let copied = fs::metadata(folder.path().join("out")).unwrap();
    assert_eq!(copied.len(), GIB);
    let grown = peak() - before;
    assert!(grown < MOST_GROWTH, "it grew by {grown} kB");
    println!("three times {GIB} bytes: it grew by {grown} kB");
    engine.abort();
}

/// Requests on one connection, each answered as an engine would.
async fn answer(mut connection: UnixStream) -> io::Result<()> {
    let stat = |mode: u32| {
        let json = format!(r#"{{"name":"x","size":{GIB},"mode":{mode}}}"#);
        BASE64_STANDARD.encode(json)
    };
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(connection.read_u8().await?);
        }
        let head = String::from_utf8_lossy(&head);
        let (mode, is_get) = match head.split(' ').next() {
            Some("PUT") => {
                read_chunks(&mut connection).await?;
                (0, false)
            }
            Some("GET") => (0o644, true),
            _ => (1 << 31, false),
        };
        let length = if is_get { GIB + 1536 } else { 0 };
        let answer = format!(
            "HTTP/1.1 200 OK\r\nApi-Version: 1.44\r\nX-Docker-Container-Path-Stat: {}\r\n\
             Content-Length: {length}\r\n\r\n",
            stat(mode)
        );
        connection.write_all(answer.as_bytes()).await?;
        if is_get {
            write_archive(&mut connection).await?;
        }
    }
}

/// Reads a body to its last chunk: what is sent are zeros, which do not look like one.
async fn read_chunks(connection: &mut UnixStream) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 20];
    let mut end = Vec::new();
    let mut total = 0;
    while !end.ends_with(b"\r\n0\r\n\r\n") {
        let read = connection.read(&mut buffer).await?;
        assert!(read > 0, "it ended after {total} bytes");
        total += read as u64;
        end.extend_from_slice(&buffer[..read]);
        end.drain(..end.len().saturating_sub(16));
    }
    Ok(())
}

/// The archive of a file of zeros.
async fn write_archive(connection: &mut UnixStream) -> io::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_path("out")?;
    header.set_mode(0o644);
    header.set_size(GIB);
    header.set_cksum();
    connection.write_all(header.as_bytes()).await?;
    let zeros = vec![0; 1 << 20];
    for _ in 0..GIB >> 20 {
        connection.write_all(&zeros).await?;
    }
    connection.write_all(&zeros[..1024]).await
}
