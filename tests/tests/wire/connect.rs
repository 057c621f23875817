//! Connecting to what is not, or not quite, an engine.

use std::time::Duration;

use dockwright::{Docker, Error};
use dockwright_replay::wire::{Play, Wire};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::peer::{answer, within};

/// The error of a connection to peers that answer HEAD and GET with this.
async fn refused(to_head: &str, to_get: &str) -> Error {
    let plays = [
        Play::on("HEAD", "/_ping").server(to_head),
        Play::on("GET", "/_ping").server(to_get),
    ];
    let wire = Wire::start(plays).await.unwrap();
    let host = wire.docker_host();
    let connect = Docker::connect_to(&host).connect_timeout(Duration::from_secs(5));
    let error = within(connect.into_future()).await.unwrap_err();
    let line = error.to_string();
    assert!(
        line.contains(&host) && !line.contains(['\n', '\r']),
        "{line}"
    );
    error
}

#[tokio::test]
async fn a_web_server_is_told_from_an_engine() {
    let page = answer("200 OK", "Content-Type: text/html\r\n", "<html></html>");
    let missing = answer("404 Not Found", "", "no such page");
    let moved = answer(
        "301 Moved Permanently",
        "Location: https://elsewhere/\r\n",
        "",
    );
    for (to_head, to_get) in [
        (answer("200 OK", "", ""), page),
        (answer("404 Not Found", "", ""), missing),
        (moved.clone(), moved),
    ] {
        let error = refused(&to_head, &to_get).await;
        assert!(error.is_connect(), "{error}");
        assert!(error.to_string().contains("not an engine"), "{error}");
    }
}

#[tokio::test]
async fn what_closes_at_once_is_no_engine() {
    let error = refused("", "").await;
    assert!(error.is_connect(), "{error}");
    assert!(error.to_string().contains("check the address"), "{error}");
}

#[tokio::test]
async fn what_speaks_something_else_is_no_engine() {
    let alert = "\u{15}\u{3}\u{1}\0\u{2}\u{2}F";
    for garbage in [
        "SSH-2.0-OpenSSH_9.2\r\n",
        alert,
        "\0\0\0\0",
        "HTTP/9.9 fine\r\n\r\n",
    ] {
        let error = refused(garbage, garbage).await;
        assert!(error.is_connect(), "{garbage:?}: {error}");
    }
}

#[tokio::test]
async fn versions_that_are_none_are_refused() {
    let flood = "1".repeat(10_000);
    for version in ["", "1", "one.two", "1.41.0", "-1.41", "99999999.1", &flood] {
        let head = answer("200 OK", &format!("Api-Version: {version}\r\n"), "");
        let error = refused(&head, &head).await;
        assert!(error.is_decode() || error.is_connect(), "{error}");
        assert!(error.to_string().len() < 2000, "{error}");
    }
}

#[tokio::test]
async fn an_engine_below_the_floor_is_told_both_versions() {
    let head = answer("200 OK", "Api-Version: 1.18\r\n", "");
    let error = refused(&head, &head).await;
    assert!(error.is_unsupported(), "{error}");
    for part in ["1.18", "1.24", "upgrade the engine"] {
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[tokio::test]
async fn an_engine_that_fails_is_quoted() {
    let failing = r#"{"message":"out of\nmemory"}"#;
    let failing = answer(
        "500 Internal Server Error",
        "Api-Version: 1.44\r\n",
        failing,
    );
    let error = refused(&failing, &failing).await;
    assert_eq!(error.status(), Some(500));
    assert_eq!(error.engine_message(), Some("out of\nmemory"));
}

/// A listener of its own on a free port of this machine, that does this with each connection.
async fn listen(peer: impl AsyncFn(tokio::net::TcpStream) + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("tcp://{}", listener.local_addr().unwrap());
    tokio::task::spawn_local(async move {
        while let Ok((connection, _)) = listener.accept().await {
            peer(connection).await;
        }
    });
    host
}

async fn timed_out(host: String) {
    let connect = Docker::connect_to(&host).connect_timeout(Duration::from_millis(200));
    let error = within(connect.into_future()).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    let line = error.to_string();
    assert!(line.contains(&host) && line.contains("0.2 s"), "{line}");
}

#[tokio::test]
async fn silence_ends_at_the_timeout() {
    let local = tokio::task::LocalSet::new();
    local
        .run_until(async {
            let host = listen(async |mut connection| {
                // Until the client gives up.
                let _ = connection.read_to_end(&mut Vec::new()).await;
            });
            timed_out(host.await).await;
        })
        .await;
}

/// An answer that goes on for ever, in heads or in bodies, takes neither all time nor all memory.
#[tokio::test]
async fn floods_end() {
    let local = tokio::task::LocalSet::new();
    local
        .run_until(async {
            for flood in [
                "HTTP/1.1 100 Continue\r\n\r\n",
                "HTTP/1.1 500 No\r\nContent-Type: text/plain\r\n\r\nwords ",
                "x-header: of many\r\n",
            ] {
                let host = listen(
                    async move |mut connection| {
                        while connection.write_all(flood.as_bytes()).await.is_ok() {}
                    },
                );
                let host = host.await;
                let connect = Docker::connect_to(&host).connect_timeout(Duration::from_secs(1));
                let error = within(connect.into_future()).await.unwrap_err();
                assert!(error.is_connect() || error.status() == Some(500), "{error}");
                let line = error.to_string();
                assert!(line.contains(&host) && line.len() < 2000, "{line}");
            }
        })
        .await;
}
