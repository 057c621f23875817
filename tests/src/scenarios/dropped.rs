//! Streams that are dropped in the middle: each frees its connection, while its client lives on.

use dockwright::{Docker, Result};

use crate::engine::Engine;
use crate::proxy::Proxy;

/// Makes a stream, sees that it holds a connection to these parts of a target, and drops it.
async fn dropped<T>(proxy: &Proxy, parts: &[&str], stream: impl IntoFuture<Output = Result<T>>) {
    let stream = stream.await.unwrap();
    proxy.held(parts).await;
    drop(stream);
    proxy.freed(parts).await;
}

pub async fn dropped_streams_free_their_connections(engine: Engine) {
    let proxy = Proxy::before(&engine.docker).unwrap();
    let docker = Docker::connect_to(proxy.docker_host()).await.unwrap();
    let engine = engine.with(docker.clone());
    let create = engine.create(["sh", "-c", "echo up; cat"]).open_stdin();
    let container = create.await.unwrap();
    container.start().await.unwrap();
    let create = engine.create(["cat"]).open_stdin().tty();
    let shell = create.await.unwrap();
    shell.start().await.unwrap();

    let exec = ["/exec/", "/start"];
    dropped(&proxy, &exec, container.exec(["cat"]).spawn()).await;
    let split = async {
        let mut process = container.exec(["cat"]).spawn().await?;
        Ok((process.take_outputs(), process))
    };
    dropped(&proxy, &exec, split).await;
    let terminal = container.exec(["cat"]).tty(Default::default());
    dropped(&proxy, &exec, terminal).await;
    dropped(&proxy, &["/logs"], container.logs().follow(true)).await;
    let split = async { Ok(container.logs().follow(true).await?.split()) };
    dropped(&proxy, &["/logs"], split).await;
    dropped(&proxy, &["/events"], docker.events()).await;
    dropped(&proxy, &["/stats"], container.stats().stream()).await;
    dropped(&proxy, &["/wait"], container.wait().registered()).await;
    dropped(
        &proxy,
        &["GET", "/archive"],
        container.copy_from("/bin").tar(),
    )
    .await;
    dropped(&proxy, &["/get"], docker.image("busybox").save()).await;
    if !engine.is_podman() {
        let websocket = container.attach().websocket();
        dropped(&proxy, &["/attach/ws"], websocket).await;
    }
    dropped(&proxy, &["/attach"], shell.attach().tty(Default::default())).await;
    // Last, since its input is not read on once nobody is attached.
    dropped(&proxy, &["/attach"], container.attach()).await;
}
