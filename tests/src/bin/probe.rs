//! Connects to the engine that the environment names, for tests of what a user is told.

use std::process::ExitCode;

use dockwright::Docker;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match Docker::connect().await {
        Ok(docker) => {
            println!("API {} at {}", docker.api_version(), docker.endpoint());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
