//! Connections to an engine: who makes them, and what they are made of.

mod connector;
mod custom;
mod failure;
mod probe;
pub(crate) mod proxy;
pub(crate) mod ssh;
mod stream;
mod tcp;
#[cfg_attr(not(feature = "tls"), path = "no_tls.rs")]
mod tls;

pub(crate) use connector::{Connector, base};
pub use custom::Dial;
pub(crate) use custom::Dialer;
