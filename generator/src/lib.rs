//! The pipeline from the Engine API's Swagger files to one raw crate per API version.
//!
//! `spec/v1.NN.yaml` → [`fixups`] → [`lift`] to OpenAPI 3.0 → [`progenitor`] → [`passes`] → [`output`].
#![warn(missing_docs)]

pub mod fixups;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod history;
mod import;
pub mod lift;
pub mod output;
pub mod pages;
pub mod passes;
pub mod progenitor;
pub mod regen;
pub mod spec;
pub mod version;
pub mod words;
pub mod yaml;
