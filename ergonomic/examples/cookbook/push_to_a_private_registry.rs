//! Push to a private registry.
//!
//! The name of an image begins with the registry that it is pushed to. Without `credentials` those
//! are used that `docker login` or `Docker::login` have kept.

use dockwright::{Credentials, Docker, Result};

pub async fn push_to_a_private_registry(
    docker: &Docker,
    image: &str,
    target: &str,
    user: &str,
    password: &str,
) -> Result<()> {
    let credentials = Credentials::password(user, password);
    let tagged = docker.image(image).tag(target).await?;
    match tagged.push().credentials(credentials).await {
        Ok(pushed) => println!("{target} is {}", pushed.digest),
        Err(error) if error.is_unauthorized() => println!("{user} may not push"),
        Err(error) => return Err(error),
    }
    Ok(())
}
