//! `docker cp`: files into containers and out of them, by the rules of the CLI.

mod from;
mod local;
mod placement;
mod stat;
mod to;

pub use from::CopyFrom;
pub use stat::{FileMode, PathStat, StatPath};
pub use to::CopyTo;
