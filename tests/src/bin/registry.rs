//! Asks a registry for something, by the engine and with the credentials that the environment names:
//! `registry pull IMAGE`, `registry push IMAGE`.

use std::env;
use std::process::ExitCode;

use dockwright::{Docker, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [verb, image] = &arguments[..] else {
        eprintln!("registry pull|push IMAGE");
        return ExitCode::from(2);
    };
    match ask(verb, image).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let kind = match () {
                () if error.is_unauthorized() => "unauthorized",
                () if error.is_credentials() => "credentials",
                () => "other",
            };
            println!("{kind}: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn ask(verb: &str, image: &str) -> Result<()> {
    let docker = Docker::connect().await?;
    match verb {
        "push" => docker.image(image).push().await.map(drop),
        _ => docker.images().pull(image).await.map(drop),
    }
}
