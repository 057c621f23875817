//! Pull an image, and show a progress bar.

use dockwright::{Docker, Result};
use indicatif::ProgressBar;

pub async fn pull_with_progress(docker: &Docker, image: &str) -> Result<()> {
    let mut pull = docker.images().pull(image).progress().await?;
    let bar = ProgressBar::new(0);
    while let Some(step) = pull.try_next().await? {
        let layers = pull.layers();
        bar.set_length(layers.total());
        bar.set_position(layers.done());
        bar.set_message(step.to_string());
    }
    bar.finish_and_clear();
    println!("pulled {}", pull.await?.name_or_id());
    Ok(())
}
