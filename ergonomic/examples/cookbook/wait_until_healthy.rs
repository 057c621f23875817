//! Wait until a container is healthy.
//!
//! The engine tells of each change; nothing is asked again and again. A container that is unhealthy, or that
//! ends, is an error. Podman checks health by timers of systemd: without it, no container becomes healthy there.

use std::time::Duration;

use dockwright::{Docker, HealthCheck, Result};

pub async fn wait_until_healthy(docker: &Docker) -> Result<()> {
    let check = HealthCheck::cmd(["test", "-e", "/ready"]).interval(Duration::from_secs(1));
    let script = "sleep 1; touch /ready; sleep 600";
    let run = docker.containers().run("busybox").cmd(["sh", "-c", script]);
    let server = run.health_check(check).await?;

    let healthy = server.wait_healthy().await;
    println!("healthy: {}", healthy.is_ok());
    server.remove().force(true).await?;
    healthy
}
