//! One thing that is tried on an engine, and how it becomes a test.

use std::fmt;
use std::panic;
use std::pin::Pin;
use std::time::Duration;

use dockwright::ApiVersion;
use libtest_mimic::{Failed, Trial};
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::engine::Engine;

/// Far more than any scenario takes; what hangs fails.
const LIMIT: Duration = Duration::from_secs(120);
/// The same for those that take many containers.
const LONG_LIMIT: Duration = Duration::from_secs(600);

/// Where a scenario is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// On real engines, and replayed: it sends the same requests each time, in the same order.
    Recorded,
    /// On real engines, by each of their transports.
    Live,
    /// On real engines, by one transport: it takes many containers, or a program of its own.
    Long,
    /// On real engines that reach the registry for tests, by one transport.
    Registry,
}

/// Why a play failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Output was right as far as it came, but its end is missing.
    MissingOutput(String),
    Other(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::MissingOutput(reason) | Self::Other(reason)) = self;
        f.write_str(reason)
    }
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self::Other(reason)
    }
}

/// Ends a play for output whose end is missing.
pub(crate) fn missing_output(reason: String) -> ! {
    panic::panic_any(Failure::MissingOutput(reason))
}

type Play = Pin<Box<dyn Future<Output = ()> + Send>>;

/// One thing that is tried on an engine. It panics where the engine does not do as it is expected.
#[derive(Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    pub kind: Kind,
    /// The minor version from which on it is recorded in each; only in the newest if not set.
    pub(crate) since: Option<u16>,
    pub(crate) play: fn(Engine) -> Play,
}

impl Scenario {
    /// Whether it is recorded in a version, the newest of an engine or an older one.
    pub fn is_recorded(&self, version: ApiVersion, newest: bool) -> bool {
        match self.since {
            Some(since) => version >= ApiVersion::new(1, since),
            None => self.kind == Kind::Recorded && newest,
        }
    }

    /// What marks its recorded plays: the same each time.
    pub fn mark(&self) -> String {
        format!("recorded-{}", self.name)
    }

    /// Plays this scenario, to its end or to the limit of time.
    ///
    /// # Errors
    ///
    /// With the message of the panic, or that the time is over.
    pub async fn play(&self, engine: Engine) -> Result<(), Failure> {
        let limit = match self.kind {
            Kind::Long => LONG_LIMIT,
            _ => LIMIT,
        };
        let mut played = tokio::spawn((self.play)(engine));
        match timeout(limit, &mut played).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(failure)) => Err(reason(failure)),
            Err(_) => {
                // What is removed afterwards is not to surprise it.
                played.abort();
                Err(format!("it hangs: not over after {limit:?}").into())
            }
        }
    }
}

/// A test with a runtime of its own.
pub fn trial<F, E>(name: impl Into<String>, test: impl FnOnce() -> F + Send + 'static) -> Trial
where
    F: Future<Output = Result<(), E>>,
    E: fmt::Display,
{
    Trial::test(name, || {
        Runtime::new()?
            .block_on(async { test().await })
            .map_err(Failed::from)
    })
}

fn reason(failure: tokio::task::JoinError) -> Failure {
    let Ok(panic) = failure.try_into_panic() else {
        return Failure::Other("it was cancelled".to_owned());
    };
    if let Some(failure) = panic.downcast_ref::<Failure>() {
        return failure.clone();
    }
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
    Failure::Other(text.unwrap_or_else(|| "it panicked".to_owned()))
}
