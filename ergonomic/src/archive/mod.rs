//! Tar archives, made of local files and made into them, as streams and in constant memory.

mod bridge;
mod header;
mod local;
mod pack;
mod stream;
mod tail;

#[allow(unused_imports, reason = "copies and builds are about to pack")]
pub(crate) use pack::{Failure, Pack, Pick};
pub use stream::TarStream;
