//! Uploads that break off on this side, while the peer would read on.

use std::fs::{self, File};
use std::io;

use dockwright::{Answer, BuildContext, Docker, Images, Progress, Result, Upload};
use futures_util::stream;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixListener;
use tokio::sync::oneshot;

use crate::copies::{DIR, stat};
use crate::peer::{all, answer, head, within};

/// A peer that answers pings, has a folder at each path, and reads uploads to their ends.
struct Reader {
    docker: Docker,
    _folder: tempfile::TempDir,
}

/// Opened when an upload has begun, and what is waited for then.
type Gate = (oneshot::Sender<()>, oneshot::Receiver<()>);

impl Reader {
    /// `reply` is sent before an upload is read.
    async fn start(reply: String, gate: Option<Gate>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("docker.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        tokio::spawn(read(listener, reply, gate));
        let host = format!("unix://{}", socket.display());
        let docker = within(Docker::connect_to(host).into_future()).await;
        Self {
            docker: docker.unwrap(),
            _folder: folder,
        }
    }
}

async fn read(listener: UnixListener, reply: String, mut gate: Option<Gate>) {
    while let Ok((connection, _)) = listener.accept().await {
        let mut connection = BufReader::new(connection);
        let mut request = String::new();
        while !request.ends_with("\r\n\r\n") {
            connection.read_line(&mut request).await.unwrap();
        }
        if request.starts_with("HEAD") {
            let headers = format!("Api-Version: 1.44\r\n{}", stat(DIR, 0));
            let answer = answer("200 OK", &headers, "");
            connection.write_all(answer.as_bytes()).await.unwrap();
            continue;
        }
        // Who broke off may have hung up by now.
        let _ = connection.write_all(reply.as_bytes()).await;
        if let Some((begun, go_on)) = gate.take() {
            connection.read_u8().await.unwrap();
            begun.send(()).unwrap();
            go_on.await.unwrap();
        }
        let _ = tokio::io::copy(&mut connection, &mut tokio::io::sink()).await;
    }
}

/// Some bytes, and then an error of the caller's own.
fn failing() -> Upload {
    let failure = Err(io::Error::other("the disk is on fire"));
    Upload::stream(stream::iter([Ok(vec![0; 1024]), failure]))
}

type Way = fn(&Docker) -> Answer<()>;

/// An upload by each of the ways there are, and the operation that it is.
const WAYS: [(&str, Way); 5] = [
    ("load images", |docker| {
        let load = docker.images().load(failing());
        Box::pin(async { load.await.map(drop) })
    }),
    ("import image", |docker| {
        let import = docker.images().import(failing());
        Box::pin(async { import.await.map(drop) })
    }),
    ("build image", |docker| {
        let build = docker.images().build(BuildContext::tar(failing()));
        Box::pin(async { build.await.map(drop) })
    }),
    ("copy to container", |docker| {
        docker.container("c1").copy_to("/").tar(failing())
    }),
    ("create plugin", |docker| {
        let create = docker.plugins().create_from_tar("p", failing());
        Box::pin(async { create.await.map(drop) })
    }),
];

#[tokio::test]
async fn the_error_of_a_stream_is_told_and_not_taken_for_a_lost_connection() {
    let reader = Reader::start(String::new(), None).await;
    for (operation, send) in WAYS {
        let error = within(send(&reader.docker)).await.unwrap_err();
        assert!(error.is_local_file(), "{operation}: {error:?}");
        assert_eq!(error.operation(), Some(operation));
        assert!(error.to_string().contains("the disk is on fire"), "{error}");
    }
}

/// Work whose progress is told while its upload is still on its way.
async fn fails_in_the_answer<T, F>(begin: impl FnOnce(Images, Upload) -> F)
where
    F: Future<Output = Result<Progress<T>>>,
{
    let reader = Reader::start(head("application/json"), None).await;
    let (fail, failure) = oneshot::channel();
    let body = stream::once(async { Err::<Vec<u8>, _>(failure.await.unwrap()) });
    let progress = begin(reader.docker.images(), Upload::stream(body));
    let progress = within(progress).await.unwrap();
    fail.send(io::Error::other("the disk is on fire")).unwrap();
    let (_, error) = all(progress).await;
    let error = error.unwrap();
    assert!(error.is_local_file(), "{error:?}");
    assert!(error.to_string().contains("the disk is on fire"), "{error}");
}

#[tokio::test]
async fn the_error_of_a_stream_is_told_in_the_middle_of_an_answer() {
    fails_in_the_answer(async |images, tar| images.load(tar).progress().await).await;
    fails_in_the_answer(async |images, tar| images.import(tar).progress().await).await;
    fails_in_the_answer(async |images, tar| {
        let context = BuildContext::tar(tar);
        images.build(context).progress().await
    })
    .await;
}

#[tokio::test]
async fn a_file_that_shrinks_or_vanishes_while_it_is_sent_is_named() {
    for shrinks in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let [first, last] = ["1", "2"].map(|name| folder.path().join(name));
        // More than fits into what lies between the file and the peer.
        File::create(&first).unwrap().set_len(64 << 20).unwrap();
        fs::write(&last, "last").unwrap();
        let (begun, begins) = oneshot::channel();
        let (go_on, going_on) = oneshot::channel();
        let reader = Reader::start(String::new(), Some((begun, going_on))).await;
        let copy = reader.docker.container("c1").copy_to("/d");
        let copy = tokio::spawn(copy.dir(folder.path()));
        within(begins).await.unwrap();
        match shrinks {
            true => File::create(&first).map(drop).unwrap(),
            false => fs::remove_file(&last).unwrap(),
        }
        go_on.send(()).unwrap();
        let error = within(copy).await.unwrap().unwrap_err();
        assert!(error.is_local_file(), "{error:?}");
        let changed = if shrinks { first } else { last };
        let named = error.to_string();
        assert!(named.contains(changed.to_str().unwrap()), "{named}");
    }
}
