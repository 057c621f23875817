//! `docker pull IMAGE`, with one bar for all layers.

use dockwright::{Docker, Result, Step};
use indicatif::{ProgressBar, ProgressStyle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let docker = Docker::connect().await?;
    let image = std::env::args().nth(1);
    let image = image.unwrap_or_else(|| "alpine".to_owned());

    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}, {msg}");
    let bar = ProgressBar::new(0).with_style(style.expect("it is a template"));
    let mut pull = docker.images().pull(image).progress().await?;
    while let Some(step) = pull.try_next().await? {
        if let Step::Status(_) = step {
            bar.println(step.to_string());
        }
        let layers = pull.layers();
        bar.set_length(layers.total());
        bar.set_position(layers.done());
        bar.set_message(format!("{} of {} layers", layers.complete(), layers.len()));
    }
    bar.finish();
    let image = pull.await?;
    println!("pulled {}", image.name_or_id());
    Ok(())
}
