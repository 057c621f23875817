//! The pipeline from the Engine API's Swagger files to one raw crate per API version.
#![warn(missing_docs)]

pub mod fixups;
mod import;
pub mod lift;
pub mod progenitor;
pub mod spec;
pub mod version;
pub mod yaml;
