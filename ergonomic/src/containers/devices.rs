//! What of the host's hardware a container gets, and how much of the kernel's resources.

use crate::raw::types::{self, DeviceMapping, DeviceRequest};

/// A device of the engine's host, for [`device`](crate::Run::device). A bare path is that device
/// under the same path, to be read, written and made.
///
/// ```
/// use dockwright::Device;
///
/// let fuse = Device::from("/dev/fuse");
/// let disk = Device::new("/dev/sdb").path("/dev/xvda").permissions("r");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a device is passed on by giving it to a container"]
pub struct Device {
    raw: DeviceMapping,
}

impl Device {
    /// The device with this path at the engine's host.
    pub fn new(path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            raw: DeviceMapping {
                path_on_host: Some(path.clone()),
                path_in_container: Some(path),
                cgroup_permissions: Some("rwm".to_owned()),
                ..Default::default()
            },
        }
    }

    /// Its path in the container.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.raw.path_in_container = Some(path.into());
        self
    }

    /// What the container may do with it: some of `r`, `w` and `m` (make its node).
    pub fn permissions(mut self, permissions: impl Into<String>) -> Self {
        self.raw.cgroup_permissions = Some(permissions.into());
        self
    }

    pub(crate) fn into_raw(self) -> DeviceMapping {
        self.raw
    }
}

impl From<&str> for Device {
    fn from(path: &str) -> Self {
        Self::new(path)
    }
}

impl From<String> for Device {
    fn from(path: String) -> Self {
        Self::new(path)
    }
}

/// Graphics processors for a container, for [`gpus`](crate::Run::gpus).
///
/// ```
/// use dockwright::Gpus;
///
/// let all = Gpus::all();
/// let one = Gpus::ids(["GPU-3a23c669-1f69-c64e-cf85-44e9b07e7a2a"]).capability("compute");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "processors are passed on by giving them to a container"]
pub struct Gpus {
    raw: DeviceRequest,
}

impl Gpus {
    fn new(count: Option<i64>, ids: Vec<String>) -> Self {
        Self {
            raw: DeviceRequest {
                count,
                device_ids: ids,
                // All of one list must be there.
                capabilities: vec![vec!["gpu".to_owned()]],
                ..Default::default()
            },
        }
    }

    /// All that there are.
    pub fn all() -> Self {
        Self::new(Some(-1), Vec::new())
    }

    /// This many.
    pub fn count(count: u32) -> Self {
        Self::new(Some(count.into()), Vec::new())
    }

    /// Those with these ids or numbers.
    pub fn ids<S: Into<String>>(ids: impl IntoIterator<Item = S>) -> Self {
        Self::new(None, ids.into_iter().map(Into::into).collect())
    }

    /// Something that they must be able to do, such as `compute` or `utility`.
    pub fn capability(mut self, capability: impl Into<String>) -> Self {
        self.raw.capabilities[0].push(capability.into());
        self
    }

    /// The driver that knows them; any that does, if not set.
    pub fn driver(mut self, driver: impl Into<String>) -> Self {
        self.raw.driver = Some(driver.into());
        self
    }

    /// An option for the driver.
    pub fn option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.raw.options.insert(key.into(), value.into());
        self
    }

    pub(crate) fn into_raw(self) -> DeviceRequest {
        self.raw
    }
}

/// How much a process may have of something, for [`ulimit`](crate::Run::ulimit): a soft limit,
/// which it may raise up to the hard one. One number is both.
///
/// ```
/// use dockwright::Ulimit;
///
/// let both = Ulimit::from(1024);
/// let apart = Ulimit::from((1024, 4096));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ulimit {
    soft: i64,
    hard: i64,
}

impl Ulimit {
    /// As much as it likes.
    pub const UNLIMITED: Self = Self { soft: -1, hard: -1 };

    pub(crate) fn into_raw(self, name: String) -> types::Ulimit {
        types::Ulimit {
            name: Some(name),
            soft: Some(self.soft),
            hard: Some(self.hard),
            ..Default::default()
        }
    }
}

impl From<u64> for Ulimit {
    fn from(limit: u64) -> Self {
        Self::from((limit, limit))
    }
}

impl From<(u64, u64)> for Ulimit {
    fn from((soft, hard): (u64, u64)) -> Self {
        let limit = |limit: u64| limit.try_into().unwrap_or(i64::MAX);
        Self {
            soft: limit(soft),
            hard: limit(hard),
        }
    }
}
