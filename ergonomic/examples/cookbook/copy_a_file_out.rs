//! Copy a file out of a container.
//!
//! The container need not run. A folder is copied the same way; nothing is written outside of where it goes.

use dockwright::{Docker, Result};

pub async fn copy_a_file_out(docker: &Docker, container: &str, from: &str, to: &str) -> Result<()> {
    docker.container(container).copy_from(from).to(to).await
}
