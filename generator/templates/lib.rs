#![doc = include_str!("../README.md")]

mod answer;
mod client;
{{gates}}mod operations;
mod support;
pub mod types;

pub use client::Client;
pub use operations::*;
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};

/// The version of the Engine API that this crate is of.
pub const API_VERSION: &str = "{{version}}";
