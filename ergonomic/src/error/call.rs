//! What was being attempted when something failed, as one line of print.

use std::fmt;
use std::sync::Arc;

/// How much of an engine's message [`Error`] prints; [`Error::engine_message`] has all of it.
const PRINTED_MESSAGE: usize = 1024;

/// What is being attempted: carried by every request and every stream, for its errors.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(super) operation: &'static str,
    pub(super) object: Option<Arc<str>>,
    pub(super) host: Arc<str>,
}

impl Call {
    pub(crate) fn new(operation: &'static str, host: Arc<str>) -> Self {
        Self {
            operation,
            object: None,
            host,
        }
    }

    pub(crate) fn on(mut self, object: &str) -> Self {
        self.object = Some(object.into());
        self
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation)?;
        if let Some(object) = &self.object {
            write!(f, " `{}`", printable(object))?;
        }
        write!(f, " at {}", self.host)
    }
}

/// `text` as part of one line: control characters blanked, ends trimmed, at most a screenful.
pub(crate) fn printable(text: &str) -> String {
    one_line(text.trim())
}

/// The same with the blanks at its ends, which may belong to a name.
pub(crate) fn one_line(text: &str) -> String {
    let mut line: String = text
        .chars()
        .take(PRINTED_MESSAGE)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(PRINTED_MESSAGE).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn control_characters_and_floods_stay_out_of_the_line() {
        let said = format!("\x1b[2Jfirst\nsecond{}", "x".repeat(4096));
        let line = Error::engine(None, said).to_string();
        assert!(!line.contains(['\x1b', '\n']), "{line:?}");
        assert!(line.chars().count() < PRINTED_MESSAGE + 100, "{line:?}");
    }
}
