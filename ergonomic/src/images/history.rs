//! `docker history`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Image, platform};
use crate::answer::{Result, awaited};
use crate::operation;
use crate::raw::ImageHistoryParams;
use crate::raw::types::ImageHistoryResponseItem;

/// A question for how an image was made; await it for the answer.
///
/// See [`Image::history`] for an example.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until this is awaited"]
pub struct ImageHistory {
    image: Image,
    platform: Option<String>,
}

/// One step in the making of an image.
///
/// See [`Image::history`] for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// The image as it was then, if the engine has it.
    pub id: Option<String>,
    /// When this was done.
    pub created: Option<SystemTime>,
    /// What was done, as the maker put it.
    pub created_by: String,
    /// A remark of the maker.
    pub comment: String,
    /// The names of the image as it was then.
    pub tags: Vec<String>,
    /// How many bytes this added.
    pub size: u64,
}

impl Image {
    /// How this image was made: the last step first.
    ///
    /// # Errors
    ///
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such image.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(docker: dockwright::Docker) -> dockwright::Result<()> {
    /// for entry in docker.image("postgres:17").history().await? {
    ///     println!("{} bytes: {}", entry.size, entry.created_by);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn history(&self) -> ImageHistory {
        ImageHistory {
            image: self.clone(),
            platform: None,
        }
    }
}

impl ImageHistory {
    /// Of the image for this platform, such as `linux/arm64`, of several under one name.
    ///
    /// # API version
    ///
    /// Since 1.48.
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.platform = Some(platform.into());
        self
    }

    async fn send(self) -> Result<Vec<HistoryEntry>> {
        let (call, name) = self.image.call("image history")?;
        let docker = &self.image.docker;
        let params = ImageHistoryParams {
            platform: platform::to_optional_param(&call, self.platform.as_ref())?,
        };
        docker.allows(&call, &params)?;
        let request = docker.raw().image_history(name, &params);
        let items = operation::document(&call, request).await?;
        Ok(items.into_iter().map(HistoryEntry::new).collect())
    }
}

awaited!(ImageHistory => Vec<HistoryEntry>);

impl HistoryEntry {
    fn new(item: ImageHistoryResponseItem) -> Self {
        // Seconds; a time that was never set is long before them.
        let seconds = item.created.and_then(|time| u64::try_from(time).ok());
        let created = seconds.and_then(|s| UNIX_EPOCH.checked_add(Duration::from_secs(s)));
        Self {
            id: item.id.filter(|id| !id.is_empty() && id != "<missing>"),
            created,
            created_by: item.created_by.unwrap_or_default(),
            comment: item.comment.unwrap_or_default(),
            tags: item.tags,
            size: item.size.unwrap_or_default().try_into().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_engines_do_not_know_is_none() {
        let entry = HistoryEntry::new(ImageHistoryResponseItem {
            id: Some("<missing>".to_owned()),
            created: Some(-62_135_596_800),
            size: Some(-1),
            ..Default::default()
        });
        assert_eq!((entry.id, entry.created, entry.size), (None, None, 0));
    }
}
