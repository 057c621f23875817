//! One client in several runtimes: of those that run, of those that rest, and after those that are
//! gone.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use dockwright::Docker;
use tokio::runtime::{Builder, Runtime};

use crate::peer::within;

/// Requests of each kind in a test.
const TIMES: usize = 25;

/// An engine that keeps its connections open and has no containers.
struct Engine {
    host: String,
    started: Arc<AtomicUsize>,
    _folder: Option<tempfile::TempDir>,
}

impl Engine {
    fn unix() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("engine.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let started = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&started);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, count) = (stream.unwrap(), count.clone());
                thread::spawn(move || serve(stream, &count));
            }
        });
        Self {
            host: format!("unix://{}", path.display()),
            started,
            _folder: Some(folder),
        }
    }

    fn tcp() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = format!("tcp://{}", listener.local_addr().unwrap());
        let started = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&started);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, count) = (stream.unwrap(), count.clone());
                thread::spawn(move || serve(stream, &count));
            }
        });
        Self {
            host,
            started,
            _folder: None,
        }
    }
}

/// Answers all requests of a connection, and counts those that start something.
fn serve(mut stream: impl Read + Write, started: &AtomicUsize) {
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        received.extend_from_slice(&buffer[..length]);
        while let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            let head: Vec<u8> = received.drain(..end + 4).collect();
            let answer: &[u8] = match &head[..4] {
                b"HEAD" => b"HTTP/1.1 200 OK\r\nApi-Version: 1.44\r\n\r\n",
                b"POST" => {
                    started.fetch_add(1, Ordering::Relaxed);
                    b"HTTP/1.1 204 No Content\r\n\r\n"
                }
                _ => b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
            };
            if stream.write_all(answer).is_err() {
                return;
            }
        }
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn ask(docker: &Docker) {
    within(docker.containers().list().into_future())
        .await
        .unwrap();
    within(docker.container("c1").start().into_future())
        .await
        .unwrap();
}

fn connect(engine: &Engine, runtime: &Runtime) -> Docker {
    let connect = Docker::connect_to(&engine.host).isolated();
    runtime.block_on(within(connect.into_future())).unwrap()
}

/// The pool of a runtime that nobody drives is full of connections that nobody drives.
#[test]
fn runtimes_may_take_turns() {
    for engine in [Engine::unix(), Engine::tcp()] {
        let runtimes = [runtime(), runtime(), runtime()];
        let docker = connect(&engine, &runtimes[0]);
        for _ in 0..TIMES {
            for runtime in &runtimes {
                runtime.block_on(ask(&docker));
            }
        }
        assert_eq!(engine.started.load(Ordering::Relaxed), 3 * TIMES);
    }
}

#[test]
fn runtimes_may_end_one_after_another() {
    for engine in [Engine::unix(), Engine::tcp()] {
        let first = runtime();
        let docker = connect(&engine, &first);
        first.block_on(ask(&docker));
        drop(first);
        for _ in 1..TIMES {
            let next = Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            let same = docker.clone();
            // On a worker and on the thread that waits.
            let on_worker = next.spawn(async move { ask(&same).await });
            next.block_on(async {
                ask(&docker).await;
                on_worker.await.unwrap();
            });
        }
        assert_eq!(engine.started.load(Ordering::Relaxed), 2 * TIMES - 1);
    }
}

#[test]
fn runtimes_may_run_at_once() {
    for engine in [Engine::unix(), Engine::tcp()] {
        let docker = connect(&engine, &runtime());
        let threads = (0..4).map(|_| {
            let docker = docker.clone();
            thread::spawn(move || {
                runtime().block_on(async {
                    let asking = (0..4).map(|_| async {
                        for _ in 0..TIMES {
                            ask(&docker).await;
                        }
                    });
                    futures_util::future::join_all(asking).await;
                });
            })
        });
        for thread in threads.collect::<Vec<_>>() {
            thread.join().unwrap();
        }
        assert_eq!(engine.started.load(Ordering::Relaxed), 16 * TIMES);
    }
}
