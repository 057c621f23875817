//! A client for the Docker Engine API with the words of the `docker` CLI.

#![deny(missing_docs)]

mod answer;
#[cfg(all(test, unix))]
mod connect_tests;
mod containers;
mod docker;
mod endpoint;
mod error;
mod filters;
mod gate;
mod images;
mod operation;
mod ping;
mod stream;
mod system;
mod transport;
mod version;

/// The generated client and its types, which [`Docker::raw`] gives access to.
pub use dockwright_v1_55 as raw;

pub use answer::{Answer, Result};
pub use containers::{
    Attach, Attached, Container, Containers, Create, ExitStatus, Kill, List, LogStream, Logs,
    Output, Remove, Run, Start, Stop, Wait, WaitCondition, Waiting,
};
pub use docker::{Connect, Docker};
pub use endpoint::Endpoint;
pub use error::{Error, ErrorKind};
pub use images::{
    Credentials, Image, Images, Import, ListImages, Progress, ProgressDetail, Pull, Pulling,
    RemoveImage, Upload,
};
pub use ping::Ping;
pub use stream::{Chunk, Stdin};
pub use version::ApiVersion;
