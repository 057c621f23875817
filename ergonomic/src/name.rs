//! Names and ids: checked before they become part of a path, and compared.

use crate::answer::Result;
use crate::error::{Error, printable};

/// The name or id of `what` (such as `a volume`), if it is made of what engines allow in names.
pub(crate) fn checked<'a>(what: &str, name: &'a str) -> Result<&'a str> {
    match name {
        "" => refuse(what, name, "it is empty"),
        "." | ".." => refuse(what, name, "it would name another resource"),
        name if name.bytes().all(may_be_named) => Ok(name),
        _ => refuse(
            what,
            name,
            "it contains something other than letters, digits, `_`, `.` and `-`",
        ),
    }
}

/// The name or id of `what`, of which engines allow names with slashes, colons, spaces and more.
///
/// It has to be percent-encoded to become a part of a path, which the raw client does.
pub(crate) fn checked_loosely<'a>(what: &str, name: &'a str) -> Result<&'a str> {
    let reason = if name.trim().is_empty() {
        "it is empty"
    } else if name.contains(char::is_control) {
        "it contains a control character"
    } else if name.contains('\\') {
        // URLs take it for a slash.
        "it contains a backslash"
    } else if name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        // Engines resolve these even where they are percent-encoded.
        "a part between its slashes is missing"
    } else {
        return Ok(name);
    };
    refuse(what, name, reason)
}

/// What engines allow in names; nothing of it means anything in a URL.
fn may_be_named(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

fn refuse<T>(what: &str, name: &str, reason: &str) -> Result<T> {
    Err(Error::invalid(format!(
        "`{}` is neither the name nor the id of {what}: {reason}",
        printable(name)
    )))
}

/// Makes handles with a `name` equal, and hash equally, if that is equal.
macro_rules! compared_by_name {
    ($handle:ty) => {
        impl PartialEq for $handle {
            fn eq(&self, other: &Self) -> bool {
                self.name == other.name
            }
        }

        impl Eq for $handle {}

        impl std::hash::Hash for $handle {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.name.hash(state);
            }
        }
    };
}
pub(crate) use compared_by_name;

#[cfg(test)]
mod tests {
    use super::*;

    /// What is no part of a path.
    const BAD: [&str; 14] = [
        "", "/", ".", "..", "/..", "//a", "/web", "web/", "a/../b", "a/./b", "a//b", "a\0", "a\nb",
        r"..\b",
    ];

    #[test]
    fn only_one_segment_of_a_path_is_a_name() {
        for good in ["web", "my_web-1.old", "0123456789ab"] {
            assert_eq!(checked("a volume", good).unwrap(), good);
        }
        let more = [
            "a/b", "a b", "a?b", "a#b", "a%2fb", "%2e%2e", "a:b", "naïve",
        ];
        for bad in BAD.into_iter().chain(more) {
            let error = checked("a volume", bad).unwrap_err();
            assert!(error.is_invalid_input(), "{bad:?}");
        }
        let error = checked("a volume", "a\nb").unwrap_err().to_string();
        assert_eq!(
            error,
            "`a b` is neither the name nor the id of a volume: \
             it contains something other than letters, digits, `_`, `.` and `-`"
        );
    }

    #[test]
    fn a_loose_name_is_whatever_can_be_encoded() {
        for good in [
            "web",
            "r:5/a/b:1.0",
            "a b",
            "a?b#c",
            "a%2fb",
            "%2e%2e",
            "naïve",
            "...",
        ] {
            assert_eq!(checked_loosely("a network", good).unwrap(), good);
        }
        for bad in BAD.into_iter().chain([" ", "\t"]) {
            let error = checked_loosely("a network", bad).unwrap_err();
            assert!(error.is_invalid_input(), "{bad:?}");
        }
    }

    #[test]
    fn handles_are_what_they_name() {
        struct Handle {
            name: &'static str,
            _warnings: u8,
        }
        compared_by_name!(Handle);
        let handle = |name, _warnings| Handle { name, _warnings };
        assert!(handle("a", 1) == handle("a", 2));
        assert!(handle("a", 1) != handle("b", 1));
        let both = [handle("a", 1), handle("a", 2)];
        assert_eq!(std::collections::HashSet::from(both).len(), 1);
    }
}
