//! How far a replay has come, shared by all its connections.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::expect::Got;
use crate::plan::{Exchange, Plan, Step};

/// A replay's plan and how much of it has happened.
///
/// Requests are taken in the recorded order: one that comes too early, as those of concurrent tasks may,
/// waits for those before it. Every server event waits until all events recorded before it have happened.
/// So the order never depends on a clock; only giving up does.
pub(crate) struct Session {
    plan: Plan,
    progress: watch::Sender<Progress>,
    /// How long a request or an answer is held back while nothing else happens.
    patience: Duration,
}

struct Progress {
    /// The first event that has not happened.
    cursor: usize,
    happened: Vec<bool>,
    /// How many of the requests have come.
    arrived: usize,
    complaints: Vec<String>,
}

impl Progress {
    fn happen(&mut self, at: usize) {
        self.happened[at] = true;
        while self.happened.get(self.cursor) == Some(&true) {
            self.cursor += 1;
        }
    }
}

/// Nothing happened for so long that a held answer was given up.
pub(crate) struct Stalled;

impl Session {
    pub(crate) fn new(plan: Plan, patience: Duration) -> Session {
        let progress = Progress {
            cursor: 0,
            happened: vec![false; plan.events.len()],
            arrived: 0,
            complaints: Vec::new(),
        };
        Session {
            plan,
            progress: watch::Sender::new(progress),
            patience,
        }
    }

    pub(crate) fn exchange(&self, index: usize) -> &Exchange {
        &self.plan.exchanges[index]
    }

    /// Waits for the turn of the exchange that a request begins, or says what was expected instead.
    pub(crate) async fn claim(&self, got: &Got) -> Result<usize, String> {
        let mut progress = self.progress.subscribe();
        loop {
            progress.mark_unchanged();
            let expected = match self.try_claim(got) {
                Ok(index) => return Ok(index),
                Err(expected) => expected,
            };
            let later = self.plan.exchanges.iter().skip(expected + 1);
            let early = later
                .into_iter()
                .any(|exchange| exchange.request.differences(got).is_empty());
            if !early || timeout(self.patience, progress.changed()).await.is_err() {
                let message = self.unexpected(expected, got);
                self.complain(message.clone());
                return Err(message);
            }
        }
    }

    /// `Err` is the exchange whose turn it is.
    fn try_claim(&self, got: &Got) -> Result<usize, usize> {
        let mut next = 0;
        let claimed = self.progress.send_if_modified(|progress| {
            next = progress.arrived;
            let expected = self.plan.exchanges.get(next);
            let claimed =
                expected.is_some_and(|expected| expected.request.differences(got).is_empty());
            if claimed {
                progress.arrived += 1;
                progress.happen(self.exchange(next).arrival);
            }
            claimed
        });
        if claimed { Ok(next) } else { Err(next) }
    }

    fn unexpected(&self, index: usize, got: &Got) -> String {
        let Some(Exchange { request, .. }) = self.plan.exchanges.get(index) else {
            return format!(
                "unexpected request `{}`: every recorded request has been made",
                got.line
            );
        };
        let mut message = format!(
            "unexpected request `{}`\n  expected `{}` (request {} of {})",
            got.line,
            request.line,
            index + 1,
            self.plan.exchanges.len(),
        );
        if request.same_resource(got) {
            for difference in request.differences(got) {
                message.push_str(&format!("\n    {difference}"));
            }
        }
        message
    }

    /// Waits for the turn of a server event.
    pub(crate) async fn reach(&self, exchange: usize, at: usize) -> Result<(), Stalled> {
        let mut progress = self.progress.subscribe();
        loop {
            let cursor = progress.borrow_and_update().cursor;
            if cursor >= at {
                return Ok(());
            }
            if timeout(self.patience, progress.changed()).await.is_err() {
                self.complain(format!(
                    "the answer to `{}` was held back for {:?}: {} was recorded before it and has not come",
                    self.exchange(exchange).request.line,
                    self.patience,
                    self.describe(cursor),
                ));
                return Err(Stalled);
            }
        }
    }

    fn describe(&self, at: usize) -> String {
        let exchange = self.exchange(self.plan.events[at]);
        match exchange.arrival == at {
            true => format!("`{}`", exchange.request.line),
            false => format!("something on `{}`", exchange.request.line),
        }
    }

    pub(crate) fn happen(&self, at: usize) {
        self.progress.send_modify(|progress| progress.happen(at));
    }

    pub(crate) fn complain(&self, complaint: String) {
        self.progress
            .send_modify(|progress| progress.complaints.push(complaint));
    }

    /// Waits until all that has begun is over; `Err` holds what did not go as recorded.
    pub(crate) async fn finish(&self) -> Result<(), Mismatch> {
        let mut progress = self.progress.subscribe();
        loop {
            let cursor = progress.borrow_and_update().cursor;
            // A request that has not come by now does not come any more.
            let over = self
                .plan
                .events
                .get(cursor)
                .is_none_or(|&owner| self.exchange(owner).arrival == cursor);
            if over || timeout(self.patience, progress.changed()).await.is_err() {
                break;
            }
        }
        let progress = progress.borrow();
        let mut complaints = progress.complaints.clone();
        if let Some(&owner) = self.plan.events.get(progress.cursor)
            && owner < progress.arrived
        {
            complaints.push(format!(
                "not finished: `{}`",
                self.exchange(owner).request.line
            ));
        }
        for (index, exchange) in self
            .plan
            .exchanges
            .iter()
            .enumerate()
            .skip(progress.arrived)
        {
            complaints.push(format!(
                "never requested: `{}` (request {} of {})",
                exchange.request.line,
                index + 1,
                self.plan.exchanges.len(),
            ));
        }
        Mismatch::unless_empty(complaints)
    }
}

