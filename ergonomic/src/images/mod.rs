//! Images: all of them by [`Docker::images`], one of them by [`Docker::image`].

mod attestations;
mod distribution;
mod history;
mod import;
mod inspect;
mod list;
mod load;
mod platform;
mod prune;
mod pull;
mod push;
pub(crate) mod reference;
mod remove;
mod save;
mod search;
mod tag;

pub use attestations::Attestations;
pub use distribution::Distribution;
pub use history::{HistoryEntry, ImageHistory};
pub use import::Import;
pub use inspect::InspectImage;
pub use list::ListImages;
pub use load::Load;
pub use prune::{PruneImages, PrunedImages};
pub use pull::{Pull, PullAll, PullPolicy};
pub(crate) use push::LastPushed;
pub use push::{Push, PushAll, Pushed};
pub use reference::Reference;
pub(crate) use reference::{Parts, is_id};
pub use remove::{RemoveImage, RemovedImages};
pub use save::Save;
pub use search::SearchImages;
pub use tag::TagImage;

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Call;
use crate::name::compared_by_name;

impl Docker {
    /// The images of this engine.
    pub fn images(&self) -> Images {
        Images {
            docker: self.clone(),
        }
    }

    /// The image with this name (and tag, or digest) or id.
    ///
    /// Nothing is asked of the engine until something is done with the image.
    pub fn image(&self, name_or_id: impl Into<String>) -> Image {
        Image {
            docker: self.clone(),
            name: name_or_id.into(),
        }
    }
}

/// The images of an engine: pull, load and import new ones, save, search, list and prune what there
/// is.
///
/// See [`Images::pull`] for an example.
#[derive(Clone, Debug)]
pub struct Images {
    pub(crate) docker: Docker,
}

/// One image. Two of these are equal if their names or ids are, as they are written.
///
/// See [`Image::push`] for an example.
///
/// # Dropping
///
/// This is a name and not the image itself: dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Image {
    docker: Docker,
    name: String,
}

compared_by_name!(Image);

/// Refuses what is neither the name nor the id of an image.
fn checked(name: &str) -> Result<()> {
    match is_id(name) {
        true => Ok(()),
        false => reference::Parts::of(name).map(drop),
    }
}

impl Image {
    /// The name or id that stands for the image.
    pub fn name_or_id(&self) -> &str {
        &self.name
    }

    /// The name to put into a path, and what is attempted on it.
    fn call(&self, operation: &'static str) -> Result<(Call, &str)> {
        let call = self.docker.call(operation).on(&self.name);
        checked(&self.name).map_err(|error| error.during(&call))?;
        Ok((call, &self.name))
    }
}
