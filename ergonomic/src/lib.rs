//! A client for the Docker Engine API with the words of the `docker` CLI.

#![deny(missing_docs)]

mod answer;
#[cfg(all(test, unix))]
mod connect_tests;
mod docker;
mod endpoint;
mod error;
mod ping;
mod stream;
mod transport;
mod version;

pub use answer::{Answer, Result};
pub use docker::{Connect, Docker};
pub use endpoint::Endpoint;
pub use error::{Error, ErrorKind};
pub use ping::Ping;
pub use stream::{Chunk, Stdin};
pub use version::ApiVersion;
