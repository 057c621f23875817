//! Registries, as far as this crate has to do with them: who one is to them.
//!
//! Engines ask registries, and are told with each request what to prove to them with. That is found
//! where the `docker` CLI keeps it (`store`), unless the request has credentials of its own (`auth`).

mod address;
mod auth;
mod check;
mod credentials;
mod helper;
mod login;
mod store;

use std::fmt;

pub(crate) use address::Registry;
pub(crate) use auth::{Auth, for_build};
pub use check::Accepted;
pub use credentials::Credentials;
pub(crate) use credentials::registry_config;
pub use login::{Login, Logout};

use crate::error::{Error, ErrorKind};

/// Credentials are there, as far as anyone can tell, but cannot be read.
fn unreadable(registry: &str, keeper: &str, reason: &dyn fmt::Display) -> Error {
    Error::new(
        ErrorKind::Credentials,
        format!("the credentials for `{registry}` cannot be read from {keeper}: {reason}"),
    )
    .advising("mend that, or give the request credentials (`Credentials::anonymous()` for none)")
}
