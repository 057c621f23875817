//! What the `docker` CLI keeps on a machine, read where the CLI reads it.

mod config_file;
mod contexts;
mod document;
mod edit;
mod environment;
mod file;
mod origin;
mod places;
mod resolution;
#[cfg(all(test, unix))]
mod table;
mod tls;

pub(crate) use config_file::ConfigFile;
pub use contexts::{Context, Contexts};
pub(crate) use environment::Environment;
pub use origin::Origin;
pub(crate) use places::Place;
pub(crate) use resolution::{Resolved, resolve};
