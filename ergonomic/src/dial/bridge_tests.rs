//! The connections of a dialer, as the HTTP client has them.

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;

/// Both ends of what is carried: that of the HTTP client, and that of the engine.
fn ends() -> (
    UnixStream,
    DuplexStream,
    tokio::task::JoinHandle<io::Result<()>>,
) {
    let (client, near) = Handle::pair().unwrap();
    let (far, engine) = duplex(64);
    for end in [&client, &near] {
        end.set_nonblocking(true).unwrap();
    }
    let carried = tokio::spawn(carry(near, Box::new(far)));
    (UnixStream::from_std(client).unwrap(), engine, carried)
}

#[tokio::test]
async fn each_way_ends_by_itself() {
    let (mut client, mut engine, carried) = ends();
    client.write_all(b"question").await.unwrap();
    client.shutdown().await.unwrap();
    let mut heard = String::new();
    engine.read_to_string(&mut heard).await.unwrap();
    assert_eq!(heard, "question");
    engine.write_all(b"answer").await.unwrap();
    let mut answer = [0; 6];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"answer");
    engine.shutdown().await.unwrap();
    assert_eq!(client.read(&mut answer).await.unwrap(), 0);
    drop(client);
    carried.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_engine_may_end_first_and_still_be_told() {
    let (mut client, mut engine, carried) = ends();
    engine.shutdown().await.unwrap();
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    client.write_all(b"last words").await.unwrap();
    drop(client);
    let mut heard = String::new();
    engine.read_to_string(&mut heard).await.unwrap();
    assert_eq!(heard, "last words");
    carried.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_client_that_is_gone_ends_a_silent_engine() {
    let (mut client, engine, carried) = ends();
    client.write_all(b"request").await.unwrap();
    drop(client);
    // The engine neither answers nor hangs up.
    carried.await.unwrap().unwrap();
    drop(engine);
}

#[tokio::test]
async fn a_client_that_half_closes_goes_on_until_it_is_gone() {
    let (mut client, mut engine, carried) = ends();
    client.shutdown().await.unwrap();
    assert_eq!(engine.read(&mut [0]).await.unwrap(), 0);
    let block = vec![7; 1 << 20];
    let sent = engine.write_all(&block);
    let mut heard = vec![0; 1 << 20];
    let (sent, received) = futures_util::future::join(sent, client.read_exact(&mut heard)).await;
    sent.unwrap();
    received.unwrap();
    assert_eq!(heard, block);
    assert!(!carried.is_finished());
    drop(client);
    carried.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_engine_that_hears_no_more_may_still_speak() {
    let (mut client, engine, _carried) = ends();
    let (mut heard, mut says) = tokio::io::split(engine);
    says.write_all(b"no").await.unwrap();
    // A duplex stream hears no more only when it is gone: this one is, once its words are out.
    let _ = heard.read(&mut []).await;
    drop((heard, says));
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert_eq!(answer, "no");
    while client.write_all(&[0; 1024]).await.is_ok() {}
}

#[test]
fn its_folder_is_private_and_goes_with_it() {
    let dialer = Dialer::new(|| async { Ok(tokio::io::empty()) });
    let bridge = Bridge::new(dialer).unwrap();
    let folder = bridge.socket().parent().unwrap().to_owned();
    let mode = folder.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let clone = bridge.clone();
    drop(bridge);
    assert!(folder.exists());
    drop(clone);
    assert!(!folder.exists());
}
