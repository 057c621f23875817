//! What runs in a new container.

/// Setters of the process, for a builder with `settings`.
macro_rules! process_settings {
    ($builder:ty) => {
        impl $builder {
            /// The command, in place of the image's own.
            pub fn cmd<S: Into<String>>(mut self, cmd: impl IntoIterator<Item = S>) -> Self {
                self.settings.body.cmd = cmd.into_iter().map(Into::into).collect();
                self
            }

            /// What the command is given to, in place of the image's own entry point; `[""]` is
            /// none at all.
            pub fn entrypoint<S: Into<String>>(
                mut self,
                entrypoint: impl IntoIterator<Item = S>,
            ) -> Self {
                self.settings.body.entrypoint = entrypoint.into_iter().map(Into::into).collect();
                self
            }

            /// A variable of the environment, besides those of the image.
            pub fn env(mut self, key: impl AsRef<str>, value: impl AsRef<str>) -> Self {
                let entry = format!("{}={}", key.as_ref(), value.as_ref());
                self.settings.body.env.push(entry);
                self
            }

            /// Variables of the environment, besides those of the image.
            pub fn envs<K: AsRef<str>, V: AsRef<str>>(
                self,
                variables: impl IntoIterator<Item = (K, V)>,
            ) -> Self {
                let variables = variables.into_iter();
                variables.fold(self, |builder, (key, value)| builder.env(key, value))
            }

            /// Whether the container gets the proxies of the CLI's `config.json` as variables, unless
            /// it has been given them, by [`body`](Self::body) too; `true` if not set, and
            /// [`Connect::proxy_variables`](crate::Connect::proxy_variables) does not say otherwise.
            pub fn proxy_variables(mut self, give: bool) -> Self {
                self.settings.proxies = give;
                self
            }

            /// The user, as `name`, `uid` or `uid:gid`.
            pub fn user(mut self, user: impl Into<String>) -> Self {
                self.settings.body.user = Some(user.into());
                self
            }

            /// A group that the user belongs to besides its own, by name or number.
            pub fn group_add(mut self, group: impl Into<String>) -> Self {
                self.settings.host().group_add.push(group.into());
                self
            }

            /// The folder that the command begins in.
            pub fn workdir(mut self, path: impl Into<String>) -> Self {
                self.settings.body.working_dir = Some(path.into());
                self
            }

            /// Makes the first process one of the engine's, which passes signals on to the
            /// command and cleans up after processes that have lost their parent.
            ///
            /// # API version
            ///
            /// Since 1.25.
            pub fn init(mut self) -> Self {
                self.settings.host().init = Some(true);
                self
            }

            /// The signal that asks the container to end, such as `SIGINT`, in place of the
            /// image's own.
            pub fn stop_signal(mut self, signal: impl Into<String>) -> Self {
                self.settings.body.stop_signal = Some(signal.into());
                self
            }

            /// How long the container may take to end when it is stopped, to the second, before
            /// it is killed; 10 s if not set.
            ///
            /// # API version
            ///
            /// Since 1.25.
            pub fn stop_timeout(mut self, timeout: std::time::Duration) -> Self {
                let seconds = $crate::containers::whole_seconds(timeout);
                self.settings.body.stop_timeout = Some(seconds);
                self
            }

            /// How the engine finds out whether the container does well, in place of the image's
            /// own check. [`wait_healthy`](crate::Container::wait_healthy) waits for that.
            pub fn health_check(mut self, check: impl Into<$crate::HealthCheck>) -> Self {
                self.settings.body.healthcheck = Some(check.into().into_raw());
                self
            }

            /// Whether the engine starts the container again when it ends.
            pub fn restart(mut self, policy: $crate::RestartPolicy) -> Self {
                self.settings.host().restart_policy = Some(policy.into_raw());
                self
            }

            /// Lets the engine remove the container, and its volumes without a name, at its end.
            ///
            /// # API version
            ///
            /// Since 1.25. On an older engine this crate does it where it stays connected to the
            /// container's end.
            pub fn auto_remove(mut self) -> Self {
                self.settings.host().auto_remove = Some(true);
                self
            }

            /// What the engine does with the container's output, such as `local`, `journald` or
            /// `none`.
            pub fn log_driver(mut self, driver: impl AsRef<str>) -> Self {
                let config = self.settings.host().log_config.get_or_insert_default();
                config.type_ = Some(driver.as_ref().into());
                self
            }

            /// An option for the log driver, such as `max-size` and `10m`.
            pub fn log_option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
                let config = self.settings.host().log_config.get_or_insert_default();
                config.config.insert(key.into(), value.into());
                self
            }
        }
    };
}
pub(crate) use process_settings;
