//! Use one frozen API version.
//!
//! Without this, the newest that both sides know is spoken. A program that depends on one schema for good can use
//! one of the raw crates instead, such as `dockwright-v1-41`, which never changes.

use dockwright::{ApiVersion, Docker, Result};

pub async fn one_frozen_api_version(docker: &Docker) -> Result<()> {
    let host = docker.endpoint().to_string();
    let version: ApiVersion = "1.41".parse()?;
    let frozen = Docker::connect_to(host).api_version(version).await?;
    println!("spoken: {}", frozen.api_version());

    // What came later is an error before anything is sent.
    let container = frozen
        .containers()
        .create("busybox")
        .annotation("key", "value");
    let refused = container.await.map(|_| ());
    println!("{}", refused.is_err_and(|error| error.is_unsupported()));
    Ok(())
}
