//! Tag an image, look at it, and remove the tag.

use dockwright::{Docker, Result};

pub async fn tag_and_remove_images(docker: &Docker, image: &str, tag: &str) -> Result<()> {
    let tagged = docker.image(image).tag(tag).await?;
    let about = tagged.inspect().await?;
    println!("{tag}: {} bytes", about.size.unwrap_or_default());
    let removed = tagged.remove().await?;
    println!("untagged: {}", removed.untagged.join(", "));
    Ok(())
}
