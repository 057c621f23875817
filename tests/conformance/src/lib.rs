//! Decodes recorded engine answers with the raw crate of their API version.

pub mod check;
pub mod corpus;
pub mod exceptions;
pub mod fidelity;
pub mod fixtures;
pub mod generated;
pub mod report;
pub mod request;
pub mod shapes;
