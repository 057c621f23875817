//! `docker images`.

use super::Images;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::operation;
use crate::raw::ImageListParams;
use crate::raw::types::ImageSummary;

/// A list of images to ask for; await it.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ListImages {
    docker: Docker,
    params: ImageListParams,
    filters: Filters,
}

impl Images {
    /// The images that the engine has, without those that are but layers of others.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for image in docker.images().list().filter("reference", "alpine").await? {
    ///     println!("{:?}", image.repo_tags);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> ListImages {
        ListImages {
            docker: self.docker.clone(),
            params: Default::default(),
            filters: Default::default(),
        }
    }
}

impl ListImages {
    /// Whether to list those that are but layers of others, too.
    pub fn all(mut self, all: bool) -> Self {
        self.params.all = Some(all);
        self
    }

    /// Whether to have the digests that registries know them by.
    pub fn digests(mut self, digests: bool) -> Self {
        self.params.digests = Some(digests);
        self
    }

    /// Only those for which this holds, such as `dangling=true` or `label=team=a`. Of several
    /// values for one key, one must hold; of several keys, all.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(mut self) -> Result<Vec<ImageSummary>> {
        let call = self.docker.call("list images");
        self.params.filters = self.filters.to_param();
        let request = self.docker.raw().image_list(&self.params);
        operation::document(&self.docker, &call, request).await
    }
}

awaited!(ListImages => Vec<ImageSummary>);
