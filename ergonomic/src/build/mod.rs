//! `docker build`, and what builders keep.

mod builder;
mod context;
pub(crate) mod ignore;
mod options;
mod outcome;
mod trace;

pub use builder::{Builder, CancelBuild, PruneBuildCache, PrunedBuildCache};
pub use context::BuildContext;
pub use trace::{Trace, Vertex, VertexLog, VertexState, VertexStatus, VertexWarning};

use std::collections::BTreeMap;
use std::fmt;

use self::context::Dockerfile;
use self::outcome::Built;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::error::{Call, Error};
use crate::images::{Image, Images, Parts};
use crate::operation;
use crate::progress::Progress;
use crate::proxies;
use crate::raw::ImageBuildParams;
use crate::raw::types::{ImageBuildVersion, Ulimit};
use crate::registry::{Credentials, for_build, registry_config};
use crate::transport;

/// A build of an image; await it for the image, or watch it by [`progress`](Build::progress).
#[must_use = "nothing is sent until this is awaited"]
pub struct Build {
    docker: Docker,
    context: BuildContext,
    dockerfile: Option<Dockerfile>,
    buildkit: bool,
    args: BTreeMap<String, String>,
    labels: BTreeMap<String, String>,
    cache_from: Vec<String>,
    ulimits: Vec<Ulimit>,
    credentials: Vec<Credentials>,
    /// Whether the configured proxies are arguments.
    proxies: bool,
    /// What is sent as it is given.
    params: ImageBuildParams,
}

impl Images {
    /// Builds an image. Awaiting gives the image by its id.
    ///
    /// The context is packed and sent while the engine answers, in constant memory.
    ///
    /// What builds is the engine's classic builder, unless [`buildkit`](Build::buildkit) is set: it
    /// is there on every engine, needs nothing but the context, and knows the
    /// [`credentials`](Build::credentials). Podman builds in its one way, whatever is set.
    ///
    /// # Errors
    ///
    /// - [`exit_code`](Error::exit_code) tells that a `RUN` failed, and how;
    /// - [`is_invalid_input`](Error::is_invalid_input) if there is no such directory or a line of its
    ///   `.dockerignore` is no pattern, and, where the engine tells, if the Dockerfile is malformed;
    /// - [`is_local_file`](Error::is_local_file) if there is no Dockerfile, or a file of the context
    ///   cannot be read.
    ///
    /// # Dropping
    ///
    /// Dropping the future, or the [`Progress`], stops the build.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// use dockwright::BuildContext;
    ///
    /// let image = docker.images().build(BuildContext::dir("./app")).tag("app:dev").await?;
    /// println!("{}", image.name_or_id());
    /// # Ok(()) }
    /// ```
    pub fn build(&self, context: BuildContext) -> Build {
        Build {
            docker: self.docker.clone(),
            context,
            dockerfile: None,
            buildkit: false,
            args: BTreeMap::new(),
            labels: BTreeMap::new(),
            cache_from: Vec::new(),
            ulimits: Vec::new(),
            credentials: Vec::new(),
            proxies: true,
            params: ImageBuildParams {
                rm: Some(true),
                ..Default::default()
            },
        }
    }
}

impl Build {
    /// Begins the build, and gives its steps as a stream that ends in the image.
    ///
    /// What the classic builder and Podman tell is text, [`Step::Output`](crate::Step::Output);
    /// what BuildKit tells is a [`Step::Trace`](crate::Step::Trace).
    ///
    /// # Errors
    ///
    /// As for [`build`](Images::build).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// use dockwright::{BuildContext, Step};
    ///
    /// let context = BuildContext::dockerfile("FROM alpine\nRUN apk add curl");
    /// let mut build = docker.images().build(context).progress().await?;
    /// while let Some(step) = build.try_next().await? {
    ///     if let Step::Output(text) = step {
    ///         print!("{text}");
    ///     }
    /// }
    /// let image = build.await?;
    /// # Ok(()) }
    /// ```
    pub async fn progress(mut self) -> Result<Progress<Image>> {
        let call = self.call();
        self.check().map_err(|error| error.during(&call))?;
        if self.proxies {
            let variables = proxies::variables(&self.docker, &call).await?;
            for (name, value) in variables {
                self.args.entry(name.to_owned()).or_insert(value);
            }
        }
        self.write_params();
        self.docker.allows(&call, &self.params)?;
        let advice = self.prove(&call).await?;
        let packed = self.context.pack(self.dockerfile, self.buildkit).await;
        let packed = packed.map_err(|error| error.during(&call))?;
        self.params.remote = packed.remote;
        self.params.dockerfile = packed.dockerfile;
        let (body, failure) = packed.body.into_body();
        let request = self.docker.raw().image_build(&self.params, body);
        let response = operation::answered(&call, request);
        let response = failure.explain(response).await?;
        let steps = failure.explain_in(transport::buffers(&call, response.into_inner()));
        Ok(Progress::new(steps, call, Built::new(self.docker)).if_refused(advice))
    }

    fn call(&self) -> Call {
        let call = self.docker.call("build image");
        match self.params.t.first() {
            Some(tag) => call.on(tag),
            None => call,
        }
    }

    fn check(&self) -> Result<()> {
        for tag in &self.params.t {
            Parts::of_new(tag)?;
        }
        if self.args.contains_key("") || self.labels.contains_key("") {
            return Err(Error::invalid(
                "an argument or label of the build has no name",
            ));
        }
        Ok(())
    }

    /// The parameters that are JSON themselves.
    fn write_params(&mut self) {
        let params = &mut self.params;
        params.version = self.buildkit.then_some(ImageBuildVersion::X2);
        if !self.args.is_empty() {
            params.buildargs = Some(json(&self.args));
        }
        if !self.labels.is_empty() {
            params.labels = Some(json(&self.labels));
        }
        if !self.cache_from.is_empty() {
            params.cachefrom = Some(json(&self.cache_from));
        }
        if !self.ulimits.is_empty() {
            params.ulimits = Some(json(&self.ulimits));
        }
    }

    /// Adds the credentials, and gives what to say if a registry refuses.
    async fn prove(&mut self, call: &Call) -> Result<Option<String>> {
        let given = &self.credentials;
        let found = match self.buildkit {
            // It would ask for them in a session.
            true => Ok((given.clone(), None)),
            false => for_build(&self.docker, given).await,
        };
        let (credentials, advice) = found.map_err(|error| error.during(call))?;
        if !credentials.is_empty() {
            self.params.x_registry_config = Some(registry_config(&credentials));
        }
        Ok(advice)
    }

    async fn send(self) -> Result<Image> {
        self.progress().await?.await
    }
}

awaited!(Build => Image);

/// What is built with may be secret, and does not show: arguments, credentials, a Dockerfile's text.
impl fmt::Debug for Build {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Build")
            .field("context", &self.context)
            .field("tags", &self.params.t)
            .field("target", &self.params.target)
            .field("buildkit", &self.buildkit)
            .finish_non_exhaustive()
    }
}

fn json(value: &impl serde::Serialize) -> String {
    // Maps and lists of strings and numbers are always JSON.
    serde_json::json!(value).to_string()
}
