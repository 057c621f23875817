//! What streams are made of: frames, JSON values, connections taken over.

mod chunk;
pub(crate) mod frames;
pub(crate) mod hijack;
pub(crate) mod json;

pub use chunk::Chunk;
pub use hijack::Stdin;
