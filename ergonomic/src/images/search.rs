//! `docker search`.

use super::Images;
use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::operation;
use crate::raw::ImageSearchParams;
use crate::raw::types::ImageSearchResponseItem;
use crate::registry::{Auth, Credentials, Registry};

/// A search for images in a registry; await it for what was found.
///
/// See [`Images::search`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct SearchImages {
    docker: Docker,
    params: ImageSearchParams,
    credentials: Option<Credentials>,
    filters: Filters,
}

impl Images {
    /// Searches Docker Hub for images; or another registry, if the term begins with its host.
    ///
    /// # Errors
    ///
    /// If the engine does not reach the registry, or that has no search.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for found in docker.images().search("postgres").stars(100).limit(5).await? {
    ///     println!("{:?}", found.name);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn search(&self, term: impl Into<String>) -> SearchImages {
        SearchImages {
            docker: self.docker.clone(),
            params: ImageSearchParams {
                term: term.into(),
                ..Default::default()
            },
            credentials: None,
            filters: Default::default(),
        }
    }
}

impl SearchImages {
    /// At most this many; engines allow 1 to 100.
    pub fn limit(mut self, count: u32) -> Self {
        self.params.limit = Some(count.into());
        self
    }

    /// Only those that are official, or that are not.
    pub fn official(self, official: bool) -> Self {
        self.filter("is-official", official.to_string())
    }

    /// Only those with this many stars or more.
    pub fn stars(self, count: u32) -> Self {
        self.filter("stars", count.to_string())
    }

    /// Only those for which this holds, such as `stars=3`.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    /// What to prove to the registry with, in place of what is
    /// [configured](crate::Docker::login).
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    async fn send(mut self) -> Result<Vec<ImageSearchResponseItem>> {
        let call = self.docker.call("search images").on(&self.params.term);
        let (docker, call) = (&self.docker, &call);
        self.params.filters = self.filters.to_param();
        docker.allows(call, &self.params)?;
        let auth = Auth::new(
            docker,
            call,
            Registry::of_search(&self.params.term),
            self.credentials.as_ref(),
        );
        let asked = auth.ask(|header| {
            let params = ImageSearchParams {
                x_registry_auth: Some(header),
                ..self.params.clone()
            };
            async move {
                let request = docker.raw().image_search(&params);
                operation::document(call, request).await
            }
        });
        asked.await
    }
}

awaited!(SearchImages => Vec<ImageSearchResponseItem>);
