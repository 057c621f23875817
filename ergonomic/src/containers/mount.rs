//! What is mounted into a container.

use std::fmt;

use crate::raw::types::{
    self, MountBindOptions, MountBindOptionsPropagation, MountImageOptions, MountTmpfsOptions,
    MountType, MountVolumeOptions, MountVolumeOptionsDriverConfig,
};

/// Something to mount into a container, for [`mount`](crate::Run::mount).
///
/// Each setter says what kind of mount it is for; on another kind it makes the mount one that is
/// refused when the request is awaited. Options for a driver may be secret, and do not show in
/// `Debug`.
///
/// ```
/// use dockwright::Mount;
///
/// let sources = Mount::bind("/srv/app", "/app").read_only();
/// let uploads = Mount::volume("data", "/uploads").subpath("uploads");
/// let scratch = Mount::tmpfs("/scratch").size(64 << 20).mode(0o1777);
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "a mount is mounted by giving it to a container"]
pub struct Mount {
    raw: types::Mount,
}

/// How mounts that are made later, below a mount, get from one side to the other.
pub type Propagation = MountBindOptionsPropagation;

impl Mount {
    fn new(kind: MountType, source: Option<String>, target: String) -> Self {
        Self {
            raw: types::Mount {
                type_: Some(kind),
                source,
                target: Some(target),
                ..Default::default()
            },
        }
    }

    /// A folder or a file of the engine's host, by its absolute path. It must be there.
    pub fn bind(source: impl Into<String>, target: impl Into<String>) -> Self {
        Self::new(MountType::Bind, Some(source.into()), target.into())
    }

    /// A named volume, which is created if there is none.
    pub fn volume(name: impl Into<String>, target: impl Into<String>) -> Self {
        Self::new(MountType::Volume, Some(name.into()), target.into())
    }

    /// A volume without a name, for this container alone.
    pub fn anonymous(target: impl Into<String>) -> Self {
        Self::new(MountType::Volume, None, target.into())
    }

    /// A file system in memory.
    pub fn tmpfs(target: impl Into<String>) -> Self {
        Self::new(MountType::Tmpfs, None, target.into())
    }

    /// The files of an image, to be read.
    ///
    /// # API version
    ///
    /// Since 1.48.
    pub fn image(reference: impl Into<String>, target: impl Into<String>) -> Self {
        Self::new(MountType::Image, Some(reference.into()), target.into())
    }

    /// Nothing can be written there.
    pub fn read_only(mut self) -> Self {
        self.raw.read_only = Some(true);
        self
    }

    /// Mounts only a part: the folder with this path inside the volume or the image.
    ///
    /// # API version
    ///
    /// Since 1.45 for volumes.
    pub fn subpath(mut self, path: impl Into<String>) -> Self {
        let path = Some(path.into());
        match self.raw.type_ {
            Some(MountType::Image) => self.image_options().subpath = path,
            _ => self.volume_options().subpath = path,
        }
        self
    }

    /// How mounts below a bind mount get from one side to the other.
    pub fn propagation(mut self, propagation: Propagation) -> Self {
        self.bind_options().propagation = Some(propagation);
        self
    }

    /// Leaves out what is mounted below the folder of a bind mount.
    ///
    /// # API version
    ///
    /// Since 1.40.
    pub fn non_recursive(mut self) -> Self {
        self.bind_options().non_recursive = Some(true);
        self
    }

    /// Creates the folder of a bind mount at the engine's host if it is not there.
    ///
    /// # API version
    ///
    /// Since 1.42.
    pub fn create_source(mut self) -> Self {
        self.bind_options().create_mountpoint = Some(true);
        self
    }

    /// Fails unless what is mounted below a read-only bind mount is read-only, too.
    ///
    /// # API version
    ///
    /// Since 1.44.
    pub fn read_only_recursively(mut self) -> Self {
        self.raw.read_only = Some(true);
        let options = self.bind_options();
        options.read_only_force_recursive = Some(true);
        // Engines refuse it with any other.
        options.propagation = Some(Propagation::Rprivate);
        self
    }

    /// Leaves what is mounted below a read-only bind mount writable.
    ///
    /// # API version
    ///
    /// Since 1.44. Older engines leave it so anyway.
    pub fn read_only_itself(mut self) -> Self {
        self.raw.read_only = Some(true);
        self.bind_options().read_only_non_recursive = Some(true);
        self
    }

    /// Leaves a new volume empty, where it would get what the image has in its place.
    pub fn no_copy(mut self) -> Self {
        self.volume_options().no_copy = Some(true);
        self
    }

