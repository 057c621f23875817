//! An in-process engine that replays recorded exchanges of a real Docker Engine.
//!
//! - [`ReplayEngine`] gives recorded answers on a Unix socket, strictly in order.
//! - [`Script`] is the same with answers written by hand.
//! - [`Recorder`] stands before a real engine and records what it answers.
//! - [`wire::Wire`] plays bytes, for what no HTTP server would send.
//! - [`Fixture`] is such a recording: a file to read, to diff and to edit.

#![cfg(unix)]

mod cut;
mod expect;
mod fixture;
mod host;
mod json;
mod payload;
mod plan;
mod recorder;
mod replay;
mod script;
mod secret;
mod session;
mod stream;
mod tape;
mod upstream;
pub mod wire;

pub use fixture::{EngineInfo, Fixture, FixtureError};
pub use recorder::Recorder;
pub use replay::ReplayEngine;
pub use script::{Dialogue, Reply, Script};
pub use session::Mismatch;
