//! The engine of another machine, by the `ssh` of this one.

mod destination;

pub(crate) use destination::Destination;
