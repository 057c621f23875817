//! Connections to an engine: who makes them, and what they are made of.

#[cfg(unix)]
mod bridge;
pub(crate) mod client;
mod custom;
pub(crate) mod ssh;

pub use custom::Dial;
pub(crate) use custom::Dialer;
