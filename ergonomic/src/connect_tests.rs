//! Connecting to everything that is not, or not quite, an engine.

use std::error::Error as _;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener, UnixStream};

use crate::cli::Environment;
use crate::{ApiVersion, Docker, Endpoint, Error, Origin};

/// What a peer does with each connection.
#[derive(Clone, Copy)]
enum Peer {
    /// Answers every request with this.
    Says(&'static str),
    /// Answers GET with this, and closes on HEAD.
    SaysToGet(&'static str),
    Silent,
}

async fn serve(listener: UnixListener, peer: Peer) {
    let mut silent = Vec::new();
    while let Ok((connection, _)) = listener.accept().await {
        match peer {
            Peer::Silent => silent.push(connection),
            Peer::Says(_) | Peer::SaysToGet(_) => answer(connection, peer).await,
        }
    }
}

async fn answer(mut connection: UnixStream, peer: Peer) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match connection.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return,
        }
    }
    let answer = match peer {
        Peer::SaysToGet(_) if request.starts_with(b"HEAD") => return,
        Peer::Says(answer) | Peer::SaysToGet(answer) => answer,
        Peer::Silent => return,
    };
    // The client may have hung up; that is for the client's side to judge.
    let _ = connection.write_all(answer.as_bytes()).await;
}

/// Connects to a peer on a socket in a folder of its own.
async fn connect_to(peer: Peer) -> Result<Docker, Error> {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("peer.sock");
    let server = tokio::spawn(serve(UnixListener::bind(&socket).unwrap(), peer));
    let docker = Docker::connect_to(format!("unix://{}", socket.display()))
        .connect_timeout(Duration::from_millis(300))
        .await;
    server.abort();
    docker
}

/// The error's line, after checking what holds for each: it is one line, and names the host.
fn line(error: &Error, host: &str) -> String {
    let line = error.to_string();
    assert!(line.contains(host) && !line.contains('\n'), "{line}");
    line
}

const ENGINE: &str = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nOstype: linux\r\n\
                      Content-Length: 0\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn the_lower_version_is_spoken() {
    let docker = connect_to(Peer::Says(ENGINE)).await.unwrap();
    assert_eq!(docker.api_version(), ApiVersion::new(1, 41));
}

#[tokio::test]
async fn an_engine_that_closes_on_head_is_asked_with_get() {
    let docker = connect_to(Peer::SaysToGet(ENGINE)).await.unwrap();
    assert_eq!(docker.api_version(), ApiVersion::new(1, 41));
}

#[tokio::test]
async fn an_engine_below_the_floor_is_named_with_the_floor() {
    let error = connect_to(Peer::Says(
        "HTTP/1.1 200 OK\r\nApi-Version: 1.12\r\nContent-Length: 0\r\n\r\n",
    ))
    .await
    .unwrap_err();
    assert!(error.is_unsupported());
    let line = line(&error, "peer.sock");
    assert!(line.contains("1.12") && line.contains("1.24"), "{line}");
}

#[tokio::test]
async fn a_malformed_version_is_not_guessed_at() {
    for version in ["one", "1", "1.41.2", "\u{1b}[31m"] {
        let answer =
            format!("HTTP/1.1 200 OK\r\nApi-Version: {version}\r\nContent-Length: 0\r\n\r\n");
        let error = connect_to(Peer::Says(answer.leak())).await.unwrap_err();
        assert!(error.is_decode() || error.is_connect(), "{error}");
        line(&error, "peer.sock");
    }
}

#[tokio::test]
async fn a_web_server_is_not_an_engine() {
    let error = connect_to(Peer::Says(
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer: web\r\n\r\n",
    ))
    .await
    .unwrap_err();
    assert!(error.is_connect());
    assert!(
        line(&error, "peer.sock").contains("not an engine"),
        "{error}"
    );
}

#[tokio::test]
async fn a_refusal_keeps_its_status_and_words() {
    let error = connect_to(Peer::Says(
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\nConnection: close\r\n\r\nno entry\n",
    ))
    .await
    .unwrap_err();
    assert_eq!(error.status(), Some(403));
    assert!(line(&error, "peer.sock").contains("no entry"), "{error}");
}

#[tokio::test]
async fn what_does_not_speak_http_is_no_engine() {
    for greeting in ["SSH-2.0-OpenSSH_9.2\r\n", "\u{15}\u{3}\u{1}\0\u{2}\u{2}"] {
        let error = connect_to(Peer::Says(greeting)).await.unwrap_err();
        assert!(error.is_connect(), "{error:?}");
        line(&error, "peer.sock");
    }
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let error = connect_to(Peer::Silent).await.unwrap_err();
    assert!(error.is_timeout());
    assert!(line(&error, "peer.sock").contains("0.3 s"), "{error}");
}

#[tokio::test]
async fn a_missing_socket_is_told_what_to_do() {
    let error = Docker::connect_to("unix:///nowhere/d.sock")
        .await
        .unwrap_err();
    assert!(error.is_connect());
    let line = line(&error, "unix:///nowhere/d.sock");
    assert!(
        line.contains("does not exist") && line.contains("DOCKER_HOST"),
        "{line}"
    );
}

