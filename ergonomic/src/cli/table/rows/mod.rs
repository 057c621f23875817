//! The environments.

mod contexts;
mod files;
mod hosts;

use super::Row;

/// Where the CLI goes if it is told nothing, or does not understand what it is told.
const DEFAULT: &str = "unix:///var/run/docker.sock";
const SLIP: &str = "what is neither a socket nor host and port is more often a slip than a host";
const WARNS: &str = "the CLI warns and takes what it understood, which may be another engine";
const LATER: &str = "certificates are read when the connection is made, which fails then";
const GIVES_UP: &str = "the CLI gives up where there is nothing at the default place";

pub(super) fn rows() -> Vec<Row> {
    [hosts::rows(), contexts::rows(), files::rows()]
        .into_iter()
        .flatten()
        .collect()
}
