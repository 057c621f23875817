//! Copy a folder into a container.
//!
//! As for `docker cp`: `source/.` copies what is in the folder, `source` the folder itself.

use dockwright::{Docker, Result};

pub async fn copy_a_folder_in(
    docker: &Docker,
    folder: &str,
    container: &str,
    to: &str,
) -> Result<()> {
    docker.container(container).copy_to(to).dir(folder).await
}
