//! Builds: an answer that comes while the context is still on its way.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use dockwright::{BuildContext, Docker, Error, Step, Upload};
use dockwright_replay::wire::Play;
use futures_util::stream;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::mpsc;

use crate::peer::{all, answer, connected, head, json, within};

/// What a peer does with the request to build, once its head is read.
#[derive(Clone, Copy)]
enum Peer {
    /// Reads this much of the body, answers, and reads no more.
    HangsUp(usize, &'static str),
    /// Reads the body for ever, and answers meanwhile.
    ReadsOn(&'static str),
}

/// Answers a ping, or does with a build what is to be done.
async fn serve(connection: impl tokio::io::AsyncRead + AsyncWrite + Unpin, peer: Peer) {
    let mut connection = BufReader::new(connection);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if connection.read_line(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
    }
    if request.starts_with("HEAD") {
        let pong = answer("200 OK", "Api-Version: 1.44\r\n", "");
        connection.write_all(pong.as_bytes()).await.unwrap();
        return;
    }
    match peer {
        Peer::HangsUp(taken, reply) => {
            connection.read_exact(&mut vec![0; taken]).await.unwrap();
            connection.write_all(reply.as_bytes()).await.unwrap();
            connection.shutdown().await.unwrap();
            // Engines leave what they do not want to read for a moment, so that they are heard.
            std::future::pending().await
        }
        Peer::ReadsOn(reply) => {
            connection.write_all(reply.as_bytes()).await.unwrap();
            connection.flush().await.unwrap();
            let _ = tokio::io::copy(&mut connection, &mut tokio::io::sink()).await;
        }
    }
}

/// What comes of a build whose context has no end.
async fn built(docker: Docker) -> Error {
    let chunk = Bytes::from_static(&[0; 64 * 1024]);
    let endless = stream::repeat_with(move || Ok::<_, io::Error>(chunk.clone()));
    let context = BuildContext::tar(Upload::stream(endless));
    within(docker.images().build(context).into_future())
        .await
        .unwrap_err()
}

async fn over_unix(peer: Peer) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("docker.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection, peer));
        }
    });
    let host = format!("unix://{}", socket.display());
    built(Docker::connect_to(host).await.unwrap()).await
}

async fn over_tcp(peer: Peer) -> Error {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("tcp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection, peer));
        }
    });
    built(Docker::connect_to(host).await.unwrap()).await
}

