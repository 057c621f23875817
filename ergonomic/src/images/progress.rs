//! What an engine tells while it works on images.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::answer::Result;
use crate::error::{Call, Error, printable};
use crate::stream::json::Values;

/// One report of an engine about work on an image.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Progress {
    /// What this is about: a layer, or the image's tag.
    #[serde(default, deserialize_with = "lenient")]
    pub id: Option<String>,
    /// What is happening, for people to read.
    #[serde(default, deserialize_with = "lenient")]
    pub status: Option<String>,
    /// A line of text, from engines that report in lines.
    #[serde(default, deserialize_with = "lenient")]
    pub stream: Option<String>,
    /// How far it is.
    #[serde(default, rename = "progressDetail", deserialize_with = "lenient")]
    pub detail: Option<ProgressDetail>,
    /// What came of it, in a form that depends on the work.
    #[serde(default)]
    pub aux: Option<Value>,
}

impl fmt::Display for Progress {
    /// One line: what it is about, what is happening, and how far it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = &self.id {
            write!(f, "{}: ", printable(id))?;
        }
        let text = self.status.as_deref().or(self.stream.as_deref());
        f.write_str(&printable(text.unwrap_or_default()))?;
        let Some(detail) = &self.detail else {
            return Ok(());
        };
        let units = detail.units.as_deref().map(printable).unwrap_or_default();
        match (detail.current, detail.total) {
            (Some(current), Some(total)) => write!(f, " {current}/{total} {units}"),
            (Some(current), None) => write!(f, " {current} {units}"),
            _ => Ok(()),
        }
    }
}

/// How far the work on one thing is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ProgressDetail {
    /// How much is done; bytes, unless the units say otherwise.
    #[serde(default)]
    pub current: Option<i64>,
    /// How much there is to do, if that is known.
    #[serde(default)]
    pub total: Option<i64>,
    /// What is counted, if not bytes.
    #[serde(default)]
    pub units: Option<String>,
}

/// A report that is not of the usual form is still a report.
fn lenient<'de, D, T>(deserializer: D) -> std::result::Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}

#[derive(Deserialize)]
struct Message {
    #[serde(flatten)]
    progress: Progress,
    #[serde(default, rename = "errorDetail")]
    error_detail: Option<ErrorDetail>,
    /// What older engines say instead, and newer ones besides.
    #[serde(default, deserialize_with = "lenient")]
    error: Option<String>,
}

#[derive(Deserialize)]
struct ErrorDetail {
    #[serde(default)]
    code: Option<i64>,
    #[serde(default)]
    message: Option<String>,
}

impl Message {
    /// The report, or the failure if it is one: an answer that began well can end badly.
    fn outcome(self) -> Result<Progress> {
        let (code, message) = match (self.error_detail, self.error) {
            (None, None) => return Ok(self.progress),
            (None, Some(error)) => (None, Some(error)),
            (Some(detail), error) => (
                detail.code,
                detail
                    .message
                    .filter(|message| !message.is_empty())
                    .or(error),
            ),
        };
        let status = code
            .and_then(|code| u16::try_from(code).ok())
            .filter(|status| (400..600).contains(status));
        Err(Error::engine(status, message.unwrap_or_default()))
    }
}

/// The reports in the body of an answer. A failure among them is an error, and the end.
pub(crate) struct Reports {
    messages: Values<Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>, Message>,
    call: Call,
    failed: bool,
}

impl Reports {
    pub(crate) fn new(body: Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>, call: Call) -> Self {
        Self {
            messages: Values::new(body, call.clone()),
            call,
            failed: false,
        }
    }

    pub(crate) fn have_failed(&self) -> bool {
        self.failed
    }
}

impl Stream for Reports {
    type Item = Result<Progress>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.failed {
            return Poll::Ready(None);
        }
        let message = ready!(Pin::new(&mut self.messages).poll_next(cx));
        let report = message.map(|message| message.and_then(Message::outcome));
        self.failed = matches!(report, Some(Err(_)));
        Poll::Ready(report.map(|report| report.map_err(|error| error.during(&self.call))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(json: &str) -> Result<Progress> {
        serde_json::from_str::<Message>(json).unwrap().outcome()
    }

    #[test]
    fn reports_of_any_form_are_reports() {
        let layer = outcome(
            r#"{"status":"Downloading","progressDetail":{"current":5,"total":9},"id":"abc"}"#,
        )
        .unwrap();
        assert_eq!(layer.detail.unwrap().current, Some(5));
        for odd in [
            "{}",
            r#"{"status":null,"progressDetail":{}}"#,
            r#"{"progressDetail":"none","id":7,"aux":"base64"}"#,
        ] {
            outcome(odd).unwrap();
        }
    }

    #[test]
    fn a_failure_among_the_reports_is_an_error() {
        let error =
            outcome(r#"{"errorDetail":{"message":"denied"},"error":"denied"}"#).unwrap_err();
        assert_eq!(error.engine_message(), Some("denied"));
        assert_eq!(error.status(), None);
        let error = outcome(r#"{"errorDetail":{"code":404,"message":"no such tag"}}"#).unwrap_err();
        assert!(error.is_not_found());
        assert_eq!(
            outcome(r#"{"error":"old"}"#).unwrap_err().engine_message(),
            Some("old")
        );
        assert!(outcome(r#"{"errorDetail":{}}"#).is_err());
        // A command's exit code is no status.
        assert_eq!(
            outcome(r#"{"errorDetail":{"code":2}}"#)
                .unwrap_err()
                .status(),
            None
        );
    }
}
