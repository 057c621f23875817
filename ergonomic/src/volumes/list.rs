//! `docker volume ls`.

use super::Volumes;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::operation;
use crate::raw::VolumeListParams;
use crate::raw::types::VolumeListResponse;

/// A list of volumes to ask for; await it.
///
/// See [`Volumes::list`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ListVolumes {
    docker: Docker,
    filters: Filters,
}

impl Volumes {
    /// The volumes of this engine, and what went wrong with drivers that were asked for theirs.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for volume in docker.volumes().list().dangling(true).await?.volumes {
    ///     println!("{:?} {:?}", volume.name, volume.mountpoint);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> ListVolumes {
        ListVolumes {
            docker: self.docker.clone(),
            filters: Default::default(),
        }
    }
}

impl ListVolumes {
    /// Only those whose name has this in it.
    pub fn name(self, part: impl Into<String>) -> Self {
        self.filter("name", part)
    }

    /// Only those with this label, written `key` or `key=value`.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only those of this driver.
    pub fn driver(self, driver: impl Into<String>) -> Self {
        self.filter("driver", driver)
    }

    /// Only those that nothing uses (`true`), or that something uses (`false`).
    pub fn dangling(self, dangling: bool) -> Self {
        self.filter("dangling", dangling.to_string())
    }

    /// Only those for which this holds, such as `driver=local`. Of several values for one key, one
    /// must hold; of several keys, all, but for Podman only one.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(self) -> Result<VolumeListResponse> {
        let call = self.docker.call("list volumes");
        let params = VolumeListParams {
            filters: self.filters.to_param(),
        };
        let request = self.docker.raw().volume_list(&params);
        operation::document(&call, request).await
    }
}

awaited!(ListVolumes => VolumeListResponse);