const REFUSED: &str = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\
    Content-Type: application/json\r\nContent-Length: 23\r\n\r\n{\"message\":\"bad build\"}";
const FAILED: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n\
    Transfer-Encoding: chunked\r\n\r\n\
    16\r\n{\"stream\":\"Step 1\\n\"}\n\r\n\
    2f\r\n{\"errorDetail\":{\"code\":3,\"message\":\"it fails\"}}\r\n0\r\n\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_fails_early_is_quoted_though_the_context_has_no_end() {
    for taken in [0, 1, 64 * 1024, 8 << 20] {
        let peer = Peer::HangsUp(taken, REFUSED);
        for error in [over_unix(peer).await, over_tcp(peer).await] {
            assert_eq!(error.status(), Some(400), "{taken}: {error:?}");
        }
        let peer = Peer::HangsUp(taken, FAILED);
        for error in [over_unix(peer).await, over_tcp(peer).await] {
            assert_eq!(error.exit_code(), Some(3), "{taken}: {error:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_fails_and_reads_on_is_quoted() {
    for peer in [Peer::ReadsOn(REFUSED), Peer::ReadsOn(FAILED)] {
        for error in [over_unix(peer).await, over_tcp(peer).await] {
            let said = error.engine_message();
            assert!(matches!(said, Some("bad build" | "it fails")), "{error:?}");
        }
    }
}

#[tokio::test]
async fn steps_come_while_the_context_goes() {
    let (sender, mut receiver) = mpsc::channel::<io::Result<Bytes>>(1);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("tcp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (ping, _) = listener.accept().await.unwrap();
        serve(ping, Peer::ReadsOn("")).await;
        let (connection, _) = listener.accept().await.unwrap();
        let mut connection = BufReader::new(connection);
        let mut line = String::new();
        while connection.read_line(&mut line).await.unwrap() > 2 {
            line.clear();
        }
        let start = [&head("application/json"), "{\"stream\":\"begun\"}\n"].concat();
        connection.write_all(start.as_bytes()).await.unwrap();
        // Up to the end of the body.
        while !line.starts_with("0\r\n") {
            line.clear();
            connection.read_line(&mut line).await.unwrap();
        }
        let end = "{\"aux\":{\"ID\":\"sha256:0123456789ab\"}}\n";
        connection.write_all(end.as_bytes()).await.unwrap();
    });
    let docker = within(Docker::connect_to(host).into_future())
        .await
        .unwrap();
    let context = stream::poll_fn(move |cx| receiver.poll_recv(cx));
    let context = BuildContext::tar(Upload::stream(context));
    sender.send(Ok("first\n".into())).await.unwrap();
    let mut build = within(docker.images().build(context).progress())
        .await
        .unwrap();
    let step = within(build.try_next()).await.unwrap().unwrap();
    assert_eq!(step, Step::Output("begun".to_owned()));
    sender.send(Ok("second\n".into())).await.unwrap();
    drop(sender);
    let image = within(build.into_future()).await.unwrap();
    assert_eq!(image.name_or_id(), "sha256:0123456789ab");
}

fn build() -> Play {
    Play::on("POST", "/v1.44/build?rm=true")
}

const CONTEXT: &[u8] = b"no archive, but who knows";

#[tokio::test]
async fn a_build_without_an_id_is_an_error() {
    for body in ["", "{\"stream\":\"Successfully built nothing\\n\"}\n"] {
        let play = build().server([&head("application/json"), body].concat());
        let (wire, docker) = connected([play]).await;
        let build = docker.images().build(BuildContext::tar(CONTEXT));
        let error = within(build.into_future()).await.unwrap_err();
        assert!(error.is_decode(), "{error}");
        assert_eq!(error.operation(), Some("build image"));
        wire.finish().await.unwrap();
    }
}

#[tokio::test]
async fn traces_that_are_none_do_no_harm() {
    let body = "{\"id\":\"moby.buildkit.trace\",\"aux\":\"!\"}\n\
        {\"id\":\"moby.buildkit.trace\",\"aux\":\"CsE=\"}\n\
        {\"id\":\"moby.image.id\",\"aux\":{\"ID\":\"sha256:0123456789ab\"}}\n";
    let play = build().server([&head("application/json"), body].concat());
    let (wire, docker) = connected([play]).await;
    let build = docker.images().build(BuildContext::tar(CONTEXT));
    let (steps, error) = all(within(build.progress()).await.unwrap()).await;
    assert!(error.is_none());
    assert!(steps.iter().all(|step| matches!(step, Step::Aux(_))));
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn all_that_is_set_is_sent() {
    let play = Play::on(
        "POST",
        "/v1.44/build?buildargs={any}&cachefrom=%5B%22c%3A1%22%5D&dockerfile=x%2FDockerfile\
         &extrahosts=h%3A10.0.0.1&labels=%7B%22l%22%3A%22v%22%7D&memory=5368709120&pull=true\
         &q=true&rm=true&shmsize=1024&t=a%3A1&t=b&target=s\
         &ulimits=%5B%7B%22Hard%22%3A2%2C%22Name%22%3A%22nofile%22%2C%22Soft%22%3A1%7D%5D",
    )
    .server(json("400 Bad Request", r#"{"message":"enough"}"#));
    let (wire, docker) = connected([play]).await;
    let build = docker.images().build(BuildContext::tar(CONTEXT));
    let build = build
        .build_arg("k", "s3cret")
        .cache_from("c:1")
        .file("x/Dockerfile");
    let build = build
        .add_host("h", "10.0.0.1")
        .label("l", "v")
        .memory(5 << 30);
    let build = build
        .pull(true)
        .quiet(true)
        .shm_size(1024)
        .tag("a:1")
        .tag("b");
    let build = build.target("s").ulimit("nofile", (1, 2));
    assert!(!format!("{build:?}").contains("s3cret"));
    let error = within(build.into_future()).await.unwrap_err();
    assert_eq!(error.engine_message(), Some("enough"));
    wire.finish().await.unwrap();
}

#[tokio::test]
async fn a_cache_is_pruned_by_the_name_of_its_time() {
    let play = Play::on(
        "POST",
        "/v1.44/build/prune?all=true\
         &filters=%7B%22until%22%3A%7B%2260.000000000s%22%3Atrue%7D%7D&keep-storage=1024",
    )
    .server(json(
        "200 OK",
        r#"{"CachesDeleted":["x"],"SpaceReclaimed":7}"#,
    ));
    let (wire, docker) = connected([play]).await;
    let prune = docker.builder().prune().all(true).reserved_space(1024);
    let prune = prune.until(Duration::from_secs(60));
    let pruned = within(prune.into_future()).await.unwrap();
    assert_eq!(
        (&*pruned.caches, pruned.reclaimed),
        (&["x".to_owned()][..], 7)
    );
    let prune = docker.builder().prune().min_free_space(1);
    let error = within(prune.into_future()).await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    wire.finish().await.unwrap();
}
