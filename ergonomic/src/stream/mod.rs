//! What streams are made of: frames, JSON values, connections taken over, outputs kept apart.

mod chunk;
pub(crate) mod frames;
pub(crate) mod hijack;
pub(crate) mod json;
mod split;

pub use chunk::Chunk;
pub use hijack::Stdin;
pub use split::OutputStream;
pub(crate) use split::split;
