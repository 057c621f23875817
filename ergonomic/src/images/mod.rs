//! Images: all of them by [`Docker::images`], one of them by [`Docker::image`].

mod auth;
mod import;
mod inspect;
mod list;
mod pull;
mod reference;
mod remove;
mod upload;

pub use auth::Credentials;
pub use import::Import;
pub use inspect::InspectImage;
pub use list::ListImages;
pub use pull::{Pull, PullPolicy};
pub(crate) use reference::{Reference, is_id};
pub use remove::RemoveImage;
pub use upload::Upload;

use crate::answer::Result;
use crate::docker::Docker;
use crate::error::Call;

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

/// The images of an engine: pull and import new ones, list what there is.
#[derive(Clone, Debug)]
pub struct Images {
    docker: Docker,
}

/// One image.
///
/// # Dropping
///
/// This is a name and not the image itself: dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Image {
    docker: Docker,
    name: String,
}

impl Image {
    /// The name or id that stands for the image.
    pub fn name_or_id(&self) -> &str {
        &self.name
    }

    /// The name to put into a path, and what is attempted on it.
    fn call(&self, operation: &'static str) -> Result<(Call, &str)> {
        let call = self.docker.call(operation).on(&self.name);
        if !is_id(&self.name) {
            Reference::parse(&self.name).map_err(|error| error.during(&call))?;
        }
        Ok((call, &self.name))
    }
}
