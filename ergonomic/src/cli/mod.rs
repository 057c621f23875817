//! What the `docker` CLI keeps on a machine, read where the CLI reads it.

mod config_file;
mod document;
mod environment;
mod file;

#[allow(unused_imports, reason = "what is built on it lands next")]
pub(crate) use config_file::ConfigFile;
pub(crate) use environment::Environment;
