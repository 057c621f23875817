//! The pipeline from the Engine API's Swagger files to one raw crate per API version.
#![warn(missing_docs)]

mod import;
pub mod spec;
pub mod version;
mod yaml;
