#![doc = include_str!("../README.md")]

#[rustfmt::skip]
mod answer;
#[rustfmt::skip]
mod client;
#[rustfmt::skip]
mod exchange;
{{gates}}#[rustfmt::skip]
mod operations;
#[rustfmt::skip]
mod support;
#[rustfmt::skip]
pub mod types;

pub use client::Client;
pub use exchange::{Exchange, Operation};
pub use operations::*;
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};

/// The version of the Engine API that this crate is of.
pub const API_VERSION: &str = "{{version}}";
