//! The file system of a new container.

/// Setters of the file system, for a builder with `settings`.
macro_rules! storage_settings {
    ($builder:ty) => {
        impl $builder {
            /// Makes a folder of the engine's host, or a named volume, part of the container's
            /// file system. `target` may end in `:ro`. [`mount`](Self::mount) can do more.
            pub fn volume(mut self, source: impl AsRef<str>, target: impl AsRef<str>) -> Self {
                let bind = format!("{}:{}", source.as_ref(), target.as_ref());
                self.settings.host().binds.push(bind);
                self
            }

            /// Mounts something.
            ///
            /// # API version
            ///
            /// Since 1.25.
            pub fn mount(mut self, mount: $crate::Mount) -> Self {
                self.settings.host().mounts.push(mount.into());
                self
            }

            /// Mounts the volumes of another container, in the same places. `:ro` after its name
            /// is for reading only.
            pub fn volumes_from(mut self, container: impl Into<String>) -> Self {
                self.settings.host().volumes_from.push(container.into());
                self
            }

            /// Mounts a file system in memory, with options such as `size=64m,mode=1777`.
            pub fn tmpfs(mut self, target: impl Into<String>, options: impl Into<String>) -> Self {
                let tmpfs = &mut self.settings.host().tmpfs;
                tmpfs.insert(target.into(), options.into());
                self
            }

            /// Lets nothing be written to the container's own file system.
            pub fn read_only(mut self) -> Self {
                self.settings.host().readonly_rootfs = Some(true);
                self
            }

            /// The size of `/dev/shm` in bytes; 64 MiB if not set.
            pub fn shm_size(mut self, bytes: u64) -> Self {
                let bytes = $crate::containers::settings::limits::bytes(bytes);
                self.settings.host().shm_size = Some(bytes);
                self
            }

            /// An option for the storage driver, such as `size` and `120G`.
            pub fn storage_option(
                mut self,
                key: impl Into<String>,
                value: impl Into<String>,
            ) -> Self {
                let options = &mut self.settings.host().storage_opt;
                options.insert(key.into(), value.into());
                self
            }
        }
    };
}
pub(crate) use storage_settings;
