//! What keeps a new container apart from the machine and from others, and what lets it through.

/// Setters of privileges and namespaces, for a builder with `settings`.
macro_rules! isolation_settings {
    ($builder:ty) => {
        impl $builder {
            /// A capability of the kernel, such as `NET_ADMIN`, or `ALL`.
            pub fn cap_add(mut self, capability: impl Into<String>) -> Self {
                self.settings.host().cap_add.push(capability.into());
                self
            }

            /// Takes a capability away that containers have, or `ALL`.
            pub fn cap_drop(mut self, capability: impl Into<String>) -> Self {
                self.settings.host().cap_drop.push(capability.into());
                self
            }

            /// Lets the container do what the engine's host may do.
            pub fn privileged(mut self) -> Self {
                self.settings.host().privileged = Some(true);
                self
            }

            /// An option for the kernel's means of security, such as `no-new-privileges`.
            pub fn security_option(mut self, option: impl Into<String>) -> Self {
                self.settings.host().security_opt.push(option.into());
                self
            }

            /// A parameter of the kernel in the container's namespaces, such as
            /// `net.core.somaxconn`.
            pub fn sysctl(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
                let sysctls = &mut self.settings.host().sysctls;
                sysctls.insert(name.into(), value.into());
                self
            }

            /// How much of something a process may have, such as `nofile`.
            pub fn ulimit(
                mut self,
                name: impl Into<String>,
                limit: impl Into<$crate::Ulimit>,
            ) -> Self {
                let limit = limit.into().into_raw(name.into());
                self.settings.host().ulimits.push(limit);
                self
            }

            /// Makes the kernel leave its processes alone when memory runs out.
            pub fn oom_kill_disable(mut self) -> Self {
                self.settings.host().oom_kill_disable = Some(true);
                self
            }

            /// How readily the kernel ends its processes when memory runs out: -1000 to 1000.
            pub fn oom_score_adj(mut self, score: i16) -> Self {
                self.settings.host().oom_score_adj = Some(score.into());
                self
            }

            /// How readily its memory is swapped out: 0 to 100.
            pub fn memory_swappiness(mut self, percent: u8) -> Self {
                self.settings.host().memory_swappiness = Some(percent.into());
                self
            }

            /// Passes a device of the engine's host on.
            pub fn device(mut self, device: impl Into<$crate::Device>) -> Self {
                let device = device.into().into_raw();
                self.settings.host().devices.push(device);
                self
            }

            /// Devices that the container may use once they are there, such as `c 13:* rwm`.
            ///
            /// # API version
            ///
            /// Since 1.28.
            pub fn device_cgroup_rule(mut self, rule: impl Into<String>) -> Self {
                let rules = &mut self.settings.host().device_cgroup_rules;
                rules.push(rule.into());
                self
            }

            /// Passes graphics processors on.
            ///
            /// # API version
            ///
            /// Since 1.40.
            pub fn gpus(mut self, gpus: $crate::Gpus) -> Self {
                let gpus = gpus.into_raw();
                self.settings.host().device_requests.push(gpus);
                self
            }

            /// What runs the container, by the name that the engine has for it.
            pub fn runtime(mut self, runtime: impl Into<String>) -> Self {
                self.settings.host().runtime = Some(runtime.into());
                self
            }

            /// How the container is kept apart on Windows: `process` or `hyperv`.
            pub fn isolation(mut self, isolation: impl AsRef<str>) -> Self {
                self.settings.host().isolation = Some(isolation.as_ref().into());
                self
            }

            /// The group of processes that the container's own is put into.
            pub fn cgroup_parent(mut self, parent: impl Into<String>) -> Self {
                self.settings.host().cgroup_parent = Some(parent.into());
                self
            }

            /// Whose control groups it sees: `private` or `host`.
            ///
            /// # API version
            ///
            /// Since 1.41.
            pub fn cgroupns(mut self, mode: impl AsRef<str>) -> Self {
                self.settings.host().cgroupns_mode = Some(mode.as_ref().into());
                self
            }

            /// Whom it shares memory with: `private`, `shareable`, `host`, `none` or
            /// `container:<name>`.
            pub fn ipc(mut self, mode: impl Into<String>) -> Self {
                self.settings.host().ipc_mode = Some(mode.into());
                self
            }

            /// Whose processes it sees: `host` or `container:<name>`, if not its own alone.
            pub fn pid(mut self, mode: impl Into<String>) -> Self {
                self.settings.host().pid_mode = Some(mode.into());
                self
            }

            /// `host`, to have the host's name.
            pub fn uts(mut self, mode: impl Into<String>) -> Self {
                self.settings.host().uts_mode = Some(mode.into());
                self
            }

            /// `host`, to have the host's users where the engine gives containers their own.
            pub fn userns(mut self, mode: impl Into<String>) -> Self {
                self.settings.host().userns_mode = Some(mode.into());
                self
            }
        }
    };
}
pub(crate) use isolation_settings;
