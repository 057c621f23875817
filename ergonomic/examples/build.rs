//! Builds an image from a directory, and shows the build: `cargo run --example build -- ./app app:dev`.

use dockwright::{BuildContext, Docker, Step};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().unwrap_or_else(|| ".".to_owned());
    let docker = Docker::connect().await?;

    let mut build = docker.images().build(BuildContext::dir(directory));
    if let Some(tag) = arguments.next() {
        build = build.tag(tag);
    }
    let mut progress = build.progress().await?;
    while let Some(step) = progress.try_next().await? {
        match step {
            Step::Output(text) => print!("{text}"),
            other => println!("{other}"),
        }
    }
    println!("{}", progress.await?.name_or_id());
    Ok(())
}
