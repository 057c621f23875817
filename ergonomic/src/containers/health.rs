//! How an engine finds out whether a container does well.

use std::fmt;
use std::time::Duration;

use crate::raw::types::HealthConfig;

/// A command that the engine runs in a container again and again, to see whether it does well.
///
/// What is not set is as the image has it, or else as the engine has it. The command may hold
/// secrets, and does not show in `Debug`.
///
/// ```
/// use std::time::Duration;
/// use dockwright::HealthCheck;
///
/// let check = HealthCheck::shell("curl -f http://localhost/ || exit 1")
///     .interval(Duration::from_secs(5))
///     .retries(3);
/// ```
#[derive(Clone, Default, PartialEq)]
#[must_use = "a check is made by giving it to a container"]
pub struct HealthCheck {
    config: HealthConfig,
}

impl HealthCheck {
    fn test(kind: &str, arguments: impl IntoIterator<Item = String>) -> Self {
        let kind = [kind.to_owned()].into_iter();
        Self {
            config: HealthConfig {
                test: kind.chain(arguments).collect(),
                ..Default::default()
            },
        }
    }

    /// Runs this command. Exit code 0 is health, and 1 is not.
    pub fn cmd<S: Into<String>>(command: impl IntoIterator<Item = S>) -> Self {
        Self::test("CMD", command.into_iter().map(Into::into))
    }

    /// Runs this line by the image's shell.
    pub fn shell(line: impl Into<String>) -> Self {
        Self::test("CMD-SHELL", [line.into()])
    }

    /// No check, though the image has one.
    pub fn none() -> Self {
        Self::test("NONE", [])
    }

    /// The image's check, at other times.
    pub fn inherited() -> Self {
        Self::default()
    }

    /// How long to wait from one check to the next; 30 s, if nobody says otherwise.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.config.interval = Some(nanoseconds(interval));
        self
    }

    /// How long one check may take before it counts as failed; 30 s, if nobody says otherwise.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.config.timeout = Some(nanoseconds(timeout));
        self
    }

    /// How many checks must fail in a row; 3, if nobody says otherwise.
    pub fn retries(mut self, retries: u32) -> Self {
        self.config.retries = Some(retries.into());
        self
    }

    /// How long after the start failed checks do not count.
    ///
    /// # API version
    ///
    /// Since 1.29.
    pub fn start_period(mut self, period: Duration) -> Self {
        self.config.start_period = Some(nanoseconds(period));
        self
    }

    /// How long to wait from one check to the next while failed ones do not count.
    ///
    /// # API version
    ///
    /// Since 1.44.
    pub fn start_interval(mut self, interval: Duration) -> Self {
        self.config.start_interval = Some(nanoseconds(interval));
        self
    }

    pub(crate) fn into_raw(self) -> HealthConfig {
        self.config
    }
}

/// As the API has it, for what this type has no words for.
impl From<HealthConfig> for HealthCheck {
    fn from(config: HealthConfig) -> Self {
        Self { config }
    }
}

fn nanoseconds(duration: Duration) -> i64 {
    duration.as_nanos().try_into().unwrap_or(i64::MAX)
}

impl fmt::Debug for HealthCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HealthCheck")
            .field("interval", &self.config.interval)
            .field("timeout", &self.config.timeout)
            .field("retries", &self.config.retries)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_begins_with_its_kind_and_times_are_nanoseconds() {
        let check = HealthCheck::cmd(["true"]).interval(Duration::from_millis(20));
        let config = check.start_period(Duration::MAX).into_raw();
        assert_eq!(config.test, ["CMD", "true"]);
        assert_eq!(config.interval, Some(20_000_000));
        assert_eq!(config.start_period, Some(i64::MAX));
        assert_eq!(
            HealthCheck::shell("a b").into_raw().test,
            ["CMD-SHELL", "a b"]
        );
        assert_eq!(HealthCheck::none().into_raw().test, ["NONE"]);
        assert!(HealthCheck::inherited().into_raw().test.is_empty());
    }
}
