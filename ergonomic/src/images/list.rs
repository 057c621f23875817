//! `docker images`.

use super::Images;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::moment::Moment;
use crate::operation;
use crate::raw::ImageListParams;
use crate::raw::types::ImageSummary;

/// A list of images to ask for; await it.
///
/// See [`Images::list`] for an example.
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
    /// for image in docker.images().list().reference("alpine:3.*").await? {
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

    /// Whether to have how much of each image is shared with others, which takes the engine a while.
    ///
    /// # API version
    ///
    /// Since 1.42.
    pub fn shared_size(mut self, shared_size: bool) -> Self {
        self.params.shared_size = Some(shared_size);
        self
    }

    /// Whether to have the manifests of all platforms that each image is for.
    ///
    /// # API version
    ///
    /// Since 1.47.
    pub fn manifests(mut self, manifests: bool) -> Self {
        self.params.manifests = Some(manifests);
        self
    }

    /// Whether to have who signed each image, with the manifests.
    ///
    /// # API version
    ///
    /// Since 1.54.
    pub fn identity(mut self, identity: bool) -> Self {
        self.params.identity = Some(identity);
        // Identities are those of manifests.
        if identity {
            self.params.manifests = Some(true);
        }
        self
    }

    /// Only those that have no name, or only those that have one.
    pub fn dangling(self, dangling: bool) -> Self {
        self.filter("dangling", dangling.to_string())
    }

    /// Only those with a name like this: a name, a name and a tag, or a pattern of these such as
    /// `team/*:1.?`. Podman knows images of Docker Hub by their full names.
    pub fn reference(self, pattern: impl Into<String>) -> Self {
        self.filter("reference", pattern)
    }

    /// Only those with this label, as `key` or as `key=value`.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only those that were created before this image, given by name or id.
    pub fn before(self, image: impl Into<String>) -> Self {
        self.filter("before", image)
    }

    /// Only those that were created after this image, given by name or id.
    pub fn since(self, image: impl Into<String>) -> Self {
        self.filter("since", image)
    }

    /// Only those that were created before this time.
    ///
    /// # API version
    ///
    /// Since Docker 25 (API version 1.44), in any version of the API; older ones refuse it. Podman
    /// knows it.
    pub fn until(self, moment: impl Into<Moment>) -> Self {
        self.filter("until", moment.into().to_filter())
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
        self.docker.allows(&call, &self.params)?;
        let request = self.docker.raw().image_list(&self.params);
        operation::document(&call, request).await
    }
}

awaited!(ListImages => Vec<ImageSummary>);
