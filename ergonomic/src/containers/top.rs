//! `docker top`.

use super::Container;
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::ContainerTopParams;
use crate::raw::types::ContainerTopResponse;

/// A question for the processes of a container; await it for the answer.
///
/// See [`Container::top`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Top {
    container: Container,
    args: Vec<String>,
}

impl Container {
    /// The processes that run in this container: the titles of a table, and its rows.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such container, and
    /// [`is_conflict`](crate::Error::is_conflict) if it does not run; some engines answer 500.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let top = docker.container("web").top().args(["-o", "pid,args"]).await?;
    /// for process in top.processes {
    ///     println!("{}", process.join("\t"));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn top(&self) -> Top {
        Top {
            container: self.clone(),
            args: Vec::new(),
        }
    }
}

impl Top {
    /// What `ps` is given at the engine's host; `-ef` if not set.
    pub fn args<S: Into<String>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.args = args.into_iter().map(Into::into).collect();
        self
    }

    async fn send(self) -> Result<ContainerTopResponse> {
        let (call, name) = self.container.call("list processes of container")?;
        let params = ContainerTopParams {
            ps_args: (!self.args.is_empty()).then(|| self.args.join(" ")),
        };
        let docker = &self.container.docker;
        let request = docker.raw().container_top(name, &params);
        operation::document(&call, request).await
    }
}

awaited!(Top => ContainerTopResponse);
