//! `docker system df`.

use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::operation;
use crate::raw::SystemDataUsageParams;
use crate::raw::types::{
    self, BuildCache, ContainerSummary, ImageSummary, SystemDataUsageResponse,
    SystemDataUsageTypeItem as Kind,
};

use super::usage;

/// What an engine has on its disk, by what it is. The same on every version of the API.
///
/// See [`Docker::disk_usage`] for an example.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct DiskUsage {
    /// Images. Their size counts each layer once, however many have it.
    pub images: Usage<ImageSummary>,
    /// What containers have written into their own file systems.
    pub containers: Usage<ContainerSummary>,
    /// Volumes.
    pub volumes: Usage<types::Volume>,
    /// What builds have left for the next ones.
    pub build_cache: Usage<BuildCache>,
}

/// How much there is of one kind.
///
/// See [`Docker::disk_usage`] for an example.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Usage<T> {
    /// How many there are.
    pub total_count: u64,
    /// How many of them are in use.
    pub active_count: u64,
    /// How many bytes they take.
    pub total_size: u64,
    /// How many bytes of that are of those not in use.
    pub reclaimable: u64,
    /// Each of them, if [`verbose`](AskDiskUsage::verbose) asked for that.
    pub items: Vec<T>,
}

// Not derived: that would ask for a default of items.
impl<T> Default for Usage<T> {
    fn default() -> Self {
        Self {
            total_count: 0,
            active_count: 0,
            total_size: 0,
            reclaimable: 0,
            items: Vec::new(),
        }
    }
}

/// A question for what takes up an engine's disk; await it for the answer.
///
/// See [`Docker::disk_usage`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct AskDiskUsage {
    docker: Docker,
    kinds: Vec<Kind>,
    verbose: bool,
}

impl Docker {
    /// How much of the engine's disk is taken by what, and how much of that could be had back. It
    /// may take the engine a while.
    ///
    /// # Errors
    ///
    /// If the engine cannot be reached, or refuses.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let images = docker.disk_usage().images().await?.images;
    /// println!("{} of {} bytes could go", images.reclaimable, images.total_size);
    /// # Ok(()) }
    /// ```
    pub fn disk_usage(&self) -> AskDiskUsage {
        AskDiskUsage {
            docker: self.clone(),
            kinds: Vec::new(),
            verbose: false,
        }
    }
}

impl AskDiskUsage {
    /// Only images, and what else is named. What is not asked for is zero in the answer.
    pub fn images(self) -> Self {
        self.kind(Kind::Image)
    }

    /// Only containers, and what else is named.
    pub fn containers(self) -> Self {
        self.kind(Kind::Container)
    }

    /// Only volumes, and what else is named.
    pub fn volumes(self) -> Self {
        self.kind(Kind::Volume)
    }

    /// Only what builds have left, and what else is named.
    pub fn build_cache(self) -> Self {
        self.kind(Kind::BuildCache)
    }

    fn kind(mut self, kind: Kind) -> Self {
        self.kinds.push(kind);
        self
    }

    /// Whether to have every image, container, volume and record, too.
    pub fn verbose(mut self, verbose: bool) -> Self {
        self.verbose = verbose;
        self
    }

    async fn send(self) -> Result<DiskUsage> {
        let call = self.docker.call("ask for the disk usage");
        // What an engine does not know to leave out is left out of its answer.
        let kinds = match self.docker.has("SystemDataUsage?type") {
            true => self.kinds.clone(),
            false => Vec::new(),
        };
        // Lists come without being asked for where this cannot be said.
        let verbose = self.verbose && self.docker.has("SystemDataUsage?verbose");
        let params = SystemDataUsageParams {
            type_: kinds,
            verbose: verbose.then_some(true),
        };
        let request = self.docker.raw().system_data_usage(&params);
        let response = operation::document(&call, request).await?;
        Ok(self.read(response))
    }

    fn read(&self, response: SystemDataUsageResponse) -> DiskUsage {
        let layers = response.layers_size;
        DiskUsage {
            images: self.of(Kind::Image, response.image_usage, || {
                usage::images(response.images, layers)
            }),
            containers: self.of(Kind::Container, response.container_usage, || {
                usage::containers(response.containers)
            }),
            volumes: self.of(Kind::Volume, response.volume_usage, || {
                usage::volumes(response.volumes)
            }),
            build_cache: self.of(Kind::BuildCache, response.build_cache_usage, || {
                usage::build_cache(response.build_cache)
            }),
        }
    }

    /// What is told of a kind, or what the list of its items comes to.
    fn of<T>(
        &self,
        kind: Kind,
        told: Option<impl Into<Usage<T>>>,
        listed: impl FnOnce() -> Usage<T>,
    ) -> Usage<T> {
        if !self.kinds.is_empty() && !self.kinds.contains(&kind) {
            return Usage::default();
        }
        let mut usage = told.map_or_else(listed, Into::into);
        if !self.verbose {
            usage.items = Vec::new();
        }
        usage
    }
}

awaited!(AskDiskUsage => DiskUsage);
