//! `docker run --rm busybox echo hello world`, on the engine that the docker CLI would talk to.
//!
//! Where there is none, a session that was recorded with a real engine is replayed, and the output
//! says so.

mod replay;

use std::process::ExitCode;

use dockwright::{Docker, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = match Docker::connect().await {
        Ok(docker) => hello(&docker).await,
        Err(error) if replay::nothing_listens(&error) => replay::hello(error).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn hello(docker: &Docker) -> Result<()> {
    let about = docker.version().await?;
    let engine = about.components.into_iter().next().unwrap_or_default();
    let [name, version] = [engine.name, engine.version].map(Option::unwrap_or_default);
    eprintln!("{name} {version} at {}", docker.endpoint());

    let containers = docker.containers();
    let echo = containers.run("busybox").cmd(["echo", "hello", "world"]);
    let out = echo.auto_remove().output().await?;
    print!("{}", out.stdout_text());
    Ok(())
}
