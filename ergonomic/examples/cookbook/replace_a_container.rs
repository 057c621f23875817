//! Replace a container by a newer one of the same name.
//!
//! The old one goes only when the engine has accepted the new one.

use dockwright::{Docker, RestartPolicy, Result};

pub async fn replace_a_container(docker: &Docker, name: &str) -> Result<()> {
    for release in ["1", "2"] {
        let run = docker.containers().run("busybox").cmd(["sleep", "600"]);
        let run = run
            .label("release", release)
            .restart(RestartPolicy::UnlessStopped);
        run.name(name).replace().await?;
    }
    let container = docker.container(name);
    let config = container.inspect().await?.config.unwrap_or_default();
    println!("{name} is release {}", config.labels["release"]);
    container.remove().force(true).await
}
