//! Give a service a secret.
//!
//! Its tasks find it in `/run/secrets`.

use dockwright::{Docker, RestartCondition, Result};

pub async fn give_a_service_a_secret(docker: &Docker, name: &str) -> Result<()> {
    let secret = docker.secrets().create(name, "s3cret").await?;
    let script = format!("wc -c < /run/secrets/{name}; sleep 600");
    let create = docker.services().create("busybox").name(name).secret(name);
    let create = create
        .restart(RestartCondition::None)
        .cmd(["sh", "-c", &script]);
    let service = create.await?;

    let mut lines = service.logs().follow(true).await?.lines();
    if let Some(line) = lines.try_next().await? {
        println!("a secret of {line} bytes");
    }
    service.remove().await?;
    secret.remove().await
}
