//! `docker cp`: `cp LOCAL CONTAINER:PATH` and `cp CONTAINER:PATH LOCAL`.

use std::{env, process::ExitCode};

use dockwright::{Docker, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [from, to] = &arguments[..] else {
        eprintln!("usage: cp LOCAL CONTAINER:PATH | cp CONTAINER:PATH LOCAL");
        return ExitCode::from(2);
    };
    match copy(from, to).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn copy(from: &str, to: &str) -> Result<()> {
    let docker = Docker::connect().await?;
    match (in_container(from), in_container(to)) {
        (None, Some((name, path))) => docker.container(name).copy_to(path).path(from).await,
        (Some((name, path)), None) => docker.container(name).copy_from(path).to(to).await,
        _ => {
            eprintln!("one of the two is a path in a container, such as `web:/etc`");
            std::process::exit(2);
        }
    }
}

/// The container and the path, of what is not local: `./a:b` and `/a:b` are.
fn in_container(argument: &str) -> Option<(&str, &str)> {
    let (name, path) = argument.split_once(':')?;
    (!name.starts_with(['.', '/'])).then_some((name, path))
}
