//! `docker builder`: the builds that are under way, and what BuildKit keeps of those before.

use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::moment::Moment;
use crate::operation;
use crate::raw::{BuildCancelParams, BuildPruneParams};

/// BuildKit in an engine: its builds, and its cache.
///
/// See [`Builder::prune`] for an example.
#[derive(Clone, Debug)]
pub struct Builder {
    docker: Docker,
}

impl Docker {
    /// BuildKit in this engine, for what is not an image: its cache, and builds to cancel.
    pub fn builder(&self) -> Builder {
        Builder {
            docker: self.clone(),
        }
    }
}

impl Builder {
    /// Cancels the build that was given this [id](crate::Build::build_id). There need be none.
    ///
    /// BuildKit builds have an end by it; the classic builder and Podman know no such ids. A build
    /// also ends when what awaits it is dropped.
    ///
    /// # API version
    ///
    /// Since 1.38.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// docker.builder().cancel("nightly-42").await?;
    /// # Ok(()) }
    /// ```
    pub fn cancel(&self, build_id: impl Into<String>) -> CancelBuild {
        CancelBuild {
            docker: self.docker.clone(),
            params: BuildCancelParams {
                id: build_id.into(),
            },
        }
    }

    /// Removes what BuildKit keeps of builds and what no image needs. Awaiting gives what was
    /// removed.
    ///
    /// # API version
    ///
    /// Since 1.31.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let day = std::time::Duration::from_secs(24 * 60 * 60);
    /// let pruned = docker.builder().prune().until(day).await?;
    /// println!("{} bytes", pruned.reclaimed);
    /// # Ok(()) }
    /// ```
    pub fn prune(&self) -> PruneBuildCache {
        PruneBuildCache {
            docker: self.docker.clone(),
            params: BuildPruneParams::default(),
            keep: None,
            filters: Filters::default(),
        }
    }
}

/// A build to cancel; await it.
///
/// See [`Builder::cancel`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct CancelBuild {
    docker: Docker,
    params: BuildCancelParams,
}

impl CancelBuild {
    async fn send(self) -> Result<()> {
        let call = self.docker.call("cancel build").on(&self.params.id);
        self.docker.allows(&call, &self.params)?;
        let request = self.docker.raw().build_cancel(&self.params);
        operation::answered(&call, request).await?;
        Ok(())
    }
}

awaited!(CancelBuild => ());

/// A removal of what builds have left; await it for what was removed.
///
/// See [`Builder::prune`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct PruneBuildCache {
    docker: Docker,
    params: BuildPruneParams,
    keep: Option<i64>,
    filters: Filters,
}

/// What a [`prune`](Builder::prune) of a builder has removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrunedBuildCache {
    /// The ids of the parts of the cache that are gone.
    pub caches: Vec<String>,
    /// How many bytes are free now that were not.
    pub reclaimed: u64,
}

impl PruneBuildCache {
    /// Whether to remove all that is not in use, and not only what nothing refers to.
    ///
    /// # API version
    ///
    /// Since 1.39.
    pub fn all(mut self, all: bool) -> Self {
        self.params.all = Some(all);
        self
    }

    /// How many bytes of the cache are to stay.
    ///
    /// # API version
    ///
    /// Since 1.39.
    pub fn reserved_space(mut self, bytes: u64) -> Self {
        self.keep = Some(signed(bytes));
        self
    }

    /// How many bytes the cache may have.
    ///
    /// # API version
    ///
    /// Since 1.48.
    pub fn max_used_space(mut self, bytes: u64) -> Self {
        self.params.max_used_space = Some(signed(bytes));
        self
    }

    /// How many bytes are to be free on the disk.
    ///
    /// # API version
    ///
    /// Since 1.48.
    pub fn min_free_space(mut self, bytes: u64) -> Self {
        self.params.min_free_space = Some(signed(bytes));
        self
    }

    /// Only what was last used before this time.
    ///
    /// # API version
    ///
    /// Since 1.39.
    pub fn until(self, moment: impl Into<Moment>) -> Self {
        self.filter("until", moment.into().ago().to_filter())
    }

    /// Only that for which this holds, such as `id=…` or `type=regular`. Of several
    /// values for one key, one must hold; of several keys, all.
    ///
    /// # API version
    ///
    /// Since 1.39.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(mut self) -> Result<PrunedBuildCache> {
        let call = self.docker.call("prune builder");
        self.params.filters = self.filters.to_param();
        // One and the same, by its name of each time.
        match self.docker.has("BuildPrune?reserved-space") {
            true => self.params.reserved_space = self.keep,
            false => self.params.keep_storage = self.keep,
        }
        self.docker.allows(&call, &self.params)?;
        let request = self.docker.raw().build_prune(&self.params);
        let pruned = operation::document(&call, request).await?;
        let space = pruned.space_reclaimed.unwrap_or_default();
        Ok(PrunedBuildCache {
            caches: pruned.caches_deleted,
            reclaimed: space.try_into().unwrap_or_default(),
        })
    }
}

awaited!(PruneBuildCache => PrunedBuildCache);

fn signed(bytes: u64) -> i64 {
    bytes.try_into().unwrap_or(i64::MAX)
}
