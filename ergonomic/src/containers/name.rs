//! Names of containers, checked before they become part of a path.

use crate::answer::Result;
use crate::error::{Error, printable};

/// The name or id to put into a path. The slash that the engine puts before names is dropped.
pub(crate) fn checked(text: &str) -> Result<&str> {
    let name = text.strip_prefix('/').unwrap_or(text);
    let reason = match name {
        "" => "it is empty",
        "." | ".." => "it would name another resource",
        name if name.bytes().all(may_be_named) => return Ok(name),
        _ => "it contains something other than letters, digits, `_`, `.` and `-`",
    };
    Err(Error::invalid(format!(
        "`{}` is neither the name nor the id of a container: {reason}",
        printable(text)
    )))
}

/// What engines allow in names; nothing of it means anything in a URL.
fn may_be_named(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_segment_of_a_path_is_a_name() {
        assert_eq!(checked("web").unwrap(), "web");
        assert_eq!(checked("/web").unwrap(), "web");
        assert_eq!(checked("my_web-1.old").unwrap(), "my_web-1.old");
        for bad in [
            "", "/", ".", "..", "/..", "a/b", "//a", "web/", "a b", "a\0", "a?b", "a#b", "a%2fb",
            "a:b", "naïve",
        ] {
            assert!(checked(bad).unwrap_err().is_invalid_input(), "{bad:?}");
        }
    }
}
