//! An in-process engine that replays recorded exchanges of a real Docker Engine.
//!
//! - [`ReplayEngine`] gives recorded answers on a Unix socket, strictly in order.
//! - [`Script`] is the same with answers written by hand.
//! - [`Fixture`] is such a recording: a file to read, to diff and to edit.

#![cfg(unix)]

mod cut;
mod expect;
mod fixture;
mod host;
mod json;
mod payload;
mod plan;
mod replay;
mod script;
mod session;
mod stream;

pub use fixture::{EngineInfo, Fixture, FixtureError};
pub use replay::ReplayEngine;
pub use script::{Dialogue, Reply, Script};
pub use session::Mismatch;
