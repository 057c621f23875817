//! Trying again, less and less often.

use std::time::Duration;

use crate::error::{Error, ErrorKind};

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(10);
/// How often in a row an engine may send what does not follow the protocol.
const NONSENSE: u32 = 5;

/// How long to wait before the next attempt.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    attempts: u32,
    nonsense: u32,
}

impl Backoff {
    /// Waits before another attempt: not at all before the first.
    pub(crate) async fn wait(&mut self) {
        if let Some(doublings) = self.attempts.checked_sub(1) {
            let delay = FIRST.saturating_mul(1 << doublings.min(16));
            tokio::time::sleep(delay.min(LONGEST)).await;
        }
        self.attempts = self.attempts.saturating_add(1);
    }

    /// Something came of the last attempt.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Whether this may pass, so that another attempt makes sense: the engine is away or on its
    /// way, or the connection to it was cut, perhaps in the middle of a value.
    pub(crate) fn may_pass(&mut self, error: &Error) -> bool {
        match error.kind() {
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted => true,
            ErrorKind::Engine => error.status().is_some_and(|s| matches!(s, 500 | 502..=599)),
            ErrorKind::Decode => {
                self.nonsense += 1;
                self.nonsense < NONSENSE
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn attempts_become_rare_until_one_succeeds() {
        let mut backoff = Backoff::default();
        let mut waited = Vec::new();
        for _ in 0..10 {
            let before = tokio::time::Instant::now();
            backoff.wait().await;
            waited.push(before.elapsed().as_millis());
        }
        assert_eq!(waited[..4], [0, 100, 200, 400]);
        assert_eq!(waited[9], LONGEST.as_millis());
        backoff.reset();
        let before = tokio::time::Instant::now();
        backoff.wait().await;
        assert!(before.elapsed().is_zero());
    }

    #[test]
    fn refusals_do_not_pass_and_nonsense_not_for_ever() {
        let mut backoff = Backoff::default();
        for (status, passes) in [(500, true), (503, true), (501, false), (404, false)] {
            let error = Error::engine(Some(status), "");
            assert_eq!(backoff.may_pass(&error), passes, "{status}");
        }
        let cut = Error::new(ErrorKind::Interrupted, "cut");
        assert!(backoff.may_pass(&cut));
        let nonsense = Error::decode("nonsense");
        let tries = (0..10).filter(|_| backoff.may_pass(&nonsense)).count();
        assert_eq!(tries, 4);
    }
}