/// One exchange on its way through its recorded steps.
///
/// # Dropping
///
/// The steps that are left are skipped, so that other exchanges do not wait for them.
pub(crate) struct Run {
    session: Arc<Session>,
    exchange: usize,
    next: usize,
    complained: bool,
}

impl Run {
    pub(crate) fn new(session: Arc<Session>, exchange: usize) -> Run {
        Run {
            session,
            exchange,
            next: 0,
            complained: false,
        }
    }

    pub(crate) fn exchange(&self) -> &Exchange {
        self.session.exchange(self.exchange)
    }

    /// The next step: one of the server's when its turn has come, one of the client's at once.
    pub(crate) async fn next(&mut self) -> Result<Option<Step>, Stalled> {
        let Some((at, step)) = self.session.exchange(self.exchange).steps.get(self.next) else {
            return Ok(None);
        };
        if !step.is_client() {
            let reached = self.session.reach(self.exchange, *at).await;
            self.complained |= reached.is_err();
            reached?;
        }
        Ok(Some(step.clone()))
    }

    /// The next step has happened.
    pub(crate) fn done(&mut self) {
        if let Some((at, _)) = self.exchange().steps.get(self.next) {
            self.session.happen(*at);
        }
        self.next += 1;
    }

    pub(crate) fn complain(&mut self, complaint: &str) {
        self.complained = true;
        let line = &self.exchange().request.line;
        self.session.complain(format!("on `{line}`: {complaint}"));
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let left = &self.exchange().steps[self.next.min(self.exchange().steps.len())..];
        let unwritten = left.iter().any(|(_, step)| matches!(step, Step::Client(_)));
        if unwritten && !self.complained {
            self.complain("the connection ended before the client wrote what was recorded");
        }
        while self.next < self.exchange().steps.len() {
            self.done();
        }
    }
}

/// The client did not do what the recording has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    complaints: Vec<String>,
}

impl Mismatch {
    pub(crate) fn new(complaint: String) -> Mismatch {
        Mismatch {
            complaints: vec![complaint],
        }
    }

    pub(crate) fn unless_empty(complaints: Vec<String>) -> Result<(), Mismatch> {
        if complaints.is_empty() {
            Ok(())
        } else {
            Err(Mismatch { complaints })
        }
    }

    /// One text for each unexpected request, each recorded request that never came, and each stream that
    /// went differently.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client did not do what was recorded")?;
        self.complaints
            .iter()
            .try_for_each(|complaint| write!(f, "\n- {complaint}"))
    }
}

impl std::error::Error for Mismatch {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ReplayEngine;

    fn wait_then_start() -> Arc<Session> {
        let script = ReplayEngine::script()
            .on("POST", "/wait")
            .named("wait")
            .later()
            .on("POST", "/start")
            .empty(204)
            .resume("wait")
            .empty(200);
        let plan = Plan::new(&script.into_fixture()).unwrap();
        Arc::new(Session::new(plan, Duration::from_secs(10)))
    }

    fn request(path: &str) -> Got {
        let parts = hyper::Request::post(path).body(()).unwrap().into_parts().0;
        Got::new(&parts, bytes::Bytes::new()).unwrap()
    }

    async fn post(session: &Arc<Session>, path: &str) -> Run {
        Run::new(
            session.clone(),
            session.claim(&request(path)).await.unwrap(),
        )
    }

    #[tokio::test]
    async fn an_answer_is_held_back_until_all_before_it_has_happened() {
        let session = wait_then_start();
        let mut wait = post(&session, "/wait").await;
        let held = tokio::spawn(async move { wait.next().await.is_ok() });
        tokio::task::yield_now().await;
        assert!(!held.is_finished());
        let mut start = post(&session, "/start").await;
        tokio::task::yield_now().await;
        assert!(
            !held.is_finished(),
            "the answer to start was recorded before it"
        );
        while start.next().await.is_ok_and(|step| step.is_some()) {
            start.done();
        }
        assert!(held.await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_cannot_come_is_given_up() {
        let session = wait_then_start();
        let mut wait = post(&session, "/wait").await;
        assert!(wait.next().await.is_err());
        drop(wait);
        assert_eq!(
            session.finish().await.unwrap_err().complaints(),
            [
                "the answer to `POST /wait` was held back for 10s: `POST /start` was recorded before it and \
                 has not come",
                "never requested: `POST /start` (request 2 of 2)",
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_comes_too_early_waits_for_those_before_it() {
        let session = wait_then_start();
        let early = session.clone();
        let start = tokio::spawn(async move { early.claim(&request("/start")).await });
        tokio::task::yield_now().await;
        assert!(!start.is_finished());
        post(&session, "/wait").await;
        assert_eq!(start.await.unwrap(), Ok(1));

        let session = wait_then_start();
        assert_eq!(
            session.claim(&request("/start")).await.unwrap_err(),
            "unexpected request `POST /start`\n  expected `POST /wait` (request 1 of 2)"
        );
    }
}
