//! `docker volume prune`.

use super::Volumes;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::error::{Call, Error};
use crate::filters::Filters;
use crate::operation;
use crate::raw::VolumePruneParams;
use crate::version::ApiVersion;

/// From here on engines tell volumes without a name of their own from others, and take `all`.
const ANONYMOUS: ApiVersion = ApiVersion::new(1, 42);

const ADVICE: &str = "set `all` to remove those with a name, too";

/// A removal of all volumes that nothing uses; await it for what was removed.
///
/// See [`Volumes::prune`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct PruneVolumes {
    docker: Docker,
    all: bool,
    filters: Filters,
}

/// What a [prune](Volumes::prune) removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrunedVolumes {
    /// The names of the volumes.
    pub volumes: Vec<String>,
    /// How many bytes are free now that were not.
    pub reclaimed: u64,
}

impl Volumes {
    /// Removes the volumes that no container uses and to which nobody gave a name.
    ///
    /// A volume with a name is never removed unless [`all`](PruneVolumes::all) says so, whatever
    /// the engine.
    ///
    /// # API version
    ///
    /// Since 1.42. Older engines, and Podman, do not know volumes without a name from others: they
    /// can prune no less than `all`.
    ///
    /// # Errors
    ///
    /// Unless `all` is set, [`is_unsupported`](Error::is_unsupported) before API 1.42, and Podman's
    /// refusal (500) after.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let pruned = docker.volumes().prune().label("team=a").await?;
    /// println!("{} bytes of {:?}", pruned.reclaimed, pruned.volumes);
    /// # Ok(()) }
    /// ```
    pub fn prune(&self) -> PruneVolumes {
        PruneVolumes {
            docker: self.docker.clone(),
            all: false,
            filters: Default::default(),
        }
    }
}

impl PruneVolumes {
    /// Whether to remove volumes with a name, too.
    pub fn all(mut self, all: bool) -> Self {
        self.all = all;
        self
    }

    /// Only those with this label, as `key` or as `key=value`. Of several, all must be there.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only those without this label, as `key` or as `key=value`.
    pub fn without_label(self, label: impl Into<String>) -> Self {
        self.filter("label!", label)
    }

    /// Only those for which this holds, such as `label=team=a`. Of several keys, all must hold; but
    /// for Podman, one is enough.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    async fn send(self) -> Result<PrunedVolumes> {
        let call = self.docker.call("prune volumes");
        let have = self.docker.api_version();
        let knows_anonymous = have >= ANONYMOUS;
        if !self.all && !knows_anonymous {
            let error = Error::unsupported("a prune of volumes without a name", ANONYMOUS, have);
            return Err(error.advising(ADVICE).during(&call));
        }
        let mut filters = self.filters.clone();
        if knows_anonymous {
            filters.add("all".to_owned(), self.all.to_string());
        }
        match prune(&self.docker, &call, filters).await {
            Err(error) if does_not_know_all(&error) => match self.all {
                true => prune(&self.docker, &call, self.filters).await,
                false => Err(error.advising(ADVICE)),
            },
            outcome => outcome,
        }
    }
}

awaited!(PruneVolumes => PrunedVolumes);

async fn prune(docker: &Docker, call: &Call, filters: Filters) -> Result<PrunedVolumes> {
    let params = VolumePruneParams {
        filters: filters.to_param(),
    };
    docker.allows(call, &params)?;
    let request = docker.raw().volume_prune(&params);
    let pruned = operation::document(call, request).await?;
    let reclaimed = pruned.space_reclaimed.unwrap_or_default();
    Ok(PrunedVolumes {
        volumes: pruned.volumes_deleted,
        reclaimed: reclaimed.try_into().unwrap_or_default(),
    })
}

/// Podman has no filter `all`, whatever its API version, and does without what it asks for.
fn does_not_know_all(error: &Error) -> bool {
    let message = error.engine_message().unwrap_or_default();
    message.contains("\"all\" is an invalid volume filter")
}
