//! Build an image from a Dockerfile in memory.

use dockwright::{BuildContext, Docker, Result};

pub async fn build_from_memory(docker: &Docker, tag: &str) -> Result<()> {
    let dockerfile = "FROM busybox\nRUN echo built > /built\nCMD [\"cat\", \"/built\"]\n";
    let image = docker
        .images()
        .build(BuildContext::dockerfile(dockerfile))
        .tag(tag)
        .await?;
    let run = docker.containers().run(image.name_or_id());
    print!("{}", run.auto_remove().output().await?.stdout_text());
    Ok(())
}
