//! `docker image prune`.

use super::{Images, RemovedImages};
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::moment::Moment;
use crate::operation;
use crate::raw::ImagePruneParams;

/// A removal of all images that nothing uses; await it for what was removed.
///
/// See [`Images::prune`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct PruneImages {
    docker: Docker,
    all: bool,
    filters: Filters,
}

/// What a [prune](Images::prune) removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrunedImages {
    /// The names and the images.
    pub images: RemovedImages,
    /// How many bytes are free now that were not.
    pub reclaimed: u64,
}

impl Images {
    /// Removes the images that have no name and of which no container is made.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](crate::Error::is_conflict) while another prune is going on.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let day = std::time::Duration::from_secs(24 * 60 * 60);
    /// let pruned = docker.images().prune().all(true).until(day).await?;
    /// println!("{} bytes", pruned.reclaimed);
    /// # Ok(()) }
    /// ```
    pub fn prune(&self) -> PruneImages {
        PruneImages {
            docker: self.docker.clone(),
            all: false,
            filters: Default::default(),
        }
    }
}

impl PruneImages {
    /// Whether to remove those that have names, too.
    pub fn all(mut self, all: bool) -> Self {
        self.all = all;
        self
    }

    /// Only those that were created before this time.
    pub fn until(self, moment: impl Into<Moment>) -> Self {
        self.filter("until", moment.into().to_filter())
    }

    /// Only those with this label, as `key` or as `key=value`.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only those without this label, as `key` or as `key=value`.
    pub fn without_label(self, label: impl Into<String>) -> Self {
        self.filter("label!", label)
    }

    /// Only those for which this holds, such as `label=team=a`.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(mut self) -> Result<PrunedImages> {
        let call = self.docker.call("prune images");
        if self.all {
            self.filters.add("dangling".to_owned(), "false".to_owned());
        }
        let params = ImagePruneParams {
            filters: self.filters.to_param(),
        };
        self.docker.allows(&call, &params)?;
        let request = self.docker.raw().image_prune(&params);
        let pruned = operation::document(&call, request).await?;
        let reclaimed = pruned.space_reclaimed.unwrap_or_default();
        Ok(PrunedImages {
            images: RemovedImages::new(pruned.images_deleted),
            reclaimed: reclaimed.try_into().unwrap_or_default(),
        })
    }
}

awaited!(PruneImages => PrunedImages);
