//! Run a server in the background, and find its port.
//!
//! 0 lets the engine choose a port that is free.

use dockwright::{Docker, Result};

pub async fn publish_a_port(docker: &Docker) -> Result<()> {
    let httpd = docker.containers().run("busybox").cmd(["httpd", "-f"]);
    let server = httpd.publish(0, 80).await?;
    for address in server.port(80).await? {
        println!("listening at {address}");
    }
    server.remove().force(true).await
}
