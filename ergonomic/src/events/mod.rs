//! `docker events`: what happens on an engine, as it happens.

mod event;
mod resume;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::SystemTime;

use futures_core::Stream;
use futures_util::TryStreamExt;

pub use crate::raw::types::{EventMessageScope as EventScope, EventMessageType as EventKind};
pub use event::Event;
pub use resume::{Resumed, ResumedEvents};

use crate::answer::{Result, awaited};
use crate::docker::Docker;
use crate::filters::Filters;
use crate::moment::Moment;
use crate::operation;
use crate::ping;
use crate::raw::SystemEventsParams;
use crate::stream::json::Values;
use crate::transport::{self, ByteBuffers};

/// A request for the events of an engine; await it for the stream of them.
///
/// See [`Docker::events`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct Events {
    docker: Docker,
    filters: Filters,
    since: Option<Moment>,
    until: Option<Moment>,
}

impl Docker {
    /// What happens on this engine from now on, to all kinds of objects.
    ///
    /// Filters of one kind are alternatives; filters of different kinds must all hold.
    ///
    /// # Dropping
    ///
    /// Dropping the stream ends the request.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use dockwright::EventKind;
    ///
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let mut ends = docker.events().kind(EventKind::Container).action("die").await?;
    /// while let Some(event) = ends.try_next().await? {
    ///     println!("{} ended with {:?}", event.id, event.exit_code());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn events(&self) -> Events {
        Events {
            docker: self.clone(),
            filters: Filters::default(),
            since: None,
            until: None,
        }
    }
}

impl Events {
    /// Only what this filter of the engine lets through; repeat it for alternatives.
    pub fn filter(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.filters.add(key.into(), value.into());
        self
    }

    /// Only what happens to this kind of object.
    pub fn kind(self, kind: EventKind) -> Self {
        self.filter("type", kind.as_str())
    }

    /// Only this action, such as `start`, `die` or `health_status`.
    pub fn action(self, action: impl Into<String>) -> Self {
        self.filter("event", action)
    }

    /// Only what happens to the container with this name or id.
    pub fn container(self, name_or_id: impl Into<String>) -> Self {
        self.filter("container", name_or_id)
    }

    /// Only what happens to this image, and to containers of it.
    pub fn image(self, reference: impl Into<String>) -> Self {
        self.filter("image", reference)
    }

    /// Only what happens to the volume with this name.
    pub fn volume(self, name: impl Into<String>) -> Self {
        self.filter("volume", name)
    }

    /// Only what happens to the network with this name or id.
    pub fn network(self, name_or_id: impl Into<String>) -> Self {
        self.filter("network", name_or_id)
    }

    /// Only what happens to objects with this label, written `key` or `key=value`.
    pub fn label(self, label: impl Into<String>) -> Self {
        self.filter("label", label)
    }

    /// Only what happens to the service with this name or id.
    pub fn service(self, name_or_id: impl Into<String>) -> Self {
        self.filter("service", name_or_id)
    }

    /// Only what happens to the node with this name or id.
    pub fn node(self, name_or_id: impl Into<String>) -> Self {
        self.filter("node", name_or_id)
    }

    /// Only what happens to the secret with this name or id.
    pub fn secret(self, name_or_id: impl Into<String>) -> Self {
        self.filter("secret", name_or_id)
    }

    /// Only what happens to the config with this name or id.
    pub fn config(self, name_or_id: impl Into<String>) -> Self {
        self.filter("config", name_or_id)
    }

    /// Only what happens to the plugin with this name or id.
    pub fn plugin(self, name_or_id: impl Into<String>) -> Self {
        self.filter("plugin", name_or_id)
    }

    /// Only what happens on this engine, or only what happens in its swarm.
    pub fn scope(self, scope: EventScope) -> Self {
        self.filter("scope", scope.as_str())
    }

    /// Begins with what has happened since then, as far as the engine remembers: Docker keeps its
    /// last 256 events in memory, Podman has a log of them.
    pub fn since(mut self, moment: impl Into<Moment>) -> Self {
        self.since = Some(moment.into());
        self
    }

    /// Ends at this time, which may have passed. Podman has nothing to tell of what has passed.
    pub fn until(mut self, moment: impl Into<Moment>) -> Self {
        self.until = Some(moment.into());
        self
    }

    async fn send(self) -> Result<EventStream> {
        let call = self.docker.call("read events");
        let params = SystemEventsParams {
            filters: self.filters.to_param(),
            since: self.since.map(Moment::to_param),
            until: self.until.map(Moment::to_param),
        };
        self.docker.allows(&call, &params)?;
        let request = self.docker.raw().system_events(&params);
        let response = operation::answered(&call, request).await?;
        let began = transport::date(response.headers());
        let podman = ping::is_podman(response.headers());
        let body = transport::buffers(&call, response.into_inner());
        Ok(EventStream {
            values: Values::new(body, call),
            began,
            podman,
        })
    }
}

awaited!(Events => EventStream);

/// The events of an engine as they happen.
///
/// This is a [`Stream`] too, for the combinators of the `futures` crates. An engine does not wait
/// for who does not read: it drops events for them, and does not tell.
///
/// # Dropping
///
/// Dropping it ends the request.
#[must_use = "events are read as this is polled"]
pub struct EventStream {
    values: Values<ByteBuffers, Event>,
    /// When it began, by the engine's clock.
    began: SystemTime,
    podman: bool,
}

impl EventStream {
    /// The next event, or `None` at the end: at the time that was asked for, and when the engine
    /// stops.
    ///
    /// # Errors
    ///
    /// If the connection is lost; the stream is at its end then. An event that is not of the
    /// expected form is an error too, after which the stream goes on.
    pub async fn try_next(&mut self) -> Result<Option<Event>> {
        TryStreamExt::try_next(&mut self.values).await
    }
}

impl Stream for EventStream {
    type Item = Result<Event>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.values).poll_next(cx)
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventStream")
    }
}
