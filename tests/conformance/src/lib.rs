//! Decodes recorded engine answers with the raw crate of their API version.

pub mod corpus;
pub mod fidelity;
pub mod report;
