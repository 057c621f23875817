//! Moments of a recording, and the ones that stand for them.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The second in which all recordings are made: the first of 2026.
pub(super) const START: i64 = 1_767_225_600;

/// What is older was not made for the recording: releases, and images of others.
const DAYS: Duration = Duration::from_secs(30 * 86_400);
const NANOS: i128 = 1_000_000_000;

/// The moments that were seen, in nanoseconds since 1970, in the order in which they were told of: what is at
/// the same time on two sides is told in the same order each time. Each becomes a millisecond
/// more than the one before it; whole seconds become the first.
pub(super) struct Clock {
    recent: std::ops::Range<i128>,
    seen: HashMap<i128, usize>,
}

impl Clock {
    pub(super) fn now() -> Clock {
        let nanos = |time: SystemTime| {
            let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
            i128::try_from(since.as_nanos()).unwrap_or_default()
        };
        let now = SystemTime::now();
        Clock {
            recent: nanos(now - DAYS)..nanos(now + DAYS),
            seen: HashMap::new(),
        }
    }

    fn is_recent(&self, nanos: i128) -> bool {
        self.recent.contains(&nanos)
    }

    pub(super) fn see(&mut self, nanos: i128) {
        if self.is_recent(nanos) && nanos % NANOS != 0 {
            let next = self.seen.len() + 1;
            self.seen.entry(nanos).or_insert(next);
        }
    }

    /// What stands for a moment; none for one that is not of the recording.
    fn settled(&self, nanos: i128) -> Option<i128> {
        let milliseconds = match nanos % NANOS {
            0 => 0,
            _ => self.seen.get(&nanos).copied().unwrap_or_default(),
        };
        let start = i128::from(START) * NANOS;
        self.is_recent(nanos)
            .then(|| start + milliseconds as i128 * 1_000_000)
    }

    /// Seconds, or nanoseconds, since 1970.
    pub(super) fn number(&self, number: i64) -> Option<i64> {
        let number = i128::from(number);
        let unit = if number > NANOS * NANOS { 1 } else { NANOS };
        let settled = self.settled(number * unit)?;
        i64::try_from(settled / unit).ok()
    }

    /// `1764085752.123456789`.
    pub(super) fn decimal(&self, text: &str) -> Option<String> {
        let settled = self.settled(decimal(text)?)?;
        let (seconds, nanos) = (settled / NANOS, settled % NANOS);
        Some(match text.contains('.') {
            true => format!("{seconds}.{nanos:09}"),
            false => seconds.to_string(),
        })
    }

    /// A date and a time as `2026-11-25T15:49:12.5Z` or `2026-11-25 15:49:12.5`, up to its zone.
    pub(super) fn date(&self, text: &str) -> Option<String> {
        let settled = self.settled(date(text)?)?;
        let (seconds, nanos) = (settled / NANOS - i128::from(START), settled % NANOS);
        let between = &text[10..11];
        Some(match text.contains('.') {
            true => format!("2026-01-01{between}00:00:{seconds:02}.{nanos:09}"),
            false => format!("2026-01-01{between}00:00:00"),
        })
    }
}

pub(super) fn decimal(text: &str) -> Option<i128> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    Some(seconds.parse::<i128>().ok()? * NANOS + nanos(fraction)?)
}

fn nanos(fraction: &str) -> Option<i128> {
    let digits = fraction.get(..fraction.len().min(9))?;
    format!("{digits:0<9}").parse().ok()
}

pub(super) fn date(text: &str) -> Option<i128> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i128>().ok();
    let days = days(number(0..4)?, number(5..7)?, number(8..10)?);
    let (hours, minutes, seconds) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let seconds = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
    Some(seconds * NANOS + nanos(text.get(20..).unwrap_or_default())?)
}

/// Days since 1970, where years begin in March and so end with the day that leap years have.
fn days(year: i128, month: i128, day: i128) -> i128 {
    let (year, month) = match month {
        1 | 2 => (year - 1, month + 9),
        _ => (year, month - 3),
    };
    let before = year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    before + (month * 153 + 2) / 5 + day - 1 - 719_468
}
