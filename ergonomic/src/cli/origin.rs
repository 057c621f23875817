//! Why an engine was chosen.

use std::fmt;

use crate::error::printable;

/// What an [`Endpoint`](crate::Endpoint) was chosen by.
///
/// `Display` gives a few words for people, such as ``context `prod` of DOCKER_CONTEXT``.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The program named the address.
    Host,
    /// The program named this context.
    Context(String),
    /// `DOCKER_HOST` names the address.
    DockerHost,
    /// `DOCKER_CONTEXT` names this context.
    DockerContext(String),
    /// `config.json` has this context as the current one, as `docker context use` sets it.
    CurrentContext(String),
    /// Nothing was said, and it is where an engine listens unless it is told otherwise.
    Default,
    /// Nothing was said, there is no socket at the default place, and it is where this product
    /// has its own.
    WellKnown(&'static str),
    /// The program makes the connections.
    Dialer,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("the address given"),
            Self::Context(name) => write!(f, "context `{}`", printable(name)),
            Self::DockerHost => f.write_str("DOCKER_HOST"),
            Self::DockerContext(name) => {
                write!(f, "context `{}` of DOCKER_CONTEXT", printable(name))
            }
            Self::CurrentContext(name) => {
                write!(f, "current context `{}` of config.json", printable(name))
            }
            Self::Default => f.write_str("the default"),
            Self::WellKnown(product) => write!(f, "the usual place of {product}"),
            Self::Dialer => f.write_str("the dialer given"),
        }
    }
}
