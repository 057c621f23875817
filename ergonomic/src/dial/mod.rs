//! Connections to an engine: who makes them, and what they are made of.

#[cfg(unix)]
mod bridge;
pub(crate) mod client;
mod custom;
pub(crate) mod failure;
mod probe;
pub(crate) mod proxy;
pub(crate) mod ssh;
mod tcp;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;

pub use custom::Dial;
pub(crate) use custom::Dialer;
