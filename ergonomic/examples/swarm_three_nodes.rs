//! A swarm of three engines: make it, have two join, list its nodes, leave it.
//!
//! `swarm_three_nodes HOST ADDRESS HOST ADDRESS HOST ADDRESS`: where each engine is found, as in
//! `DOCKER_HOST`, and where the others reach it

use dockwright::{Docker, NodeRole, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [host, address, others @ ..] = &arguments[..] else {
        panic!("usage: swarm_three_nodes HOST ADDRESS HOST ADDRESS HOST ADDRESS");
    };
    let manager = Docker::connect_to(host).await?;
    manager.swarm().init().advertise(address).await?;
    let token = manager.swarm().join_token(NodeRole::Worker).await?;

    let mut workers = Vec::new();
    for other in others.chunks_exact(2) {
        let worker = Docker::connect_to(&other[0]).await?;
        let join = worker.swarm().join(format!("{address}:2377"), &token);
        join.advertise(&other[1]).await?;
        workers.push(worker);
    }

    for node in manager.nodes().list().await? {
        let role = node.spec.and_then(|spec| spec.role);
        println!("{} is a {}", node.id.unwrap(), role.unwrap());
    }
    for worker in &workers {
        worker.swarm().leave().await?;
    }
    manager.swarm().leave().force(true).await
}
