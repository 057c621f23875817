//! The same work, done in three ways.

pub mod bollard;
pub mod floor;
pub mod ours;