#[tokio::test]
async fn a_port_that_refuses_is_told_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let host = format!("tcp://{address}");
    let error = Docker::connect_to(&host).await.unwrap_err();
    assert!(error.is_connect());
    assert!(line(&error, &host).contains("refused"), "{error}");
}

#[tokio::test]
async fn a_name_too_long_for_a_socket_is_an_error() {
    let path = Path::new("/").join("x".repeat(200));
    let error = Docker::connect_to(Endpoint::unix(path).to_string())
        .await
        .unwrap_err();
    assert!(error.is_connect(), "{error}");
}

#[tokio::test]
async fn a_pin_takes_the_engines_word_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("peer.sock");
    let old = "HTTP/1.1 200 OK\r\nApi-Version: what\r\nContent-Length: 0\r\n\r\n";
    let server = tokio::spawn(serve(UnixListener::bind(&socket).unwrap(), Peer::Says(old)));
    let host = format!("unix://{}", socket.display());
    let pinned = Docker::connect_to(&host)
        .api_version(ApiVersion::new(1, 30))
        .await;
    assert_eq!(pinned.unwrap().api_version(), ApiVersion::new(1, 30));
    let outside = Docker::connect_to(&host)
        .api_version(ApiVersion::new(1, 23))
        .await;
    assert!(outside.unwrap_err().is_invalid_input());
    server.abort();
}

/// A socket at a path, and what its peer does.
fn listen(path: &Path, peer: Peer) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    tokio::spawn(serve(UnixListener::bind(path).unwrap(), peer));
}

/// A home without a default socket, in which nothing answers at some places.
fn home_of_dead_ends() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let at = |path: &str| {
        let path = home.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    };
    drop(UnixListener::bind(at("run/user/0/docker.sock")).unwrap());
    std::fs::write(at(".docker/run/docker.sock"), "").unwrap();
    std::os::unix::fs::symlink("docker.sock", at(".docker/desktop/docker.sock")).unwrap();
    std::os::unix::fs::symlink("gone", at(".rd/docker.sock")).unwrap();
    listen(&at(".colima/default/docker.sock"), Peer::Silent);
    home
}

async fn connect_in(home: &Path) -> Result<Docker, Error> {
    let runtime = home.join("run/user/0");
    Docker::connect()
        .environment(Environment::made_up(home, [("XDG_RUNTIME_DIR", runtime)]))
        .connect_timeout(Duration::from_millis(300))
        .await
}

#[tokio::test]
async fn the_first_usual_place_that_answers_is_taken() {
    let home = home_of_dead_ends();
    let socket = home.path().join(".orbstack/run/docker.sock");
    listen(&socket, Peer::Says(ENGINE));
    listen(
        &home.path().join("run/podman/podman.sock"),
        Peer::Says(ENGINE),
    );
    let docker = connect_in(home.path()).await.unwrap();
    assert_eq!(*docker.endpoint(), Endpoint::unix(socket));
    assert_eq!(*docker.endpoint().origin(), Origin::WellKnown("OrbStack"));
}

#[tokio::test]
async fn where_nothing_answers_what_was_found_is_told() {
    let home = home_of_dead_ends();
    let error = connect_in(home.path()).await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    let line = line(&error, "DOCKER_HOST").replace(home.path().to_str().unwrap(), "");
    for found in [
        "unix:///var/run/docker.sock (absent)",
        "unix:///run/user/0/docker.sock (connection refused, nothing listens there)",
        "unix:///.docker/run/docker.sock (not a socket)",
        "unix:///.docker/desktop/docker.sock (Too many levels of symbolic links",
        "unix:///.colima/default/docker.sock (no answer",
        "unix:///.rd/docker.sock (a link to nothing)",
        "unix:///run/podman/podman.sock (absent)",
    ] {
        assert!(line.contains(found), "{found} is not in {line}");
    }
    assert_eq!(beneath(&error), Some(ErrorKind::ConnectionRefused));
}

/// So that a program can tell it from an engine that is there and cannot be used.
#[tokio::test]
async fn where_there_is_nothing_at_all_the_cause_is_that() {
    let home = tempfile::tempdir().unwrap();
    let error = connect_in(home.path()).await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(beneath(&error), Some(ErrorKind::NotFound));
}

/// What the system says that lies beneath an error.
fn beneath(error: &Error) -> Option<ErrorKind> {
    let mut causes = std::iter::successors(error.source(), |&cause| cause.source());
    let cause = causes.find_map(|cause| cause.downcast_ref::<std::io::Error>());
    cause.map(std::io::Error::kind)
}

#[tokio::test]
async fn an_isolated_client_hears_nothing_of_variables_and_files() {
    let home = tempfile::tempdir().unwrap();
    let variables = [
        ("DOCKER_TLS_VERIFY", "1"),
        ("DOCKER_API_VERSION", "nonsense"),
    ];
    let environment = Environment::made_up(home.path(), variables);
    let socket = home.path().join("d.sock");
    listen(&socket, Peer::Says(ENGINE));
    let connect = Docker::connect_to(format!("unix://{}", socket.display()));
    let error = connect
        .clone()
        .environment(environment.clone())
        .await
        .unwrap_err();
    assert!(error.is_invalid_input(), "{error}");
    let docker = connect.environment(environment).isolated().await.unwrap();
    assert_eq!(*docker.endpoint().origin(), Origin::Host);
}
