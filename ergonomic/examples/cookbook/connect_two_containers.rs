//! Let two containers reach each other by name.

use dockwright::{Docker, NetworkEndpoint, Result};

pub async fn connect_two_containers(docker: &Docker, network: &str) -> Result<()> {
    let network = docker.networks().create(network).await?;
    let serve = ["sh", "-c", "echo hello > index.html; exec httpd -f"];
    let run = docker.containers().run("busybox").cmd(serve);
    let server = run
        .network(NetworkEndpoint::new(network.name_or_id()).alias("web"))
        .await?;

    let script = "until wget -qO - http://web/; do sleep 0.1; done";
    let fetch = docker.containers().run("busybox").cmd(["sh", "-c", script]);
    let fetched = fetch
        .network(network.name_or_id())
        .auto_remove()
        .output()
        .await;

    server.remove().force(true).await?;
    network.remove().await?;
    print!("{}", fetched?.stdout_text());
    Ok(())
}
