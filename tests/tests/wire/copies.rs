//! Copies: answers that come too early, and archives that break off.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use dockwright::{Container, Docker, Upload};
use dockwright_replay::wire::Play;
use futures_util::stream;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use crate::peer::{answer, connected, json, within};

/// The header that tells of a path.
pub fn stat(mode: u32, size: u64) -> String {
    let json = format!(r#"{{"name":"x","size":{size},"mode":{mode},"mtime":"","linkTarget":""}}"#);
    let told = BASE64_STANDARD.encode(json);
    format!("X-Docker-Container-Path-Stat: {told}\r\n")
}

pub const DIR: u32 = 1 << 31;

/// An answer that is an archive, which ends with the connection.
fn archive(mode: u32, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/x-tar\r\n{}\r\n",
        stat(mode, 4)
    );
    [head.as_bytes(), bytes].concat()
}

fn tar(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in entries {
        let mut header = tar::Header::new_ustar();
        header.set_mode(0o644);
        header.set_size(text.len() as u64);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn get() -> Play {
    Play::on("GET", "/v1.44/containers/c1/archive?path={any}")
}

#[tokio::test]
async fn the_engines_failure_comes_in_the_middle_of_an_archive() {
    let whole = tar(&[("x", "text")]);
    let failure = br#"{"errorDetail":{"message":"the disk is gone"},"error":"the disk is gone"}"#;
    // In the bytes of a file, and where the next entry would be.
    for cut in [600, 1024] {
        let sent = [&whole[..cut], failure, b"\r\n"].concat();
        let local = tempfile::tempdir().unwrap();
        let plays = [0, 1, 2].map(|_| get().server(archive(0o644, &sent)));
        let (wire, docker) = connected(plays).await;
        let copy = docker.container("c1").copy_from("/x");
        let error = within(copy.clone().to(local.path())).await.unwrap_err();
        assert_eq!(error.engine_message(), Some("the disk is gone"), "{error}");
        assert_eq!(error.object(), Some("c1"));
        let error = within(copy.clone().bytes()).await.unwrap_err();
        assert_eq!(error.engine_message(), Some("the disk is gone"), "{error}");
        let (_, mut tar) = within(copy.tar()).await.unwrap();
        let mut bytes = Vec::new();
        let error = within(tar.read_to_end(&mut bytes)).await.unwrap_err();
        assert!(error.to_string().contains("the disk is gone"), "{error}");
        assert_eq!(bytes, sent);
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn an_archive_that_breaks_off_is_an_interruption() {
    let whole = tar(&[("x", "text")]);
    let plays = [
        get().server(archive(0o644, &whole[..1024])),
        get().server(archive(0o644, &whole)),
        get().server(answer("200 OK", "", "")),
    ];
    let (wire, docker) = connected(plays).await;
    let copy = docker.container("c1").copy_from("/x");
    let error = within(copy.clone().bytes()).await.unwrap_err();
    assert!(error.is_interrupted(), "{error}");
    assert_eq!(within(copy.clone().bytes()).await.unwrap(), "text");
    // No word of what is at the path.
    assert!(within(copy.bytes()).await.unwrap_err().is_decode());
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn what_an_archive_may_not_do_is_refused_by_name() {
    let mut evil = tar(&[("x/fine", "text")]);
    evil.truncate(1024);
    let mut header = tar::Header::new_ustar();
    header.set_size(0);
    let name = b"x/../../evil";
    header.as_ustar_mut().unwrap().name[..name.len()].copy_from_slice(name);
    header.set_cksum();
    evil.extend(header.as_bytes());
    evil.extend([0; 1024]);
    let (wire, docker) = connected([get().server(archive(DIR | 0o755, &evil))]).await;
    let local = tempfile::tempdir().unwrap();
    let copy = docker.container("c1").copy_from("/x");
    let error = within(copy.to(local.path().join("new"))).await.unwrap_err();
    assert!(error.is_decode(), "{error}");
    assert!(error.to_string().contains("`x/../../evil`"), "{error}");
    assert!(!local.path().join("evil").exists());
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn bytes_are_limited_whatever_is_announced() {
    let plays = [0, 1].map(|_| get().server(archive(0o644, &tar(&[("x", "longer")]))));
    let (wire, docker) = connected(plays).await;
    let copy = docker.container("c1").copy_from("/x");
    for limit in [3, 5] {
        let error = within(copy.clone().limit(limit).bytes()).await.unwrap_err();
        assert_eq!(*error.kind(), dockwright::ErrorKind::TooLarge, "{error}");
    }
    wire.finish().await.unwrap();
}

/// What is wrong with what is given is found before anything is copied.
#[tokio::test]
async fn nothing_is_sent_that_has_no_place() {
    let local = tempfile::tempdir().unwrap();
    let found = |mode| {
        Play::on("HEAD", "/v1.44/containers/c1/archive?path=%2Fd").server(answer(
            "200 OK",
            &stat(mode, 0),
            "",
        ))
    };
    let (wire, docker) = connected([found(0o644), found(0o644)]).await;
    let copy = docker.container("c1").copy_to("/d");
    let gone = local.path().join("gone");
    let error = within(copy.clone().file(&gone)).await.unwrap_err();
    assert!(error.is_local_file(), "{error}");
    assert!(
        error.to_string().contains(gone.to_str().unwrap()),
        "{error}"
    );
    for name in ["", "..", "a/b"] {
        let error = within(copy.clone().bytes(name, "x")).await.unwrap_err();
        assert!(error.is_invalid_input(), "{error}");
    }
    let error = within(copy.clone().tar(Vec::new())).await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    let error = within(copy.dir(local.path())).await.unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    wire.finish().await.unwrap();
}

/// An engine that refuses with these bytes while it is sent to, and reads no more.
async fn refusing(listener: UnixListener, refusal: String, reads_on: bool) {
    loop {
        let (mut socket, _) = listener.accept().await.unwrap();
        let refusal = refusal.clone();
        tokio::spawn(async move {
            let head = head_of(&mut socket).await;
            if head.starts_with("HEAD /_ping") {
                let pong = answer("200 OK", "Api-Version: 1.44\r\n", "");
                socket.write_all(pong.as_bytes()).await.unwrap();
                return;
            }
            if head.starts_with("HEAD ") {
                let found = answer("200 OK", &stat(DIR, 0), "");
                socket.write_all(found.as_bytes()).await.unwrap();
                return;
            }
            socket.write_all(refusal.as_bytes()).await.unwrap();
            if reads_on {
                let mut rest = vec![0; 65536];
                while socket.read(&mut rest).await.is_ok_and(|read| read > 0) {}
            }
        });
    }
}

async fn head_of(socket: &mut UnixStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// An upload that never ends by itself.
fn endless() -> Upload {
    let piece = bytes::Bytes::from(vec![0; 64 << 10]);
    Upload::stream(stream::repeat_with(move || Ok(piece.clone())))
}

#[tokio::test]
async fn a_refusal_in_the_middle_of_an_upload_is_the_error() {
    let refusal = json("403 Forbidden", r#"{"message":"the rootfs is read-only"}"#);
    for reads_on in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docker.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let engine = tokio::spawn(refusing(listener, refusal.clone(), reads_on));
        let host = format!("unix://{}", path.display());
        let docker = within(Docker::connect_to(host).into_future())
            .await
            .unwrap();
        let container: Container = docker.container("c1");
        for _ in 0..50 {
            let error = within(container.copy_to("/d").tar(endless()))
                .await
                .unwrap_err();
            assert_eq!(error.status(), Some(403), "{error:?}");
            assert_eq!(error.engine_message(), Some("the rootfs is read-only"));
        }
        engine.abort();
    }
}
