//! What a build can be told.

use std::path::PathBuf;
use std::time::Duration;

use super::Build;
use super::context::Dockerfile;
use crate::containers::Ulimit;
use crate::registry::Credentials;

impl Build {
    /// A name for the image, with or without a tag. There may be several.
    pub fn tag(mut self, name: impl Into<String>) -> Self {
        self.params.t.push(name.into());
        self
    }

    /// The Dockerfile's path in the context; `Dockerfile`, if not set.
    ///
    /// Where the context is a directory, the path may also lead out of it, as `../Dockerfile` or an
    /// absolute path does: such a Dockerfile is sent along, and is no part of the context.
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.dockerfile = Some(Dockerfile::File(path.into()));
        self
    }

    /// The text of the Dockerfile, whatever Dockerfile the context, a directory, has itself.
    pub fn dockerfile(mut self, text: impl Into<String>) -> Self {
        self.dockerfile = Some(Dockerfile::Text(text.into()));
        self
    }

    /// Whether BuildKit builds, and not the classic builder.
    ///
    /// BuildKit builds stages side by side, leaves out those that are not needed, and takes the
    /// newer words of Dockerfiles, such as `COPY --link` and `RUN --mount=type=cache`. What needs
    /// the client during the build does not work: secrets, SSH, and
    /// [`credentials`](Build::credentials). Of a directory, `Dockerfile.dockerignore` is used in the
    /// place of `.dockerignore`, if there is one. The Dockerfile itself is a part of the context.
    ///
    /// # API version
    ///
    /// Since 1.38.
    pub fn buildkit(mut self, buildkit: bool) -> Self {
        self.buildkit = buildkit;
        self
    }

    /// The value of an `ARG`. It does not show in `Debug`, but it may in the image's history.
    pub fn build_arg(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.args.insert(name.into(), value.into());
        self
    }

    /// Whether the build gets the proxies of the CLI's `config.json` as arguments (which `RUN` steps
    /// see as variables, and which leave no trace in the image), unless it has been given them;
    /// `true` if not set, and [`Connect::proxy_variables`](crate::Connect::proxy_variables) does not
    /// say otherwise.
    pub fn proxy_variables(mut self, give: bool) -> Self {
        self.proxies = give;
        self
    }

    /// A label of the image.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(key.into(), value.into());
        self
    }

    /// The stage to build; the last one, if not set.
    ///
    /// # API version
    ///
    /// Since 1.29.
    pub fn target(mut self, stage: impl Into<String>) -> Self {
        self.params.target = Some(stage.into());
        self
    }

    /// An image whose layers are used where they are what a step would make. There may be several.
    pub fn cache_from(mut self, image: impl Into<String>) -> Self {
        self.cache_from.push(image.into());
        self
    }

    /// Whether to make every step anew.
    pub fn no_cache(mut self, no_cache: bool) -> Self {
        self.params.nocache = Some(no_cache);
        self
    }

    /// Whether to ask registries for newer base images, though the engine has some.
    pub fn pull(mut self, pull: bool) -> Self {
        self.params.pull = Some(pull.to_string());
        self
    }

    /// The platform to build for, such as `linux/arm64`; that of the engine, if not set.
    ///
    /// # API version
    ///
    /// Since 1.32.
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.params.platform = Some(platform.into());
        self
    }

    /// Whether to tell nothing but the image's id.
    pub fn quiet(mut self, quiet: bool) -> Self {
        self.params.q = Some(quiet);
        self
    }

    /// What to prove to a registry with that base images come from: the one that the credentials
    /// [name](Credentials::registry), or Docker Hub. There may be several. The classic builder uses
    /// them, and Podman.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials.push(credentials);
        self
    }

    /// Whether to remove the containers of steps that went well; they are, if not set. BuildKit
    /// has none.
    pub fn rm(mut self, remove: bool) -> Self {
        self.params.rm = Some(remove);
        self
    }

    /// Whether to remove the container of the step that fails, too.
    pub fn force_rm(mut self, remove: bool) -> Self {
        self.params.forcerm = Some(remove);
        self
    }

    /// Whether to make one layer of all that is new. Docker wants experimental features for it.
    pub fn squash(mut self, squash: bool) -> Self {
        self.params.squash = Some(squash);
        self
    }

    /// The id to [cancel](crate::Builder::cancel) this build by, when BuildKit builds: a text of
    /// your own that no other build has.
    ///
    /// # API version
    ///
    /// Since 1.38.
    pub fn build_id(mut self, id: impl Into<String>) -> Self {
        self.params.buildid = Some(id.into());
        self
    }

    /// The network of `RUN` steps: `bridge`, `host`, `none`, `container:…` or a network's name.
    pub fn network(mut self, network: impl Into<String>) -> Self {
        self.params.networkmode = Some(network.into());
        self
    }

    /// A line for `/etc/hosts` in `RUN` steps. The address may be `host-gateway`.
    ///
    /// # API version
    ///
    /// Since 1.28.
    pub fn add_host(mut self, name: impl AsRef<str>, address: impl AsRef<str>) -> Self {
        let host = format!("{}:{}", name.as_ref(), address.as_ref());
        self.params.extrahosts.push(host);
        self
    }

    /// How many bytes of memory a `RUN` step may have.
    pub fn memory(mut self, bytes: u64) -> Self {
        self.params.memory = Some(signed(bytes));
        self
    }

    /// How many bytes of memory and swap a `RUN` step may have together; twice the memory, if not
    /// set.
    pub fn memory_swap(mut self, bytes: u64) -> Self {
        self.params.memswap = Some(signed(bytes));
        self
    }

    /// Lets a `RUN` step have as much swap as there is.
    pub fn unlimited_swap(mut self) -> Self {
        self.params.memswap = Some(-1);
        self
    }

    /// How many bytes `/dev/shm` has in `RUN` steps.
    pub fn shm_size(mut self, bytes: u64) -> Self {
        self.params.shmsize = Some(signed(bytes));
        self
    }

    /// The weight of `RUN` steps where processors are short; others have 1024.
    pub fn cpu_shares(mut self, shares: u32) -> Self {
        self.params.cpushares = Some(shares.into());
        self
    }

    /// How much processor time a `RUN` step may take in each [period](Build::cpu_period).
    pub fn cpu_quota(mut self, quota: Duration) -> Self {
        self.params.cpuquota = Some(micros(quota));
        self
    }

    /// How long a period is for a [quota](Build::cpu_quota); 100 ms, if not set.
    pub fn cpu_period(mut self, period: Duration) -> Self {
        self.params.cpuperiod = Some(micros(period));
        self
    }

    /// The processors for `RUN` steps, such as `0-3` or `0,1`.
    pub fn cpuset_cpus(mut self, cpus: impl Into<String>) -> Self {
        self.params.cpusetcpus = Some(cpus.into());
        self
    }

    /// The memory nodes for `RUN` steps, such as `0-3` or `0,1`.
    pub fn cpuset_mems(mut self, nodes: impl Into<String>) -> Self {
        self.params.cpusetmems = Some(nodes.into());
        self
    }

    /// How much of something a process of a `RUN` step may have, such as `nofile`.
    pub fn ulimit(mut self, name: impl Into<String>, limit: impl Into<Ulimit>) -> Self {
        self.ulimits.push(limit.into().into_raw(name.into()));
        self
    }

    /// The control group that those of `RUN` steps are made in.
    pub fn cgroup_parent(mut self, parent: impl Into<String>) -> Self {
        self.params.cgroupparent = Some(parent.into());
        self
    }

    /// A security option of `RUN` steps, such as `label=disable`. There may be several.
    pub fn security_option(mut self, option: impl Into<String>) -> Self {
        self.params.securityopt.push(option.into());
        self
    }

    /// How `RUN` steps are kept apart on Windows: `process` or `hyperv`.
    pub fn isolation(mut self, isolation: impl Into<String>) -> Self {
        self.params.isolation = Some(isolation.into());
        self
    }
}

/// More than the engine can count is no limit that anything reaches.
fn signed(number: u64) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

fn micros(duration: Duration) -> i64 {
    duration.as_micros().try_into().unwrap_or(i64::MAX)
}
