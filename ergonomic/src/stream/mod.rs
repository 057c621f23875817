//! What streams are made of: frames, JSON values, connections taken over, outputs kept apart.

mod backoff;
mod chunk;
pub(crate) mod frames;
pub(crate) mod hijack;
pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod logs;
pub(crate) mod pipes;
mod split;
#[cfg(feature = "websocket")]
pub(crate) mod websocket;

pub(crate) use backoff::Backoff;
pub use chunk::Chunk;
pub use hijack::Stdin;
pub use lines::{LogLine, LogLines, LogSource};
pub use logs::LogStream;
pub use split::OutputStream;
