//! Decodes recorded engine answers with the raw crate of their API version.
