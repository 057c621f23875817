//! API versions and which one of them to speak.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::raw;

/// A version of the Docker Engine API, such as `1.44`.
///
/// ```
/// use dockwright::ApiVersion;
///
/// let version: ApiVersion = "v1.44".parse()?;
/// assert!(version > ApiVersion::new(1, 5));
/// assert_eq!(version.to_string(), "1.44");
/// # Ok::<(), dockwright::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion {
    major: u16,
    minor: u16,
}

impl ApiVersion {
    /// The oldest version that this crate speaks.
    pub const FLOOR: Self = Self::new(1, 24);
    /// The newest version that this crate speaks.
    pub const CEILING: Self = Self::of_raw(raw::API_VERSION);

    /// The version `major.minor`.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// Reads the version of the raw crate, while compiling.
    const fn of_raw(text: &str) -> Self {
        let (mut parts, mut part, mut rest) = ([0, 0], 0, text.as_bytes());
        while let [byte, tail @ ..] = rest {
            match *byte {
                b'.' => part += 1,
                digit => parts[part] = parts[part] * 10 + (digit - b'0') as u16,
            }
            rest = tail;
        }
        Self::new(parts[0], parts[1])
    }

    /// The part before the dot.
    pub const fn major(self) -> u16 {
        self.major
    }

    /// The part after the dot.
    pub const fn minor(self) -> u16 {
        self.minor
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for ApiVersion {
    type Err = Error;

    /// Reads `major.minor`, with or without a leading `v`.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for anything else.
    fn from_str(text: &str) -> Result<Self, Error> {
        let number = |part: &str| match part.bytes().all(|b| b.is_ascii_digit()) {
            true => part.parse().ok(),
            false => None,
        };
        text.strip_prefix('v')
            .unwrap_or(text)
            .split_once('.')
            .and_then(|(major, minor)| Some(Self::new(number(major)?, number(minor)?)))
            .ok_or_else(|| {
                Error::invalid(format!(
                    "`{}` is not an API version",
                    crate::error::printable(text)
                ))
                .advising("write it like `1.44`")
            })
    }
}

/// The version to speak with an engine whose newest is `engine`.
///
/// `None` if even the engine's newest is below [`ApiVersion::FLOOR`].
pub(crate) fn negotiate(engine: ApiVersion) -> Option<ApiVersion> {
    (engine >= ApiVersion::FLOOR).then(|| engine.min(ApiVersion::CEILING))
}

/// A version that is asked for instead of negotiated, if it is one that this crate speaks.
pub(crate) fn check_pin(version: ApiVersion) -> Result<ApiVersion, Error> {
    if (ApiVersion::FLOOR..=ApiVersion::CEILING).contains(&version) {
        return Ok(version);
    }
    Err(Error::invalid(format!(
        "API version {version} is outside of what this crate speaks"
    ))
    .advising(format!(
        "choose one from {} to {}, or none to negotiate",
        ApiVersion::FLOOR,
        ApiVersion::CEILING
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(ApiVersion::new(1, 9) < ApiVersion::new(1, 24));
        assert!(ApiVersion::new(2, 0) > ApiVersion::new(1, 55));
    }

    #[test]
    fn only_two_numbers_are_a_version() {
        for good in ["1.24", "v1.24", "01.24"] {
            assert_eq!(good.parse::<ApiVersion>().unwrap(), ApiVersion::new(1, 24));
        }
        for bad in [
            "", "v", "1", "1.", ".1", "1.x", "1.24.0", "vv1.24", "+1.24", "1.-2", "1.99999",
            "1 .24", "latest",
        ] {
            let error = bad.parse::<ApiVersion>().unwrap_err();
            assert!(error.is_invalid_input(), "{bad}: {error}");
        }
    }

    #[test]
    fn the_ceiling_is_the_version_of_the_raw_crate() {
        assert_eq!(ApiVersion::CEILING.to_string(), raw::API_VERSION);
    }

    #[test]
    fn the_lower_newest_wins() {
        assert_eq!(
            negotiate(ApiVersion::new(1, 41)),
            Some(ApiVersion::new(1, 41))
        );
        assert_eq!(negotiate(ApiVersion::new(1, 99)), Some(ApiVersion::CEILING));
        assert_eq!(negotiate(ApiVersion::new(2, 0)), Some(ApiVersion::CEILING));
        assert_eq!(negotiate(ApiVersion::FLOOR), Some(ApiVersion::FLOOR));
        assert_eq!(negotiate(ApiVersion::new(1, 23)), None);
    }

    #[test]
    fn a_pin_outside_the_range_is_refused_with_the_range() {
        assert!(check_pin(ApiVersion::new(1, 30)).is_ok());
        for bad in [(1, 23), (1, 999), (2, 0)] {
            let version = ApiVersion::new(bad.0, bad.1);
            let error = check_pin(version).unwrap_err().to_string();
            assert!(error.contains("from 1.24 to"), "{error}");
        }
    }
}
