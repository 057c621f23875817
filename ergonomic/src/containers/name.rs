//! Names of containers, checked before they become part of a path.

use crate::answer::Result;
use crate::error::{Error, printable};

/// The name or id to put into a path. The slash that the engine puts before names is dropped.
pub(crate) fn checked(text: &str) -> Result<&str> {
    let name = text.strip_prefix('/').unwrap_or(text);
    let reason = match name {
        "" => "it is empty",
        "." | ".." => "it would name another resource",
        name if name.contains('/') => "it contains a slash",
        name if name.chars().any(|c| c.is_whitespace() || c.is_control()) => "it contains a space",
        name => return Ok(name),
    };
    Err(Error::invalid(format!(
        "`{}` is neither the name nor the id of a container: {reason}",
        printable(text)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_segment_of_a_path_is_a_name() {
        assert_eq!(checked("web").unwrap(), "web");
        assert_eq!(checked("/web").unwrap(), "web");
        for bad in [
            "", "/", ".", "..", "/..", "a/b", "//a", "web/", "a b", "a\0",
        ] {
            assert!(checked(bad).unwrap_err().is_invalid_input(), "{bad:?}");
        }
    }
}
