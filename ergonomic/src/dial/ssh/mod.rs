//! The engine of another machine, by the `ssh` of this one.

mod destination;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod session;
#[cfg(all(test, target_os = "linux"))]
mod tests;
#[cfg(unix)]
mod words;

pub(crate) use destination::Destination;
#[cfg(unix)]
pub(crate) use session::Ssh;
