//! Events that go on, whatever becomes of the connection or the engine.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use futures_core::Stream;
use futures_util::{TryStreamExt, stream};

use super::{Event, EventStream, Events};
use crate::answer::Result;
use crate::moment::Moment;
use crate::stream::Backoff;

/// How far the order in which events come may lie from their times.
const DISORDER: Duration = Duration::from_secs(1);
/// What the clock counts by which an engine says when it answers.
const SECOND: Duration = Duration::from_secs(1);
/// How many events are remembered; more than an engine sends again. Docker keeps 256.
const REMEMBERED: usize = 4096;

impl Events {
    /// Watches on and on: when the connection or the engine goes away, this connects again as soon
    /// as it can, asks for what has happened meanwhile, and gives each event once.
    ///
    /// Docker remembers its last 256 events, until it is stopped. Where it no longer remembers the
    /// last one that came, others may be lost too, and a [`Gap`](Resumed::Gap) says so. After one,
    /// look at the state of what the events were to tell of.
    ///
    /// Attempts to connect again become rarer, up to one in 10 s, and go on until the engine
    /// answers; `tokio::time::timeout` bounds how long to wait for an event.
    ///
    /// # Errors
    ///
    /// If the engine cannot be reached at first; later, if it is back and refuses.
    ///
    /// # Dropping
    ///
    /// Dropping the stream ends the request.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use dockwright::Resumed;
    ///
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// let mut events = docker.events().label("app=web").resume().await?;
    /// while let Some(item) = events.try_next().await? {
    ///     match item {
    ///         Resumed::Event(event) => println!("{event}"),
    ///         Resumed::Gap { .. } => println!("events are missing: look for yourself"),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn resume(self) -> Result<ResumedEvents> {
        let mut watch = Watch::new(self);
        watch.open().await?;
        let items = stream::unfold(Some(watch), async |watch| {
            let mut watch = watch?;
            match watch.next().await.transpose()? {
                Ok(item) => Some((Ok(item), Some(watch))),
                // Only one event was not of the expected form.
                Err(error) if error.json_path().is_some() => Some((Err(error), Some(watch))),
                Err(error) => Some((Err(error), None)),
            }
        });
        Ok(ResumedEvents {
            items: Box::pin(items),
        })
    }
}

/// What comes of watching an engine on and on.
///
/// See [`Events::resume`] for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resumed {
    /// Something happened. Each event comes once.
    Event(Event),
    /// The connection was lost, and the engine does not know how to go on from where it broke:
    /// events may be missing. Those that it does remember follow.
    #[non_exhaustive]
    Gap {
        /// Until then nothing is missing, by the engine's clock.
        from: SystemTime,
        /// From then on nothing is missing.
        until: SystemTime,
    },
}

/// The events of an engine, each once, past lost connections.
///
/// This is a [`Stream`] too, for the combinators of the `futures` crates.
///
/// # Dropping
///
/// Dropping it ends the request.
#[must_use = "events are read as this is polled"]
pub struct ResumedEvents {
    items: Pin<Box<dyn Stream<Item = Result<Resumed>> + Send>>,
}

impl ResumedEvents {
    /// The next event, or what is known to be missing. `None` at the time that
    /// [`until`](Events::until) names, and never without it.
    ///
    /// # Errors
    ///
    /// As for [`resume`](Events::resume); the stream is at its end then. An event that is not of
    /// the expected form is an error too, after which the stream goes on.
    pub async fn try_next(&mut self) -> Result<Option<Resumed>> {
        TryStreamExt::try_next(&mut self.items).await
    }
}

impl Stream for ResumedEvents {
    type Item = Result<Resumed>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.items.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for ResumedEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResumedEvents")
    }
}

struct Watch {
    events: Events,
    /// `None` while there is no connection.
    stream: Option<EventStream>,
    seen: Seen,
    /// What was asked for begins here.
    first: Option<SystemTime>,
    /// The event that came last.
    last: Option<Event>,
    /// Until when nothing is missing, by the engine's clock.
    whole: SystemTime,
    backoff: Backoff,
    /// An event that comes after a gap that it has shown.
    held: Option<Event>,
    /// Since when there is a connection of which it is not known whether anything was lost before.
    unproven: Option<SystemTime>,
}

