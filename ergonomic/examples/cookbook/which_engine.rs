//! Find out which engine answers, and what it speaks.

use dockwright::{Docker, Result};

pub async fn which_engine(docker: &Docker) -> Result<()> {
    let about = docker.version().await?;
    println!(
        "{} at {}",
        about.version.unwrap_or_default(),
        docker.endpoint()
    );
    println!(
        "API {}, spoken: {}",
        docker.ping().await?.api_version,
        docker.api_version()
    );
    let info = docker.info().await?;
    println!(
        "{} containers run",
        info.containers_running.unwrap_or_default()
    );
    Ok(())
}
