//! `docker load`.

use std::fmt;

use super::{Image, Images, platform};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::operation;
use crate::progress::{Outcome, Progress, Step};
use crate::raw::ImageLoadParams;
use crate::transport;
use crate::upload::Upload;

/// A load of images from an archive; await it for the images, or watch it by
/// [`progress`](Load::progress).
#[must_use = "nothing is sent until this is awaited"]
pub struct Load {
    docker: Docker,
    tar: Upload,
    platforms: Vec<String>,
}

impl Images {
    /// Loads the images that a [`save`](Images::save) put into an archive, under the names that
    /// they had; images without a name come by their ids.
    ///
    /// # Errors
    ///
    /// If the engine cannot read the archive; [`is_local_file`](crate::Error::is_local_file) if its
    /// stream fails.
    ///
    /// # Dropping
    ///
    /// Dropping the future, or its [`Progress`], breaks the load off.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker, tar: Vec<u8>) -> dockwright::Result<()> {
    /// for image in docker.images().load(tar).await? {
    ///     println!("{}", image.name_or_id());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn load(&self, tar: impl Into<Upload>) -> Load {
        Load {
            docker: self.docker.clone(),
            tar: tar.into(),
            platforms: Vec::new(),
        }
    }
}

impl Load {
    /// Only the images for this platform, such as `linux/arm64`.
    ///
    /// # API version
    ///
    /// Since 1.48; more than one platform since 1.52.
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.platforms.push(platform.into());
        self
    }

    /// Begins the load, and gives its steps as a stream that ends in the images.
    ///
    /// # Errors
    ///
    /// As for [`load`](Images::load).
    pub async fn progress(self) -> Result<Progress<Vec<Image>>> {
        self.begin(false).await
    }

    async fn begin(self, quiet: bool) -> Result<Progress<Vec<Image>>> {
        let docker = self.docker;
        let call = docker.call("load images");
        let params = ImageLoadParams {
            platform: platform::to_archive_params(&docker, &call, &self.platforms)?,
            quiet: Some(quiet),
        };
        docker.allows(&call, &params)?;
        let (body, failure) = self.tar.into_body();
        let request = docker.raw().image_load(&params, body);
        let response = operation::answered(&call, request);
        let response = failure.explain(response).await?;
        let steps = failure.explain_in(transport::buffers(&call, response.into_inner()));
        let images = Vec::new();
        Ok(Progress::new(steps, call, Loaded { docker, images }))
    }

    async fn send(self) -> Result<Vec<Image>> {
        self.begin(true).await?.await
    }
}

awaited!(Load => Vec<Image>);

impl fmt::Debug for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Load")
            .field("platforms", &self.platforms)
            .finish_non_exhaustive()
    }
}

/// How many images are kept: far more than archives have.
const MOST: usize = 65_536;

/// The images of a load, which engines name in lines of text.
struct Loaded {
    docker: Docker,
    images: Vec<Image>,
}

impl Outcome<Vec<Image>> for Loaded {
    fn see(&mut self, step: &Step) {
        let Step::Output(text) = step else { return };
        for name in text.lines().flat_map(names) {
            if self.images.len() < MOST {
                self.images.push(self.docker.image(name));
            }
        }
    }

    fn end(self: Box<Self>) -> Result<Vec<Image>> {
        Ok(self.images)
    }
}

/// The names in a line of text. Podman puts all of them in one.
fn names(line: &str) -> impl Iterator<Item = &str> {
    let starts = ["Loaded image: ", "Loaded image ID: ", "Loaded image(s): "];
    let list = starts.iter().find_map(|start| line.strip_prefix(start));
    let names = list.unwrap_or_default().split(',').map(str::trim);
    names.filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_named_one_by_one_or_all_at_once() {
        let names = |line| names(line).collect::<Vec<_>>();
        assert_eq!(names("Loaded image: a:1"), ["a:1"]);
        assert_eq!(names("Loaded image ID: sha256:abc"), ["sha256:abc"]);
        assert_eq!(names("Loaded image: r:5000/a:1,b:2"), ["r:5000/a:1", "b:2"]);
        assert!(names("Loading layer").is_empty());
        assert!(names("").is_empty());
    }
}
