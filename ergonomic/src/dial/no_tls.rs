//! What stands in for TLS in a build without the feature `tls`.

use std::io;

use crate::error::Error;
use crate::stream::hijack::Connection;
use crate::tls::Tls;

/// There are none.
#[derive(Clone)]
pub(crate) enum Client {}

impl Client {
    pub(crate) fn new(_: &Tls, _: &str) -> Result<Self, Error> {
        Err(
            Error::invalid("this build of dockwright does not speak TLS")
                .advising("enable its feature `tls`"),
        )
    }

    pub(crate) async fn secure(&self, _: Connection) -> Result<Connection, Error> {
        match *self {}
    }

    pub(crate) fn explain(&self, _: io::Error) -> Error {
        match *self {}
    }
}
