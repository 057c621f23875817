//! A Docker Engine for tests: recorded or scripted answers on a socket, in this process.
//!
//! A test of an application scripts what the engine is asked and what it answers, lets the application
//! do its work, and ends with [`finish`](ReplayEngine::finish): what was asked otherwise, or not at
//! all, is an error that shows it.
//!
//! - [`ReplayEngine`] gives recorded answers, strictly in order.
//! - [`Script`] is the same with answers written by hand.
//! - [`Recorder`] stands before a real engine and records what it answers.
//! - [`Fixture`] is such a recording: a file to read, to diff and to edit.
//! - [`wire::Wire`] plays bytes, for what no HTTP server would send.
//!
//! Unix only: elsewhere the crate is empty.

#![cfg(unix)]

mod cut;
mod exchange;
mod expect;
mod fixture;
mod host;
mod json;
mod normal;
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

pub use exchange::{Answer, Exchange};
pub use fixture::{EngineInfo, Fixture, FixtureError};
pub use recorder::Recorder;
pub use replay::ReplayEngine;
pub use script::{Dialogue, Reply, Script, stderr, stdout};
pub use session::Mismatch;
