//! Tell errors apart.
//!
//! By predicates, never by the text of a message.

use dockwright::{Docker, Result};

pub async fn tell_errors_apart(docker: &Docker, container: &str) -> Result<()> {
    match docker.container(container).inspect().await {
        Ok(_) => println!("it is there"),
        Err(error) if error.is_not_found() => println!("there is no such container"),
        Err(error) if error.is_connect() || error.is_interrupted() => {
            println!("no engine: {error}")
        }
        Err(error) => return Err(error),
    }
    Ok(())
}