impl Watch {
    fn new(mut events: Events) -> Self {
        // What is before now must stay the same moment.
        events.since = events.since.map(|since| since.time().into());
        events.until = events.until.map(|until| until.time().into());
        let first = events.since.map(Moment::time);
        Self {
            events,
            stream: None,
            seen: Seen::default(),
            first,
            last: None,
            whole: first.unwrap_or(SystemTime::UNIX_EPOCH),
            backoff: Backoff::default(),
            held: None,
            unproven: None,
        }
    }

    /// Connects for the first time.
    async fn open(&mut self) -> Result<()> {
        let stream = self.events.clone().await?;
        if self.first.is_none() {
            self.whole = stream.began;
        }
        self.stream = Some(stream);
        Ok(())
    }

    async fn next(&mut self) -> Result<Option<Resumed>> {
        loop {
            if let Some(event) = self.held.take() {
                return Ok(Some(self.came(event)));
            }
            let Some(stream) = &mut self.stream else {
                self.backoff.wait().await;
                match self.reopen().await {
                    Ok(Some(gap)) => return Ok(Some(gap)),
                    Ok(None) => continue,
                    Err(error) if self.backoff.may_pass(&error) => continue,
                    Err(error) => return Err(error),
                }
            };
            match stream.try_next().await {
                Ok(Some(event)) if self.seen.has(&event) => self.unproven = None,
                Ok(Some(event)) => {
                    let Some(until) = self.unproven.take() else {
                        return Ok(Some(self.came(event)));
                    };
                    let gap = self.gap(event.time.min(until));
                    self.held = Some(event);
                    return Ok(Some(gap));
                }
                Ok(None) if self.is_over() => return Ok(None),
                Ok(None) => self.stream = None,
                Err(error) if error.json_path().is_some() => return Err(error),
                Err(error) if self.backoff.may_pass(&error) => self.stream = None,
                Err(error) => return Err(error),
            }
        }
    }

    fn came(&mut self, event: Event) -> Resumed {
        self.backoff.reset();
        self.seen.add(&event);
        self.first.get_or_insert(event.time);
        self.whole = self.whole.max(event.time);
        self.last = Some(event.clone());
        Resumed::Event(event)
    }

    /// Connects again, from before the last event; tells if the engine does not remember it.
    async fn reopen(&mut self) -> Result<Option<Resumed>> {
        let mut events = self.events.clone();
        let since = match (self.first, &self.last) {
            (Some(first), Some(last)) => {
                let since = last.time.checked_sub(DISORDER).unwrap_or(first);
                Moment::just_before(since.max(first))
            }
            _ => self.whole.into(),
        };
        events.since = Some(since);
        let stream = events.await?;
        let began = stream.began;
        if stream.podman {
            // It has a log of its events. If it has cut that short, its first event tells.
            self.unproven = self.last.is_some().then_some(began);
        } else if !self.is_remembered().await? {
            self.stream = Some(stream);
            return Ok(Some(self.gap(began)));
        }
        self.stream = Some(stream);
        Ok(None)
    }

    /// Whether the engine still knows the last event that came. Then it knows all after it: what
    /// it forgets first is what is oldest.
    async fn is_remembered(&mut self) -> Result<bool> {
        let Some(last) = &self.last else {
            return Ok(false);
        };
        let mut events = self.events.clone();
        events.since = Some(last.time.into());
        events.until = events.since;
        let mut events = events.await?;
        while let Some(event) = events.try_next().await? {
            if event == *last {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What may be missing before a connection that began in this second.
    fn gap(&mut self, began: SystemTime) -> Resumed {
        let from = self.whole;
        self.whole = from.max(began);
        Resumed::Gap {
            from,
            until: self.whole.checked_add(SECOND).unwrap_or(self.whole),
        }
    }

    fn is_over(&self) -> bool {
        let until = self.events.until.map(Moment::time);
        until.is_some_and(|until| until <= SystemTime::now())
    }
}

/// The events that came of late, by what they say.
#[derive(Default)]
struct Seen {
    order: VecDeque<u64>,
    known: HashSet<u64>,
}

impl Seen {
    fn has(&self, event: &Event) -> bool {
        self.known.contains(&hash(event))
    }

    fn add(&mut self, event: &Event) {
        let hash = hash(event);
        self.known.insert(hash);
        self.order.push_back(hash);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

fn hash(event: &Event) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(event)
}
