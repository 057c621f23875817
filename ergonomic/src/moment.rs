//! Points in time, as users give them and as engines write them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How far Podman may round up a time that it is given.
const ROUNDING: Duration = Duration::from_micros(1);

/// The longest duration that engines can read.
const LONGEST: Duration = Duration::from_nanos(i64::MAX as u64);

/// A point in time: a [`SystemTime`], or a [`Duration`] before now.
///
/// What is before now is reckoned by this machine's clock when the request is made, and in filters
/// by the engine's.
///
/// # Examples
///
/// ```no_run
/// # use std::time::Duration;
/// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
/// let recent = docker.container("web").logs().since(Duration::from_secs(600)).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// This time.
    At(SystemTime),
    /// This long ago.
    Ago(Duration),
}

impl Moment {
    /// What to ask for to have all since `time`, however it is rounded.
    pub(crate) fn just_before(time: SystemTime) -> Self {
        Self::At(time.checked_sub(ROUNDING).unwrap_or(time))
    }

    /// The time that this is if it is asked for now.
    pub(crate) fn time(self) -> SystemTime {
        match self {
            Self::At(time) => time,
            Self::Ago(ago) => SystemTime::now().checked_sub(ago).unwrap_or(UNIX_EPOCH),
        }
    }

    /// How long ago this is, for older engines that take nothing else.
    pub(crate) fn ago(self) -> Self {
        match self {
            Self::At(time) => Self::Ago(time.elapsed().unwrap_or_default()),
            Self::Ago(_) => self,
        }
    }

    /// The value of a filter. What is before now is reckoned by the engine's clock.
    pub(crate) fn to_filter(self) -> String {
        match self {
            Self::At(time) => seconds(time),
            Self::Ago(ago) => {
                let ago = ago.min(LONGEST);
                format!("{}.{:09}s", ago.as_secs(), ago.subsec_nanos())
            }
        }
    }

    /// The value of a parameter.
    pub(crate) fn to_param(self) -> String {
        seconds(self.time())
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        Self::At(time)
    }
}

impl From<Duration> for Moment {
    fn from(ago: Duration) -> Self {
        Self::Ago(ago)
    }
}

/// Seconds since the epoch with nanoseconds. Nothing happened on an engine before it.
fn seconds(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{}.{:09}", since.as_secs(), since.subsec_nanos())
}

/// The time in a stamp of a log, or elsewhere in what engines send.
pub(crate) fn parse_stamp(text: &[u8]) -> Option<SystemTime> {
    let text = std::str::from_utf8(text).ok()?;
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    // Years before the epoch are how engines write that there is no time.
    (time.unix_timestamp() >= 0).then(|| time.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_seconds_with_nanoseconds() {
        let time = UNIX_EPOCH + Duration::new(7, 42);
        assert_eq!(Moment::from(time).to_param(), "7.000000042");
        let time = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(Moment::from(time).to_param(), "0.000000000");
        assert_eq!(Moment::from(Duration::MAX).to_param(), "0.000000000");
        let ago = Moment::from(Duration::from_secs(60)).time();
        assert!(ago <= SystemTime::now() - Duration::from_secs(60));
    }

    #[test]
    fn filters_are_times_or_how_long_ago() {
        let time = UNIX_EPOCH + Duration::new(7, 42);
        assert_eq!(Moment::from(time).to_filter(), "7.000000042");
        let ago = Duration::from_millis(1500);
        assert_eq!(Moment::from(ago).to_filter(), "1.500000000s");
        let longest = Moment::from(Duration::MAX).to_filter();
        assert_eq!(longest, "9223372036.854775807s");
        assert!(Moment::from(time).ago().to_filter().ends_with('s'));
    }

    #[test]
    fn stamps_of_all_engines_are_times() {
        let second = UNIX_EPOCH + Duration::from_secs(1_795_616_731);
        for (stamp, nanos) in [
            ("2026-11-25T14:25:31Z", 0),
            ("2026-11-25T14:25:31.492179634Z", 492_179_634),
            ("2026-11-25T16:25:31.5+02:00", 500_000_000),
        ] {
            let time = second + Duration::from_nanos(nanos);
            assert_eq!(parse_stamp(stamp.as_bytes()), Some(time), "{stamp}");
        }
        for no_stamp in ["", "0001-01-01T00:00:00Z", "2026-11-25", "\u{fffd}", "x"] {
            assert_eq!(parse_stamp(no_stamp.as_bytes()), None, "{no_stamp}");
        }
    }
}
