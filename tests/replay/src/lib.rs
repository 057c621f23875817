//! A Docker Engine for tests: recorded or scripted answers on a Unix socket, in this process.
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

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
