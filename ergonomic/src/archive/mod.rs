//! Tar archives, made of local files and made into them, as streams and in constant memory.

mod bridge;
mod header;
mod local;
mod pack;
mod read;
mod stream;
mod tail;
mod unpack;

pub(crate) use bridge::blocking;
pub(crate) use pack::{Pack, Pick};
#[cfg(all(any(test, fuzzing), unix))]
pub(crate) use read::first_file;
pub use stream::TarStream;
pub(crate) use unpack::Unpack;