    /// A label for a volume that is created.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let labels = &mut self.volume_options().labels;
        labels.insert(key.into(), value.into());
        self
    }

    /// The driver of a volume that is created; `local` if not set.
    pub fn driver(mut self, name: impl Into<String>) -> Self {
        self.driver_config().name = Some(name.into());
        self
    }

    /// An option for the driver of a volume that is created.
    pub fn driver_option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let options = &mut self.driver_config().options;
        options.insert(key.into(), value.into());
        self
    }

    /// How many bytes a file system in memory can take; half of the memory, if not set.
    pub fn size(mut self, bytes: u64) -> Self {
        let bytes = bytes.try_into().unwrap_or(i64::MAX);
        self.tmpfs_options().size_bytes = Some(bytes);
        self
    }

    /// The permissions of a file system in memory, such as `0o700`; `0o1777` if not set.
    pub fn mode(mut self, mode: u32) -> Self {
        self.tmpfs_options().mode = Some(mode.into());
        self
    }

    fn bind_options(&mut self) -> &mut MountBindOptions {
        self.raw.bind_options.get_or_insert_default()
    }

    fn image_options(&mut self) -> &mut MountImageOptions {
        self.raw.image_options.get_or_insert_default()
    }

    fn volume_options(&mut self) -> &mut MountVolumeOptions {
        self.raw.volume_options.get_or_insert_default()
    }

    fn driver_config(&mut self) -> &mut MountVolumeOptionsDriverConfig {
        self.volume_options().driver_config.get_or_insert_default()
    }

    fn tmpfs_options(&mut self) -> &mut MountTmpfsOptions {
        self.raw.tmpfs_options.get_or_insert_default()
    }
}

impl fmt::Debug for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mount")
            .field("kind", &self.raw.type_)
            .field("source", &self.raw.source)
            .field("target", &self.raw.target)
            .field("read_only", &self.raw.read_only)
            .finish_non_exhaustive()
    }
}

/// As the API has it, for what this type has no words for.
impl From<types::Mount> for Mount {
    fn from(raw: types::Mount) -> Self {
        Self { raw }
    }
}

impl From<Mount> for types::Mount {
    fn from(mount: Mount) -> Self {
        mount.raw
    }
}

/// Why this mount cannot be meant. Engines before API 1.42 drop what does not fit its kind.
pub(crate) fn problem(mount: &types::Mount) -> Option<String> {
    let kind = mount.type_.as_ref()?;
    let stray = [
        (mount.bind_options.is_some(), MountType::Bind),
        (mount.volume_options.is_some(), MountType::Volume),
        (mount.tmpfs_options.is_some(), MountType::Tmpfs),
        (mount.image_options.is_some(), MountType::Image),
    ];
    let (_, other) = stray.iter().find(|(set, of)| *set && of != kind)?;
    let target = mount.target.as_deref().unwrap_or_default();
    Some(format!(
        "the {kind} mount at `{target}` has options of a {other} mount"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_kind_has_its_options() {
        let all = [
            Mount::bind("/a", "/b")
                .read_only()
                .propagation(Propagation::Rslave),
            Mount::volume("data", "/d")
                .subpath("in")
                .no_copy()
                .driver("local"),
            Mount::anonymous("/v").label("a", "b"),
            Mount::tmpfs("/t").size(1024).mode(0o700),
            Mount::image("busybox", "/i").subpath("bin"),
        ];
        let raw = all.map(types::Mount::from);
        assert_eq!(raw.each_ref().map(problem), [const { None }; 5]);
        assert_eq!(
            serde_json::to_value(&raw).unwrap(),
            json!([
                {"Type": "bind", "Source": "/a", "Target": "/b", "ReadOnly": true,
                 "BindOptions": {"Propagation": "rslave"}},
                {"Type": "volume", "Source": "data", "Target": "/d", "VolumeOptions":
                 {"Subpath": "in", "NoCopy": true, "DriverConfig": {"Name": "local"}}},
                {"Type": "volume", "Target": "/v", "VolumeOptions": {"Labels": {"a": "b"}}},
                {"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"SizeBytes": 1024, "Mode": 448}},
                {"Type": "image", "Source": "busybox", "Target": "/i",
                 "ImageOptions": {"Subpath": "bin"}},
            ])
        );
    }

    #[test]
    fn options_of_another_kind_are_a_problem() {
        let odd = Mount::bind("/a", "/b").size(1).into();
        assert_eq!(
            problem(&odd).unwrap(),
            "the bind mount at `/b` has options of a tmpfs mount"
        );
    }
}
