//! Build from a Dockerfile, and show progress as `docker build` does.
//!
//! `.dockerignore` is honoured. A command that fails is an error that knows its exit code.

use dockwright::{BuildContext, Docker, Result, Step};

pub async fn build_and_show_progress(docker: &Docker, folder: &str, tag: &str) -> Result<()> {
    let build = docker.images().build(BuildContext::dir(folder)).tag(tag);
    let mut build = build.build_arg("PROFILE", "debug").progress().await?;
    while let Some(step) = build.try_next().await? {
        match step {
            Step::Output(text) => print!("{text}"),
            other => println!("{other}"),
        }
    }
    match build.await {
        Ok(image) => println!("built {}", image.name_or_id()),
        Err(error) => match error.exit_code() {
            Some(code) => println!("a command failed with exit code {code}"),
            None => return Err(error),
        },
    }
    Ok(())
}
